package peer_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/capture/peer/client"
	"github.com/rostod/rostod/internal/fault"
)

// quick is a limit that a test waits out.
const quick = 300 * time.Millisecond

// overheard is an offer that a client made and did not follow.
func overheard(t testing.TB) string {
	t.Helper()
	var offer string
	none := errors.New("no answer")
	_, err := client.Dial(soon(t), client.Config{Answer: func(_ context.Context, o string) (string, error) {
		offer = o
		return "", none
	}})
	if !errors.Is(err, none) {
		t.Fatal(err)
	}
	return offer
}

func TestWhoDoesNotConnect(t *testing.T) {
	t.Parallel()
	peers := open(t, peer.Config{Limits: peer.Limits{Connect: quick}})
	g := newGuest()
	if _, _, err := peers.Answer(t.Context(), peer.Offer{SDP: overheard(t), Handler: g}); err != nil {
		t.Fatal(err)
	}
	ends(t, g, peer.ErrNoConnection)
}

func TestWhoOpensNoChannel(t *testing.T) {
	t.Parallel()
	peers := open(t, peer.Config{Limits: peer.Limits{Connect: 2 * time.Second, Silent: patience}})
	s := knock(t, peers, func(pc *webrtc.PeerConnection) error {
		// A channel that both sides are to know of already is not announced.
		yes, id := true, uint16(7)
		_, err := pc.CreateDataChannel(peer.Label, &webrtc.DataChannelInit{Negotiated: &yes, ID: &id})
		return err
	})
	ends(t, s.guest, peer.ErrNoChannel)
}

func TestWhoSaysGoodbye(t *testing.T) {
	t.Parallel()
	m := meet(t, open(t, peer.Config{}), client.Config{}, nil)
	m.play(t, newFilm(t, 64, 48, 100_000, 3), 60)
	m.Client.Close()
	ends(t, m.guest, peer.ErrGone)
	if err := m.peer.Send([]byte("late")); err == nil {
		t.Error("sending after the end: got no error, want one")
	}
}

func TestWhoVanishes(t *testing.T) {
	t.Parallel()
	l := newLossy(t, 0)
	m := meet(t, open(t, peer.Config{Limits: peer.Limits{Silent: quick}}), client.Config{UDP: l}, nil)
	m.play(t, newFilm(t, 64, 48, 100_000, 3), 60)
	l.set(0, true)
	ends(t, m.guest, peer.ErrGone)
}

func TestWhoDoesNotListen(t *testing.T) {
	t.Parallel()
	l := newLossy(t, 0)
	m := meet(t, open(t, peer.Config{}), client.Config{UDP: l}, nil)
	l.set(0, true)
	var err error
	for range 100 {
		if err = m.peer.Send(make([]byte, 4096)); err != nil {
			break
		}
	}
	if !errors.Is(err, peer.ErrSlow) {
		t.Errorf("got %v, want %v", err, peer.ErrSlow)
	}
	ends(t, m.guest, peer.ErrSlow)
}

func TestMessagesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		send func(m *meeting) error
		want *fault.Fault
	}{
		{"binary", func(m *meeting) error { return m.Channel().Send([]byte("{}")) }, peer.ErrBinary},
		{"long", func(m *meeting) error { return m.Send(strings.Repeat("x", 4097)) }, peer.ErrLong},
		{"too long to read", func(m *meeting) error { return m.Send(strings.Repeat("x", 60_000)) }, peer.ErrLong},
		{"too many", func(m *meeting) error {
			var err error
			for i := 0; i < 2000 && err == nil; i++ {
				err = m.Send("{}") // until the other side has had enough
			}
			if i := m.Channel().ReadyState(); i == webrtc.DataChannelStateOpen {
				return err
			}
			return nil
		}, peer.ErrFlood},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := meet(t, open(t, peer.Config{}), client.Config{}, func(sdp string) string {
				return strings.Replace(sdp, "a=max-message-size:4096", "a=max-message-size:65536", 1)
			})
			if err := tt.send(m); err != nil {
				t.Fatal(err)
			}
			ends(t, m.guest, tt.want)
		})
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	peers := open(t, peer.Config{Limits: peer.Limits{Peers: 1}})
	offer := overheard(t)
	g := newGuest()
	one, answer, err := peers.Answer(t.Context(), peer.Offer{SDP: offer, Handler: g})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(answer, "a=ice-lite") || strings.Contains(answer, "typ srflx") || !strings.Contains(answer, "a=recvonly") {
		t.Errorf("got an answer that is not ICE-lite and recvonly:\n%s", answer)
	}
	if _, _, err := peers.Answer(t.Context(), peer.Offer{SDP: offer, Handler: newGuest()}); !errors.Is(err, peer.ErrFull) {
		t.Errorf("got %v, want %v", err, peer.ErrFull)
	}
	one.Close(nil)
	if cause := wait(t, "Closed", g.closed); cause != nil {
		t.Errorf("got %v, want no cause", cause)
	}
	last := newGuest()
	for err = peer.ErrFull; errors.Is(err, peer.ErrFull); { // the place is free soon after
		_, _, err = peers.Answer(soon(t), peer.Offer{SDP: offer, Handler: last})
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := peers.Close(); err != nil {
		t.Fatal(err)
	}
	ends(t, last, peer.ErrClosing)
	if _, _, err := peers.Answer(t.Context(), peer.Offer{SDP: offer, Handler: newGuest()}); !errors.Is(err, peer.ErrClosing) {
		t.Errorf("got %v, want %v", err, peer.ErrClosing)
	}
}

// files are the file descriptors that this process holds.
func files(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system does not tell its file descriptors")
	}
	return len(all)
}

// Not parallel: it counts what the process has.
func TestPeersLeaveNothing(t *testing.T) {
	offer := overheard(t)
	peers := open(t, peer.Config{TCP: "127.0.0.1:0", Limits: peer.Limits{Connect: quick}})
	patient := open(t, peer.Config{TCP: "127.0.0.1:0"}) // those who connect may take their time
	before, descriptors := runtime.NumGoroutine(), files(t)
	var guests []*guest
	for range 200 {
		g := newGuest()
		if _, _, err := peers.Answer(t.Context(), peer.Offer{SDP: offer, Handler: g}); err != nil {
			t.Fatal(err)
		}
		guests = append(guests, g)
	}
	for _, g := range guests {
		ends(t, g, peer.ErrNoConnection)
	}
	for range 10 {
		m := meet(t, patient, client.Config{}, nil)
		m.play(t, newFilm(t, 64, 48, 100_000, 2), 60)
		m.Client.Close()
		ends(t, m.guest, peer.ErrGone)
	}
	settled := func() bool { return runtime.NumGoroutine() <= before && files(t) <= descriptors }
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for end := soon(t); !settled(); {
		select {
		case <-look.C:
		case <-end.Done():
			stacks := make([]byte, 1<<16)
			stacks = stacks[:runtime.Stack(stacks, true)]
			t.Fatalf("got %d goroutines and %d files, want %d and %d\n%s", runtime.NumGoroutine(), files(t), before, descriptors, bytes.TrimSpace(stacks))
		}
	}
}
