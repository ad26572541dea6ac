package peer_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/decode"
	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/capture/peer/client"
)

// publisher names the variables that make the test binary a publisher: a load
// in the same process would be counted with what is measured.
const publisher = "ROSTOD_TEST_PUBLISHER"

func TestMain(m *testing.M) {
	if url := os.Getenv(publisher); url != "" {
		if err := publish(url, os.Getenv(publisher+"_FILM"), os.Getenv(publisher+"_COUNT")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// publish sends the film, from as many clients as are asked for, until standard
// input ends.
func publish(url, film, count string) error {
	file, err := os.Open(film)
	if err != nil {
		return err
	}
	frames, err := client.ReadIVF(file)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for i := range n {
		whip := &client.WHIP{URL: url}
		c, err := client.Dial(ctx, client.Config{Answer: whip.Answer})
		if err != nil {
			stop()
			return err
		}
		// Each begins at another frame, as customers do.
		camera := client.Loop(frames)
		for range i * len(frames) / n {
			_, _ = camera(false)
		}
		all.Go(func() { _ = c.Play(ctx, 30, camera); c.Close() })
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	stop()
	all.Wait()
	return err
}

// counter is a Handler that counts frames.
type counter struct {
	frames *atomic.Int64
	missed *atomic.Int64
}

func (c counter) Opened()        {}
func (c counter) Message([]byte) {}
func (c counter) Frame(f peer.Frame) {
	c.frames.Add(1)
	c.missed.Add(int64(f.Missed))
}
func (c counter) Tick(time.Time) {}
func (c counter) Closed(error)   {}

// ivf is the container that the publisher reads.
func ivf(frames [][]byte, w, h int) []byte {
	out := append([]byte("DKIF"), 0, 0, 32, 0)
	out = append(out, "VP80"...)
	out = binary.LittleEndian.AppendUint16(out, uint16(w))
	out = binary.LittleEndian.AppendUint16(out, uint16(h))
	for _, n := range []uint32{30, 1, uint32(len(frames)), 0} {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	for i, f := range frames {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(f)))
		out = binary.LittleEndian.AppendUint64(out, uint64(i))
		out = append(out, f...)
	}
	return out
}

// processor is the time that this process has computed for.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// What a frame of 640 x 480 at 1.7 Mbit/s and 30 frames a second costs in a
// session, in processor time, and how often that is what the bare decoder
// takes. Goal, for ten sessions: 1.6 times.
func BenchmarkSession(b *testing.B) {
	f := newFilm(b, 640, 480, 1_700_000, 90)
	var frames [][]byte
	for i := range 90 {
		frames = append(frames, append([]byte(nil), f.frame(i == 0)...))
	}
	path := filepath.Join(b.TempDir(), "film.ivf")
	if err := os.WriteFile(path, ivf(frames, 640, 480), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, sessions := range []int{1, 10} {
		b.Run(strconv.Itoa(sessions), func(b *testing.B) { session(b, frames, path, sessions) })
	}
}

func session(b *testing.B, frames [][]byte, path string, sessions int) {
	peers := open(b, peer.Config{})
	var count, missed atomic.Int64
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		offer, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		_, answer, err := peers.Answer(r.Context(), peer.Offer{SDP: string(offer), Handler: counter{&count, &missed}})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Location", "/session")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, answer)
	}))
	defer door.Close()
	load := exec.CommandContext(b.Context(), os.Args[0])
	load.Env = append(os.Environ(), publisher+"="+door.URL, publisher+"_FILM="+path, publisher+"_COUNT="+strconv.Itoa(sessions))
	load.Stderr = os.Stderr
	stop, err := load.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := load.Start(); err != nil {
		b.Fatal(err)
	}
	until := func(n int64) {
		look := time.NewTicker(10 * time.Millisecond)
		defer look.Stop()
		for count.Load() < n {
			<-look.C
		}
	}
	until(int64(30 * sessions)) // all are there
	lost, allocated := missed.Load(), mallocs()
	b.ResetTimer()
	before, from := processor(b), count.Load()
	until(from + int64(b.N))
	b.StopTimer()
	shown := count.Load() - from
	cost := float64(processor(b)-before) / float64(shown)
	allocations := float64(mallocs()-allocated) / float64(shown)
	b.ReportMetric(float64(missed.Load()-lost), "missed")
	_ = stop.Close()
	_ = load.Wait()

	decoding, paced := bare(b, frames, int(shown)), atPace(b, frames, sessions, int(shown))
	b.ReportMetric(cost/1e6, "cpu-ms/frame")
	b.ReportMetric(decoding/1e6, "decode-ms/frame")
	b.ReportMetric(cost/decoding, "ratio")
	b.ReportMetric(cost/paced, "ratio-at-pace")
	b.ReportMetric(allocations, "allocs/frame")
}

func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// bare is what a frame costs a decoder that does nothing else.
func bare(b *testing.B, frames [][]byte, n int) float64 {
	b.Helper()
	d, err := decode.NewDecoder()
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	before := processor(b)
	n = max(n, len(frames))
	for i := range n {
		if _, err := d.Decode(frames[i%len(frames)]); err != nil {
			b.Fatal(err)
		}
	}
	return float64(processor(b)-before) / float64(n)
}

// atPace is the same for decoders that get 30 frames a second each, as in
// sessions: between two frames the processor forgets.
func atPace(b *testing.B, frames [][]byte, sessions, n int) float64 {
	b.Helper()
	before := processor(b)
	var all sync.WaitGroup
	each := max(n/sessions, len(frames))
	for range sessions {
		all.Go(func() {
			d, err := decode.NewDecoder()
			if err != nil {
				b.Error(err)
				return
			}
			defer d.Close()
			pace := time.NewTicker(time.Second / 30)
			defer pace.Stop()
			for i := range each {
				if _, err := d.Decode(frames[i%len(frames)]); err != nil {
					b.Error(err)
				}
				<-pace.C
			}
		})
	}
	all.Wait()
	return float64(processor(b)-before) / float64(sessions*each)
}
