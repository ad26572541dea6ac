package peer

import (
	"net"
	"testing"
)

func TestBounded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := newBounded(l, 1)
	t.Cleanup(func() { _ = b.Close() })
	taken := make(chan net.Conn)
	go func() {
		for {
			c, err := b.Accept()
			if err != nil {
				return
			}
			taken <- c
		}
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	dial()
	held := <-taken
	second := dial()
	if n, err := second.Read(make([]byte, 1)); err == nil {
		t.Errorf("got %d bytes from one connection too many, want its end", n)
	}
	_ = held.Close()
	_ = held.Close()
	dial()
	_ = (<-taken).Close()
}
