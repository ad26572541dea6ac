package peer_test

import (
	"errors"
	"image"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/capture/peer/client"
)

// psnr compares the light of two pictures of one size, in every third line,
// in decibels.
func psnr(a, b *image.YCbCr) float64 {
	sum, n := 0, 0
	for y := 0; y < a.Rect.Dy(); y += 3 {
		one, other := a.Y[y*a.YStride:][:a.Rect.Dx()], b.Y[y*b.YStride:][:a.Rect.Dx()]
		for x := range one {
			d := int(one[x]) - int(other[x])
			sum += d * d
		}
		n += len(one)
	}
	return 10 * math.Log10(255*255*float64(n)/max(float64(sum), 1e-9))
}

// play sends a film to its end at a pace, and gives the times at which each
// picture was taken.
func (m *meeting) play(t *testing.T, f *film, fps float64) []time.Time {
	t.Helper()
	var taken []time.Time
	pace := time.NewTicker(time.Duration(float64(time.Second) / fps))
	defer pace.Stop()
	for f.next < f.end {
		key := false
		select {
		case <-m.KeyFrames():
			key = true
		default:
		}
		frame, now := f.frame(key), time.Now()
		taken = append(taken, now)
		if err := m.Frame(frame, now); err != nil {
			t.Fatal(err)
		}
		<-pace.C
	}
	return taken
}

func TestFramesArrive(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		c    client.Config
	}{
		{"UDP", client.Config{}},
		{"TCP", client.Config{TCP: true}},
		{"UDP with loss of 5 %", client.Config{UDP: newLossy(t, 0.05)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := meet(t, open(t, peer.Config{TCP: "127.0.0.1:0"}), tt.c, nil)
			const n = 75
			f := newFilm(t, 320, 240, 1_200_000, n+15) // those after show what is missing at the end
			taken := m.play(t, f, 40)
			link := m.peer.Link()
			var last shown
			for i := range n {
				got := wait(t, "frame", m.guest.frames)
				clock, dated := m.peer.Clock()
				switch want := numbered(320, 240, i); {
				case got.number != i:
					t.Fatalf("got frame %d, want %d", got.number, i)
				case got.Tainted || got.Missed != 0 || got.Key != (i == 0) || got.Bytes == 0:
					t.Errorf("frame %d: got %+v, want one that is whole", i, got.Frame)
				case psnr(got.copy, want) < 28:
					t.Errorf("frame %d: got %.1f dB, want 28", i, psnr(got.copy, want))
				case i > 0 && got.RTP <= last.RTP:
					t.Errorf("frame %d: got RTP time %d after %d", i, got.RTP, last.RTP)
				case got.Arrived.Before(taken[i]) || got.Arrived.Sub(taken[i]) > time.Second:
					t.Errorf("frame %d: arrived %v after it was taken", i, got.Arrived.Sub(taken[i]))
				case !dated:
					t.Fatalf("no sender report")
				}
				if off := clock.At(got.RTP) - float64(taken[i].UnixMicro())/1000; math.Abs(off) > 2 {
					t.Errorf("frame %d: dated %.1f ms from when it was taken", i, off)
				}
				last = got
			}
			if link.Width != 320 || link.Height != 240 || link.FPS < 5 || link.BitsPerSecond < 100_000 {
				t.Errorf("got %+v, want 320 x 240 at some 40 frames a second", link)
			}
			if lossy := tt.c.UDP != nil; lossy && link.RTT == 0 {
				t.Errorf("got %+v, want a round trip that was measured", link)
			}
			m.guest.proper(t)
		})
	}
}

func TestMessagesGoBothWays(t *testing.T) {
	t.Parallel()
	m := meet(t, open(t, peer.Config{}), client.Config{}, nil)
	for _, text := range []string{`{"type":"hello","v":1}`, "", "ä€𝄞", strings.Repeat("x", 4096)} {
		if err := m.Send(text); err != nil {
			t.Fatal(err)
		}
		if got := wait(t, "message", m.guest.texts); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
		if err := m.peer.Send([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := m.Receive(soon(t)); err != nil || string(got) != text {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
	}
	if err := m.peer.Send(make([]byte, 4097)); !errors.Is(err, peer.ErrLong) {
		t.Errorf("got %v, want %v", err, peer.ErrLong)
	}
	wait(t, "Tick", m.guest.ticked)
	local, remote := m.peer.Fingerprints()
	for _, print := range []string{local, remote} {
		if hash, digest, _ := strings.Cut(print, " "); hash != "sha-256" || len(digest) != 95 {
			t.Errorf("got fingerprint %q", print)
		}
	}
	// What is sent last is delivered, and the end is the end.
	if err := m.peer.Send([]byte(`{"type":"done"}`)); err != nil {
		t.Fatal(err)
	}
	m.peer.Close(nil)
	m.peer.Close(peer.ErrGone)
	if got, err := m.Receive(soon(t)); err != nil || string(got) != `{"type":"done"}` {
		t.Errorf("got %q, %v, want the last message", got, err)
	}
	if cause := wait(t, "Closed", m.guest.closed); cause != nil {
		t.Errorf("got %v, want the first cause: none", cause)
	}
	wait(t, "the client's end", m.Done())
	m.guest.proper(t)
}

// Packets that are never had again cost the frames up to the next key frame
// their purity, and each frame that is not shown is counted.
func TestLostFramesAreCounted(t *testing.T) {
	t.Parallel()
	l := newLossy(t, 0)
	l.only = func(b []byte) bool { return b[1]&0x7f == 97 } // no retransmission comes through
	m := meet(t, open(t, peer.Config{}), client.Config{UDP: l}, nil)
	l.set(0.04, false)
	const n = 120
	f := newFilm(t, 320, 240, 1_200_000, n)
	taken := m.play(t, f, 40)
	l.set(0, false)
	f.end += 60
	taken = append(taken, m.play(t, f, 40)...)
	clock, _ := m.peer.Clock()
	next, tainted, missed, keys := 0, 0, 0, 0
	for next < n+60 {
		got := wait(t, "frame", m.guest.frames)
		got.number = nearest(taken, clock.At(got.RTP)) // the picture of a tainted one may be wrong
		if got.number != next+got.Missed {
			t.Fatalf("got frame %d with %d missed, want %d", got.number, got.Missed, next)
		}
		if got.Missed > 0 && !got.Tainted && !got.Key {
			t.Errorf("frame %d follows missing ones and is not tainted", got.number)
		}
		if want := numbered(320, 240, got.number); !got.Tainted && psnr(got.copy, want) < 28 {
			t.Errorf("frame %d: got %.1f dB and no taint", got.number, psnr(got.copy, want))
		}
		next = got.number + 1
		missed += got.Missed
		if got.Tainted {
			tainted++
		}
		if got.Key {
			keys++
		}
	}
	if tainted == 0 || missed == 0 || keys < 2 {
		t.Errorf("got %d tainted, %d missed, %d key frames, want some of each", tainted, missed, keys)
	}
}

// nearest is the frame that was taken at a time, Unix milliseconds.
func nearest(taken []time.Time, at float64) int {
	best := 0
	for i, t := range taken {
		if math.Abs(float64(t.UnixMicro())/1000-at) < math.Abs(float64(taken[best].UnixMicro())/1000-at) {
			best = i
		}
	}
	return best
}

func TestNewSize(t *testing.T) {
	t.Parallel()
	m := meet(t, open(t, peer.Config{}), client.Config{}, nil)
	for _, size := range []image.Point{{640, 480}, {320, 240}, {480, 640}} {
		m.play(t, newFilm(t, size.X, size.Y, 1_000_000, 5), 60)
		for i := range 5 {
			got := wait(t, "frame", m.guest.frames)
			if got.copy.Rect.Size() != size || got.number != i || got.Tainted {
				t.Errorf("got frame %d of %v, want %d of %v", got.number, got.copy.Rect.Size(), i, size)
			}
		}
	}
}

func TestKeyFrame(t *testing.T) {
	t.Parallel()
	m := meet(t, open(t, peer.Config{}), client.Config{}, nil)
	f := newFilm(t, 320, 240, 500_000, 5)
	m.play(t, f, 60)
	m.peer.KeyFrame()
	wait(t, "the request", m.KeyFrames())
}

// A handler that takes too long misses frames, and is told how many.
func TestSlowHandler(t *testing.T) {
	t.Parallel()
	m := meet(t, open(t, peer.Config{}), client.Config{}, nil)
	f := newFilm(t, 320, 240, 500_000, 40)
	free := make(chan struct{})
	m.guest.setSlow(func() { <-free })
	m.play(t, f, 60) // more than half a second
	close(free)
	f.end += 40
	m.play(t, f, 60)
	next, missed := 0, 0
	for next < 80 {
		got := wait(t, "frame", m.guest.frames)
		if got.number != next+got.Missed {
			t.Fatalf("got frame %d with %d missed, want %d", got.number, got.Missed, next)
		}
		if got.Missed > 0 && !got.Key {
			t.Errorf("frame %d was decoded without those before it", got.number)
		}
		next, missed = got.number+1, missed+got.Missed
	}
	if missed == 0 {
		t.Error("got no frame missed, want some")
	}
}
