package peer

import (
	"io"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/transport/v5/packetio"
)

// What may wait for the peer's goroutine, and be kept by it.
const (
	maxPacket  = 1500 // bytes; a longer one is dropped
	maxWaiting = 1024 // packets: a second and a half of 8 Mbit/s
	maxSpare   = 256  // packets kept for use again
	maxTexts   = 64   // messages
	maxStreams = 16   // synchronisation sources, of RTP and RTCP together
)

// packet is one decrypted packet of RTP or RTCP. It is used again.
type packet struct {
	arrived time.Time
	rtcp    bool
	n       int
	header  rtp.Header
	payload []byte // of data
	data    [maxPacket]byte
}

// inbox takes what pion's goroutines deliver and hands it to the peer's. The
// arrival time is that of the delivery, however late the peer's goroutine is.
type inbox struct {
	wake chan struct{} // holds one when something came

	mu      sync.Mutex
	packets []*packet
	spare   []*packet
	texts   [][]byte
	dropped int // packets for which there was no room
	streams int
	fail    func(cause error) // ends the peer; called without the lock
}

func newInbox(fail func(error)) *inbox {
	return &inbox{wake: make(chan struct{}, 1), fail: fail}
}

// knock wakes the peer's goroutine.
func (b *inbox) knock() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// put takes a packet's bytes.
func (b *inbox) put(data []byte, rtcp bool) {
	now := time.Now()
	if len(data) > maxPacket {
		return
	}
	b.mu.Lock()
	if len(b.packets) >= maxWaiting {
		b.dropped++
		b.mu.Unlock()
		return
	}
	var p *packet
	if last := len(b.spare) - 1; last >= 0 {
		p, b.spare = b.spare[last], b.spare[:last]
	} else {
		p = new(packet)
	}
	p.arrived, p.rtcp, p.n = now, rtcp, copy(p.data[:], data)
	b.packets = append(b.packets, p)
	first := len(b.packets) == 1
	b.mu.Unlock()
	if first {
		b.knock()
	}
}

// text takes a message, which is then the inbox's.
func (b *inbox) text(message []byte) {
	b.mu.Lock()
	full := len(b.texts) >= maxTexts
	if !full {
		b.texts = append(b.texts, message)
	}
	b.mu.Unlock()
	if full {
		b.fail(ErrFlood)
	}
	b.knock()
}

// take hands over all that waits, and takes the slices of the last time back.
func (b *inbox) take(packets []*packet, texts [][]byte) ([]*packet, [][]byte, int) {
	clear(packets)
	clear(texts)
	b.mu.Lock()
	defer b.mu.Unlock()
	packets, b.packets = b.packets, packets[:0]
	texts, b.texts = b.texts, texts[:0]
	dropped := b.dropped
	b.dropped = 0
	return packets, texts, dropped
}

// give takes packets back for use again.
func (b *inbox) give(used []*packet) {
	if len(used) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	room := max(0, maxSpare-len(b.spare))
	b.spare = append(b.spare, used[:min(room, len(used))]...)
}

// stream is what pion writes the packets of one source into (it is
// webrtc.SettingEngine's BufferFactory): straight from the goroutine that
// decrypts, without a reader in between.
func (b *inbox) stream(kind packetio.BufferPacketType, _ uint32) io.ReadWriteCloser {
	b.mu.Lock()
	b.streams++
	many := b.streams > maxStreams
	b.mu.Unlock()
	if many {
		b.fail(ErrStreams)
	}
	return &source{box: b, rtcp: kind == packetio.RTCPBufferPacket, closed: make(chan struct{})}
}

type source struct {
	box    *inbox
	rtcp   bool
	closed chan struct{}
	once   sync.Once
}

func (s *source) Write(data []byte) (int, error) {
	s.box.put(data, s.rtcp)
	return len(data), nil
}

// Read is for those in pion who would look at the packets: there are none for
// them, and they wait until the end.
func (s *source) Read([]byte) (int, error) {
	<-s.closed
	return 0, io.EOF
}

func (s *source) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}
