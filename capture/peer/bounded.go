package peer

import (
	"net"
	"sync"
)

// bounded is a listener that has only so many connections open at a time. One
// more is closed at once: waiting would be waiting behind those who hold the
// others open for nothing.
type bounded struct {
	net.Listener
	free chan struct{}
}

func newBounded(l net.Listener, n int) *bounded {
	return &bounded{Listener: l, free: make(chan struct{}, n)}
}

// Accept waits for a connection for which there is room.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		c, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case b.free <- struct{}{}:
			return &counted{Conn: c, leave: sync.OnceFunc(func() { <-b.free })}, nil
		default:
			_ = c.Close()
		}
	}
}

type counted struct {
	net.Conn
	leave func()
}

// Close closes the connection and makes room.
func (c *counted) Close() error {
	c.leave()
	return c.Conn.Close()
}
