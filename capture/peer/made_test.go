package peer_test

import (
	"context"
	"image"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/decode"
	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/capture/peer/client"
)

// patience is how long a test waits for what should come at once.
const patience = 20 * time.Second

// numbered is a picture that carries a number, as bars of light and dark over
// a pattern that moves.
func numbered(w, h, n int) *image.YCbCr {
	p := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for y := range h {
		line := p.Y[y*p.YStride:][:w]
		for x := range line {
			line[x] = byte(80 + (x+y+3*n)%60 + (x*x+7*y+n*n)%6)
			if y < h/8 {
				line[x] = byte(40 + 170*(n>>(x*bars/w)&1))
			}
		}
	}
	for i := range p.Cb {
		p.Cb[i], p.Cr[i] = byte(118+n%8), byte(140-n%8)
	}
	return p
}

const bars = 10

// number reads it back.
func number(p *image.YCbCr) int {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	n := 0
	for i := range bars {
		if p.Y[p.YOffset((2*i+1)*w/(2*bars), h/16)] > 125 {
			n |= 1 << i
		}
	}
	return n
}

// film encodes n numbered pictures; each frame that is asked for is a key frame.
type film struct {
	t       testing.TB
	encoder *decode.Encoder
	w, h    int
	next    int
	end     int
}

func newFilm(t testing.TB, w, h, bits, n int) *film {
	t.Helper()
	e, err := decode.NewEncoder(decode.EncoderConfig{Width: w, Height: h, BitsPerSecond: bits, FPS: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return &film{t: t, encoder: e, w: w, h: h, end: n}
}

func (f *film) frame(key bool) []byte {
	f.t.Helper()
	b, err := f.encoder.Encode(numbered(f.w, f.h, f.next), key)
	if err != nil {
		f.t.Fatal(err)
	}
	f.next++
	return b
}

// shown is what a Frame was.
type shown struct {
	peer.Frame
	number int
	copy   *image.YCbCr
}

// guest is a Handler that keeps what it is told.
type guest struct {
	opened chan struct{}
	texts  chan string
	frames chan shown
	closed chan error
	ticked chan struct{}

	mu    sync.Mutex
	busy  bool
	after bool
	wrong []string
	slow  func()
}

func (g *guest) setSlow(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.slow = f
}

func newGuest() *guest {
	return &guest{
		opened: make(chan struct{}), texts: make(chan string, 1000), frames: make(chan shown, 10_000),
		closed: make(chan error, 1), ticked: make(chan struct{}, 1),
	}
}

// alone notes calls that come side by side, or after the last.
func (g *guest) alone(what string) func() {
	g.mu.Lock()
	if g.busy || g.after {
		g.wrong = append(g.wrong, what)
	}
	g.busy = true
	g.mu.Unlock()
	return func() {
		g.mu.Lock()
		g.busy = false
		g.mu.Unlock()
	}
}

func (g *guest) Opened() {
	defer g.alone("Opened")()
	close(g.opened)
}

func (g *guest) Message(text []byte) {
	defer g.alone("Message")()
	g.texts <- string(text)
}

func (g *guest) Frame(f peer.Frame) {
	defer g.alone("Frame")()
	p := *f.Picture
	p.Y, p.Cb, p.Cr = append([]byte(nil), p.Y...), append([]byte(nil), p.Cb...), append([]byte(nil), p.Cr...)
	g.frames <- shown{f, number(f.Picture), &p}
	g.mu.Lock()
	slow := g.slow
	g.mu.Unlock()
	if slow != nil {
		slow()
	}
}

func (g *guest) Tick(time.Time) {
	defer g.alone("Tick")()
	select {
	case g.ticked <- struct{}{}:
	default:
	}
}

func (g *guest) Closed(cause error) {
	defer g.alone("Closed")()
	g.closed <- cause
	g.mu.Lock()
	g.after = true
	g.mu.Unlock()
}

// proper fails the test when the calls were not as promised.
func (g *guest) proper(t *testing.T) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.wrong) > 0 {
		t.Errorf("calls side by side or after Closed: %v", g.wrong)
	}
}

func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// wait takes from a channel, soon.
func wait[T any](t testing.TB, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-soon(t).Done():
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

// open opens peers on ports of this machine.
func open(t testing.TB, c peer.Config) *peer.Peers {
	t.Helper()
	if c.UDP == "" {
		c.UDP = "127.0.0.1:0"
	}
	p, err := peer.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// meeting is a client and the peer that answers it.
type meeting struct {
	*client.Client
	peer  *peer.Peer
	guest *guest
}

// meet connects a client. change may alter offer and answer on the way.
func meet(t testing.TB, peers *peer.Peers, c client.Config, change func(sdp string) string) *meeting {
	t.Helper()
	m := &meeting{guest: newGuest()}
	if change == nil {
		change = func(sdp string) string { return sdp }
	}
	c.Answer = func(ctx context.Context, offer string) (string, error) {
		var answer string
		var err error
		m.peer, answer, err = peers.Answer(ctx, peer.Offer{SDP: change(offer), Handler: m.guest})
		return change(answer), err
	}
	var err error
	if m.Client, err = client.Dial(soon(t), c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Client.Close)
	wait(t, "Opened", m.guest.opened)
	return m
}

// lossy loses a share of the packets of media, both ways, always the same.
type lossy struct {
	net.PacketConn
	share float64
	mu    sync.Mutex
	dice  *rand.Rand
	lost  int
	cut   bool              // loses all
	only  func([]byte) bool // what of media is always lost
}

func newLossy(t testing.TB, share float64) *lossy {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &lossy{PacketConn: c, share: share, dice: rand.New(rand.NewPCG(5, 5))}
}

func (l *lossy) lose(b []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	media := len(b) > 0 && b[0] >= 128 && b[0] < 192 // RFC 7983
	if l.cut || media && (l.dice.Float64() < l.share || l.only != nil && l.only(b)) {
		l.lost++
		return true
	}
	return false
}

func (l *lossy) WriteTo(b []byte, to net.Addr) (int, error) {
	if l.lose(b) {
		return len(b), nil
	}
	return l.PacketConn.WriteTo(b, to)
}

func (l *lossy) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := l.PacketConn.ReadFrom(b)
		if err != nil || !l.lose(b[:n]) {
			return n, from, err
		}
	}
}

func (l *lossy) set(share float64, cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.share, l.cut = share, cut
}
