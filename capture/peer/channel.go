package peer

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/pion/webrtc/v4"

	"github.com/rostod/rostod/internal/fault"
)

// Label is the name of the capture's data channel.
const Label = "rostod.capture.v1"

const (
	maxMessage = 4 << 10  // bytes
	maxUnsent  = 64 << 10 // bytes that the other side has not acknowledged
)

var errNotOpen = errors.New("the data channel is not open")

// channel takes a data channel that the other side opened: the capture's, once.
func (p *Peer) channel(c *webrtc.DataChannel) {
	if c.Label() != Label || !c.Ordered() || c.MaxRetransmits() != nil || c.MaxPacketLifeTime() != nil || p.named.Swap(true) {
		p.Close(ErrChannel)
		return
	}
	c.OnOpen(func() {
		detached, err := c.Detach()
		raw, ok := detached.(texts)
		if err != nil || !ok {
			p.Close(fault.Because(ErrGone, fmt.Errorf("take the data channel over: %w", err)))
			return
		}
		p.raw.Store(&raw)
		p.box.knock()
		p.listen(raw)
	})
}

// texts is the data channel below pion's callbacks.
type texts interface {
	ReadDataChannel(into []byte) (n int, text bool, err error)
	WriteDataChannel(message []byte, text bool) (int, error)
	BufferedAmount() uint64 // bytes that were sent and not acknowledged
}

// listen reads messages until the channel ends.
func (p *Peer) listen(raw texts) {
	buf := make([]byte, maxMessage+1)
	for {
		n, text, err := raw.ReadDataChannel(buf)
		switch {
		case errors.Is(err, io.ErrShortBuffer) || n > maxMessage:
			p.Close(ErrLong)
			return
		case err != nil:
			p.Close(fault.Because(ErrGone, err))
			return
		case !text:
			p.Close(ErrBinary)
			return
		}
		p.box.text(bytes.Clone(buf[:n]))
	}
}

// Send sends one message. It never blocks: when the other side does not take
// what it was sent before, the peer ends with ErrSlow.
func (p *Peer) Send(text []byte) error {
	raw := p.raw.Load()
	if raw == nil {
		return errNotOpen
	}
	if len(text) > maxMessage {
		return ErrLong
	}
	if int((*raw).BufferedAmount())+len(text) > maxUnsent {
		p.Close(ErrSlow)
		return ErrSlow
	}
	_, err := (*raw).WriteDataChannel(text, true)
	return err
}
