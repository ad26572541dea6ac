package client_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/decode"
	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/capture/peer/client"
	"github.com/rostod/rostod/internal/fixture"
)

const patience = 20 * time.Second

// daemon answers over HTTP, and counts.
type daemon struct {
	peers   *peer.Peers
	opened  *peer.Peer
	frames  chan int
	texts   chan string
	deleted chan struct{}
}

func (d *daemon) Opened()          {}
func (d *daemon) Message(b []byte) { d.texts <- string(b) }
func (d *daemon) Frame(f peer.Frame) {
	select {
	case d.frames <- f.Bytes:
	default:
	}
}
func (d *daemon) Tick(time.Time) {}
func (d *daemon) Closed(error)   {}

func (d *daemon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer ct_1" {
		http.Error(w, `{"code":"capture/token"}`, http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodDelete && r.URL.Path == "/whip/fc_1/s1" {
		d.opened.Close(nil)
		close(d.deleted)
		return
	}
	offer, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Type") != "application/sdp" {
		http.Error(w, "", http.StatusUnsupportedMediaType)
		return
	}
	one, answer, err := d.peers.Answer(r.Context(), peer.Offer{SDP: string(offer), Handler: d})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.opened = one
	w.Header().Set("Location", "fc_1/s1")
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer)
}

func serve(t *testing.T) (*daemon, *httptest.Server) {
	t.Helper()
	peers, err := peer.Open(peer.Config{UDP: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{peers: peers, frames: make(chan int, 100), texts: make(chan string, 10), deleted: make(chan struct{})}
	door := httptest.NewServer(d)
	t.Cleanup(func() {
		door.Close()
		if err := peers.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, door
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func wait[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-soon(t).Done():
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

// frames are n frames that some camera took.
func frames(t *testing.T, n int) [][]byte {
	t.Helper()
	e, err := decode.NewEncoder(decode.EncoderConfig{Width: 64, Height: 48, BitsPerSecond: 100_000, FPS: 30})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var all [][]byte
	for i := range n {
		p := image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio420)
		for at := range p.Y {
			p.Y[at] = byte(at * (i + 1))
		}
		b, err := e.Encode(p, false)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.Clone(b))
	}
	return all
}

func TestWHIP(t *testing.T) {
	t.Parallel()
	d, door := serve(t)
	whip := &client.WHIP{URL: door.URL + "/whip/fc_1", Token: "ct_1"}
	c, err := client.Dial(soon(t), client.Config{Answer: whip.Answer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.Send("hello"); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, "message", d.texts); got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
	ctx, stop := context.WithCancel(soon(t))
	var playing sync.WaitGroup
	var played error
	playing.Go(func() { played = c.Play(ctx, 60, client.Loop(frames(t, 4))) })
	for range 10 {
		if got := wait(t, "frame", d.frames); got == 0 {
			t.Error("got a frame of no bytes")
		}
	}
	stop()
	playing.Wait()
	if !errors.Is(played, context.Canceled) {
		t.Errorf("got %v, want %v", played, context.Canceled)
	}
	if err := whip.Delete(soon(t)); err != nil {
		t.Fatal(err)
	}
	wait(t, "DELETE", d.deleted)
	wait(t, "the end", c.Done())
	if _, err := c.Receive(soon(t)); err == nil {
		t.Error("receiving after the end: got no error, want one")
	}
}

func TestWHIPRefused(t *testing.T) {
	t.Parallel()
	_, door := serve(t)
	whip := &client.WHIP{URL: door.URL + "/whip/fc_1", Token: "ct_2"}
	_, err := client.Dial(soon(t), client.Config{Answer: whip.Answer})
	var refused *client.StatusError
	if !errors.As(err, &refused) || refused.Status != http.StatusUnauthorized || refused.Body == "" {
		t.Errorf("got %v, want 401 with a body", err)
	}
}

func TestLoop(t *testing.T) {
	camera := client.Loop([][]byte{{0}, {1}, {2}})
	for i, tt := range []struct {
		key  bool
		want byte
	}{{false, 0}, {false, 1}, {false, 2}, {false, 0}, {false, 1}, {true, 0}, {false, 1}} {
		if got, err := camera(tt.key); err != nil || got[0] != tt.want {
			t.Errorf("frame %d: got %v, %v, want %d", i, got, err, tt.want)
		}
	}
	if _, err := client.Loop(nil)(false); !errors.Is(err, io.EOF) {
		t.Errorf("no frames: got %v, want %v", err, io.EOF)
	}
}

// The files are those that vpxenc writes.
func TestReadIVF(t *testing.T) {
	if _, err := client.ReadIVF(bytes.NewReader([]byte("RIFF"))); err == nil {
		t.Error("no IVF: got no error, want one")
	}
	tool := fixture.VPX(t, "vpxenc")
	raw, path := filepath.Join(t.TempDir(), "in.i420"), filepath.Join(t.TempDir(), "out.ivf")
	if err := os.WriteFile(raw, make([]byte, 5*64*48*3/2), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), tool, "--codec=vp8", "--i420", "-w", "64", "-h", "48", "--lag-in-frames=0", "--ivf", "-o", path, raw).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.ReadIVF(bytes.NewReader(file))
	if err != nil || len(got) != 5 {
		t.Fatalf("got %d frames, %v, want 5", len(got), err)
	}
	if h, err := decode.Inspect(got[0]); err != nil || h.Width != 64 || h.Height != 48 {
		t.Errorf("got %+v, %v, want 64 x 48", h, err)
	}
	if _, err := client.ReadIVF(bytes.NewReader(file[:len(file)-1])); err == nil {
		t.Error("a file that is cut off: got no error, want one")
	}
}
