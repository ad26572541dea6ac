package peer

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/rostod/rostod/capture/decode"
)

// Handler is told what one peer sends. All calls of one peer come from one
// goroutine, never side by side; what takes long in one delays the frames.
type Handler interface {
	Opened()             // the data channel is open; Message and Tick come after it
	Message(text []byte) // at most 4 KiB; may be kept
	Frame(f Frame)       // may come before Opened
	Tick(now time.Time)  // every 25 ms
	Closed(cause error)  // the last call; a fault of this package, or what Close was given
}

// Link is how the connection is, over the last second.
type Link struct {
	BitsPerSecond float64       // of media, retransmissions with it
	FPS           float64       // pictures
	Lost          float64       // share of packets that did not come at the first sending
	RTT           time.Duration // of asking for a packet again; 0 before the first
	Width, Height int           // of the last picture
}

// Peer is one connection. Its methods may be called from any goroutine.
type Peer struct {
	peers   *Peers
	handler Handler
	offer   offer
	local   string
	pc      *webrtc.PeerConnection
	decoder *decode.Decoder
	box     *inbox
	began   time.Time

	named     atomic.Bool // the data channel was announced
	raw       atomic.Pointer[texts]
	key       atomic.Bool  // somebody asks for a key frame
	connected atomic.Int64 // nanoseconds after began; 0: not yet

	stop  chan struct{}
	once  sync.Once
	cause error // set before stop is closed

	mu    sync.Mutex
	link  Link
	clock Clock
	dated bool
}

func newPeer(peers *Peers, o offer, h Handler, d *decode.Decoder) *Peer {
	p := &Peer{peers: peers, handler: h, offer: o, decoder: d, began: time.Now(), stop: make(chan struct{})}
	p.box = newInbox(p.Close)
	return p
}

// Close ends the peer. The first cause is the one that Handler.Closed is told;
// nil is an end without a fault. What was sent before is still delivered. It
// does not wait.
func (p *Peer) Close(cause error) {
	p.once.Do(func() {
		p.cause = cause
		close(p.stop)
	})
}

// KeyFrame asks the sender for a key frame.
func (p *Peer) KeyFrame() {
	p.key.Store(true)
	p.box.knock()
}

// Link is how the connection is. It is renewed twice a second.
func (p *Peer) Link() Link {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.link
}

// Clock is the newest sender report; false before the first.
func (p *Peer) Clock() (Clock, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.clock, p.dated
}

// Fingerprints are those of the two certificates of the connection, with the
// name of the hash: "sha-256 AB:CD:…".
func (p *Peer) Fingerprints() (local, remote string) { return p.local, p.offer.fingerprint }

// changed is pion's word of the connection.
func (p *Peer) changed(state webrtc.PeerConnectionState) {
	switch state {
	case webrtc.PeerConnectionStateConnected:
		p.connected.CompareAndSwap(0, int64(time.Since(p.began)))
		p.box.knock()
	case webrtc.PeerConnectionStateFailed:
		if p.connected.Load() == 0 {
			p.Close(ErrNoConnection)
			return
		}
		p.Close(ErrGone)
	case webrtc.PeerConnectionStateClosed:
		p.Close(ErrGone)
	}
}

// release frees everything. What pion's goroutines still deliver goes nowhere.
func (p *Peer) release() {
	_ = p.pc.GracefulClose()
	p.decoder.Close()
}
