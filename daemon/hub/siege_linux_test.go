package hub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/natsserver"
)

// How hard the siege is: records a branch, and how long a link is cut. In CI it is a
// short one: ROSTOD_SIEGE_RECORDS=50000 ROSTOD_SIEGE_CUT=90s is the whole.
const (
	siegeRecords  = 2000
	siegeCut      = 4 * time.Second
	siegeBranches = 3
)

// TestMain runs the test binary as a branch or as the hub when a siege asks for it.
func TestMain(m *testing.M) {
	switch os.Getenv("ROSTOD_SIEGE_ROLE") {
	case "branch":
		os.Exit(besieged(runBranch))
	case "hub":
		os.Exit(besieged(runHub))
	}
	os.Exit(m.Run())
}

// A hub of three NATS servers and three branches, each behind a network of its own.
// Servers, branches and the hub are killed, links are cut, slowed and broken; at the
// end nothing is lost, nothing doubled, the order of every branch kept, and every
// proof holds.
func TestSiege(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	records, cut := siegeRecords, siegeCut
	if n, err := strconv.Atoi(os.Getenv("ROSTOD_SIEGE_RECORDS")); err == nil {
		records = n
	}
	if d, err := time.ParseDuration(os.Getenv("ROSTOD_SIEGE_CUT")); err == nil {
		cut = d
	}
	nets := openNetworks(t, siegeBranches)
	servers := natsserver.Start(t, 3, "")
	dir := t.TempDir()
	hq := startHub(t, filepath.Join(dir, "hub"), servers.URLs("nats", "127.0.0.1"))
	key := filepath.Join(dir, "hub.pub")
	if err := os.WriteFile(key, []byte(hq.await(t, "key ")), 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var branches []*branchProcess
	for i := range siegeBranches {
		b := &branchProcess{name: fmt.Sprintf("branch-%d", i+1), dir: filepath.Join(dir, fmt.Sprintf("b%d", i)), net: nets[i], key: key, records: records}
		b.urls = nets[i].open(t, servers.Ports)
		b.start(t)
		hq.say(t, "enrol %s %s", b.name, b.process.await(t, "key "))
		branches = append(branches, b)
	}
	w := &war{servers: servers, hub: hq, branches: branches, cut: cut, chance: rand.New(rand.NewPCG(17, 4)), count: map[string]int{}}
	w.rage(t)
	raged := time.Since(began)
	w.await(t)
	t.Logf("raged for %s, all there after %s: %v", raged.Round(time.Second), time.Since(began).Round(time.Second), w.count)
	for _, b := range branches {
		b.process.stop(t)
	}
	hq.process.stop(t)
	compare(t, dir, branches)
}

// compare opens what the processes left, and holds the hub's archive to each branch's
// journal: it prints a table.
func compare(t *testing.T, dir string, branches []*branchProcess) {
	t.Helper()
	hq := openHub(t, filepath.Join(dir, "hub"))
	t.Logf("%-10s %8s %8s %6s %8s %8s  %s", "branch", "written", "arrived", "lost", "doubled", "disorder", "proofs")
	for _, b := range branches {
		store := openStore(t, b.dir, 7)
		if _, err := store.Verify(t.Context()); err != nil {
			t.Errorf("%s: its journal: %v", b.name, err)
		}
		var lines []string
		var text strings.Builder
		if err := hq.Export(t.Context(), b.name, &text); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text.String()) {
			lines = append(lines, strings.TrimSpace(line))
		}
		seen, lost, doubled, disorder, next := map[int]int{}, 0, 0, 0, 0
		for _, line := range lines {
			n, ok := number(line)
			if !ok {
				continue
			}
			if seen[n]++; n != next {
				disorder++
			}
			next = n + 1
		}
		for n := range b.records {
			switch {
			case seen[n] == 0:
				lost++
			case seen[n] > 1:
				doubled++
			}
		}
		proofs := "hold"
		if v, err := hq.Verify(t.Context(), b.name); err != nil || v.Standing != batch.Sound || v.Waiting > 0 {
			proofs = fmt.Sprint(err, v.Standing)
		}
		t.Logf("%-10s %8d %8d %6d %8d %8d  %s", b.name, b.records, len(seen), lost, doubled, disorder, proofs)
		if lost+doubled+disorder > 0 || len(seen) != b.records || proofs != "hold" {
			t.Errorf("%s: not all is as it was written", b.name)
		}
		if size := store.State(t.Context()).Journal; uint64(len(lines)) != size {
			t.Errorf("%s: the hub holds %d entries, the journal %d", b.name, len(lines), size)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}

// number is which record of the siege an entry is.
func number(entry string) (int, bool) {
	var leaf struct {
		Kind   string `json:"kind"`
		Public struct {
			N int `json:"n"`
		} `json:"public"`
	}
	err := json.Unmarshal([]byte(entry), &leaf)
	return leaf.Public.N, err == nil && leaf.Kind == "siege"
}

// war is what happens to them.
type war struct {
	servers  *natsserver.Cluster
	hub      *hubProcess
	branches []*branchProcess
	cut      time.Duration
	chance   *rand.Rand
	count    map[string]int
}

// rage harms something, again and again, until every branch has written everything.
func (w *war) rage(t *testing.T) {
	t.Helper()
	harms := []func(){
		func() {
			i := w.chance.IntN(3)
			w.servers.Kill(t, i)
			w.pause(3 * time.Second)
			w.servers.Run(t, i)
			w.count["servers killed"]++
		},
		func() {
			b := w.branches[w.chance.IntN(len(w.branches))]
			b.process.kill(t)
			b.start(t)
			w.count["branches killed"]++
		},
		func() {
			b := w.branches[w.chance.IntN(len(w.branches))]
			b.net.link(t, "down")
			w.pause(w.cut)
			b.net.link(t, "up")
			w.count["links cut"]++
		},
		func() {
			b := w.branches[w.chance.IntN(len(w.branches))]
			b.net.slow(time.Duration(w.chance.IntN(300)) * time.Millisecond)
			w.count["links slowed"]++
		},
		func() {
			w.branches[w.chance.IntN(len(w.branches))].net.breakAll()
			w.count["connections broken"]++
		},
		func() {
			w.hub.process.kill(t)
			w.hub.start(t)
			w.count["hubs killed"]++
		},
	}
	for i := 0; ; i++ {
		harms[i%len(harms)]() // each in turn, at whom and how long by chance
		w.pause(time.Second)
		if done := w.written(); done && i >= 2*len(harms) {
			break
		}
	}
	for _, b := range w.branches {
		b.net.slow(0)
	}
}

func (w *war) pause(d time.Duration) {
	<-time.After(time.Duration(float64(d) * (0.5 + w.chance.Float64())))
}

func (w *war) written() bool {
	for _, b := range w.branches {
		if !b.process.has("written ") {
			return false
		}
	}
	return true
}

// await waits until the hub holds all that the branches have.
func (w *war) await(t *testing.T) {
	t.Helper()
	late := time.After(10 * time.Minute)
	for {
		missing := 0
		for _, b := range w.branches {
			size, err := strconv.Atoi(b.process.await(t, "written "))
			if err != nil {
				t.Fatal(err)
			}
			if w.hub.size(b.name) < size {
				missing++
			}
		}
		if missing == 0 {
			return
		}
		select {
		case <-late:
			t.Fatalf("%d branches are not whole at the hub after ten minutes: %v", missing, w.hub.process.tail())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// besieged runs a part of the siege in this process, until it is told to end.
func besieged(run func(ctx context.Context, say func(string, ...any), told *bufio.Scanner) error) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	say := func(format string, args ...any) { fmt.Printf(format+"\n", args...) }
	told := bufio.NewScanner(os.Stdin)
	if err := run(ctx, say, told); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
