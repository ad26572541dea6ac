package hub

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/engine/upstream/jetstream"
	"github.com/rostod/rostod/storage"
)

// process is a part of the siege: the test binary, run again.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser

	mu     sync.Mutex
	lines  []string
	ended  chan struct{}
	killed bool
}

func start(t testing.TB, wrap []string, env ...string) *process {
	t.Helper()
	argv := append(wrap, os.Args[0], "-test.run=^$")
	p := &process{cmd: exec.CommandContext(context.WithoutCancel(t.Context()), argv[0], argv[1:]...), ended: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p.cmd.Stdout
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.mu.Lock()
			p.lines = append(p.lines, lines.Text())
			p.mu.Unlock()
		}
	}()
	t.Cleanup(func() { p.kill(t) })
	return p
}

// last is what a process last said behind a word.
func (p *process) last(word string) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.lines) - 1; i >= 0; i-- {
		if rest, ok := strings.CutPrefix(p.lines[i], word); ok {
			return rest, true
		}
	}
	return "", false
}

func (p *process) has(word string) bool { _, ok := p.last(word); return ok }

func (p *process) tail() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines[max(0, len(p.lines)-10):]
}

// await waits until a process says a word.
func (p *process) await(t testing.TB, word string) string {
	t.Helper()
	late := time.After(5 * time.Minute)
	for {
		if rest, ok := p.last(word); ok {
			return rest
		}
		select {
		case <-p.ended:
			t.Fatalf("a process ended before it said %q: %v", word, p.tail())
		case <-late:
			t.Fatalf("a process did not say %q: %v", word, p.tail())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (p *process) kill(t testing.TB) {
	t.Helper()
	if p.killed {
		return
	}
	p.killed = true
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
	_ = p.cmd.Wait()
}

// stop lets a process end in good order.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if err := p.in.Close(); err != nil {
		t.Error(err)
	}
	<-p.ended
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("a process ended badly: %v: %v", err, p.tail())
	}
	p.killed = true
}

// branchProcess is a branch behind its own network.
type branchProcess struct {
	name, dir, key, urls string
	net                  *network
	records              int
	process              *process
}

func (b *branchProcess) start(t testing.TB) {
	t.Helper()
	b.process = start(t, b.net.inside(), "ROSTOD_SIEGE_ROLE=branch", "ROSTOD_SIEGE_DIR="+b.dir, "ROSTOD_SIEGE_HUB="+b.key,
		"ROSTOD_SIEGE_URLS="+b.urls, "ROSTOD_SIEGE_WRITE="+strconv.Itoa(b.records))
}

// hubProcess is the hub.
type hubProcess struct {
	dir, urls string
	*process
}

func startHub(t testing.TB, dir, urls string) *hubProcess {
	t.Helper()
	h := &hubProcess{dir: dir, urls: urls}
	h.start(t)
	return h
}

func (h *hubProcess) start(t testing.TB) {
	t.Helper()
	h.process = start(t, nil, "ROSTOD_SIEGE_ROLE=hub", "ROSTOD_SIEGE_DIR="+h.dir, "ROSTOD_SIEGE_URLS="+h.urls)
}

// await is what the hub says behind a word, with the line breaks that it wrote as |.
func (h *hubProcess) await(t testing.TB, word string) string {
	t.Helper()
	return strings.ReplaceAll(h.process.await(t, word), "|", "\n")
}

func (h *hubProcess) say(t testing.TB, format string, args ...any) {
	t.Helper()
	if _, err := fmt.Fprintf(h.in, format+"\n", args...); err != nil {
		t.Fatal(err)
	}
	h.await(t, "enrolled")
}

func (h *hubProcess) size(name string) int {
	text, _ := h.last("size " + name + " ")
	n, _ := strconv.Atoi(text) // nothing said yet is nothing there
	return n
}

// runHub is the hub's process: it takes batches, enrols whom it is told to, and says
// how much is there.
func runHub(ctx context.Context, say func(string, ...any), told *bufio.Scanner) error {
	dir := os.Getenv("ROSTOD_SIEGE_DIR")
	store, err := storage.Open(ctx, siegeStore(filepath.Join(dir, "store"), 9))
	if err != nil {
		return err
	}
	h, err := Open(ctx, Config{
		Store: store, Dir: dir, Name: "hq.example", SilentAfter: time.Hour, Now: time.Now, Random: rand.Reader, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	line, err := jetstream.Dial(jetstream.Config{Servers: os.Getenv("ROSTOD_SIEGE_URLS"), Name: "hub", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var both sync.WaitGroup
	both.Go(func() { _ = line.Serve(ctx, 3, h.Take) }) // it ends with the context
	both.Go(func() {
		for ctx.Err() == nil {
			list, err := h.Branches(ctx)
			for _, b := range list {
				say("size %s %d", b.Name, b.Size)
			}
			if err != nil {
				return
			}
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	})
	say("key %s", strings.ReplaceAll(h.Key(), "\n", "|"))
	for told.Scan() {
		if words := strings.Fields(told.Text()); len(words) == 3 {
			if err := h.Enrol(ctx, words[1], words[2]); err != nil {
				return err
			}
			say("enrolled %s", words[1])
		}
	}
	cancel()
	both.Wait()
	line.Close()
	return store.Close()
}

func siegeStore(dir string, root byte) storage.Config {
	return storage.Config{Dir: dir, Root: []byte(strings.Repeat(string(rune(root)), 32)), Origin: "rostod/journal", MinFree: storage.LeastMinFree}
}

// siegeFor is about how long a branch takes to write everything.
const siegeFor = 25 * time.Second

// runBranch is a branch's process: it goes on writing where it was killed, says when
// everything is written, and sends until it is told to end.
func runBranch(ctx context.Context, say func(string, ...any), told *bufio.Scanner) error {
	dir := os.Getenv("ROSTOD_SIEGE_DIR")
	store, err := storage.Open(ctx, siegeStore(dir, 7))
	if err != nil {
		return err
	}
	log, err := audit.Open(audit.Config{Store: store, Now: time.Now, Random: rand.Reader})
	if err != nil {
		return err
	}
	names, _, err := log.Keys(ctx)
	if err != nil {
		return err
	}
	say("key %s", names[0])
	text, err := os.ReadFile(os.Getenv("ROSTOD_SIEGE_HUB"))
	if err != nil {
		return err
	}
	known, err := batch.ParseHeadquarters(string(text))
	if err != nil {
		return err
	}
	line, err := jetstream.Dial(jetstream.Config{Servers: os.Getenv("ROSTOD_SIEGE_URLS"), Name: "branch", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	up, err := upstream.Open(ctx, upstream.Config{
		Store: store, Log: log, Dir: filepath.Join(dir, "upstream"), Headquarters: &known, Courier: line, Every: 5 * time.Second, Now: time.Now,
		Chance: func() float64 { return mathrand.Float64()*0.2 - 0.48 }, // more eager than a real one
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var sending sync.WaitGroup
	sending.Go(func() { _ = up.Room().Work(ctx) }) // it ends with the context
	size, err := writeSiege(ctx, store)
	if err != nil {
		return err
	}
	say("written %d", size)
	for told.Scan() {
	}
	cancel()
	sending.Wait()
	line.Close()
	return store.Close()
}

// writeSiege writes the numbers that are not in the journal yet, each once and in
// order, spread over some time.
func writeSiege(ctx context.Context, store *storage.Store) (uint64, error) {
	records, err := strconv.Atoi(os.Getenv("ROSTOD_SIEGE_WRITE"))
	if err != nil {
		return 0, err
	}
	next := 0
	for from := uint64(0); ; {
		leaves, err := store.Leaves(ctx, from, 1000)
		if err != nil {
			return 0, err
		}
		for _, l := range leaves {
			if l.Kind == "siege" {
				next++
			}
		}
		if from += uint64(len(leaves)); len(leaves) == 0 {
			break
		}
	}
	pieces := 100
	tick := time.NewTicker(siegeFor / time.Duration(pieces))
	defer tick.Stop()
	for next < records {
		<-tick.C
		for end := min(records, next+max(1, records/pieces)); next < end; {
			first, last := next, min(end, next+50) // fifty entries a commit
			_, err := store.Commit(ctx, func(tx *storage.Tx) error {
				for n := first; n < last; n++ {
					if _, err := tx.Log(storage.Entry{Kind: "siege", Actor: "system", Public: map[string]any{"n": n}}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return 0, err
			}
			next = last
		}
	}
	return store.State(ctx).Journal, nil
}
