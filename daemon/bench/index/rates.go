package index

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/storage/ann"
)

// rates measures searches per second of one processor, in turns with the peer.
func (r *rig) rates() error {
	least := r.result.Threshold
	for _, m := range []struct {
		mode *Mode
		q    ann.Query
		peer string
	}{
		{&r.result.Exact, ann.Query{Least: -1, Most: 10, Exact: true}, "exact"},
		{&r.result.ExactByThreshold, ann.Query{Least: least, Exact: true}, "exact"},
		{&r.result.ByThreshold, ann.Query{Least: least}, "threshold"},
		{&r.result.Nearest, ann.Query{Least: -1, Most: 10}, ""},
	} {
		if err := r.turns(m.mode, m.q, m.peer); err != nil {
			return err
		}
	}
	after, err := resident()
	r.result.Memory = float64(after-r.result.memory) / 1e6
	return err
}

const (
	repeats = 7
	least   = 300 * time.Millisecond // of each repeat
)

// turns measures one kind of search, and the peers' of the same kind and the
// reading of as many bytes after each repeat.
func (r *rig) turns(m *Mode, q ann.Query, peer string) error {
	var t turn
	var rates, theirs, prototype, reading []float64
	for range repeats {
		one, err := r.repeat(q, &t)
		if err != nil {
			return err
		}
		rates = append(rates, one)
		if peer == "" || r.peers.flat == nil {
			continue
		}
		other, err := r.peers.flat.ask(peer, least.Seconds(), r.result.Threshold)
		if err != nil {
			return err
		}
		older, err := r.peers.prototype.ask(peer, least.Seconds(), 0)
		if err != nil {
			return err
		}
		speed, err := r.peers.flat.ask("stream", least.Seconds()/4, 0)
		if err != nil {
			return err
		}
		theirs, prototype, reading = append(theirs, other), append(prototype, older), append(reading, speed)
	}
	m.PerSecond, m.Wait = median(rates), bench.SpreadOf(t.waits)
	m.Rescored, m.Cells = float64(t.rescored)/float64(t.n), float64(t.cells)/float64(t.n)
	m.Peer, m.Prototype, m.Reading = median(theirs), median(prototype), median(reading)
	return nil
}

// median is 0 of nothing.
func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return bench.Quantile(list, 0.5)
}

// turn is what is counted over all repeats.
type turn struct {
	n, rescored, cells int
	waits              []float64
}

// repeat is searches a second of one processor.
func (r *rig) repeat(q ann.Query, t *turn) (float64, error) {
	began, err := bench.SpentHere()
	if err != nil {
		return 0, err
	}
	for done := 0; ; {
		for range 20 {
			p := r.probes.mated
			if t.n%2 == 1 {
				p = r.probes.strange
			}
			at := time.Now()
			got, err := r.segment.Search(p.row(t.n/2%p.rows()), q)
			if err != nil {
				return 0, err
			}
			t.waits = append(t.waits, float64(time.Since(at))/float64(time.Millisecond))
			t.n, done, t.rescored, t.cells = t.n+1, done+1, t.rescored+got.Seen.Rescored, t.cells+got.Seen.Cells
		}
		now, err := bench.SpentHere()
		if err != nil {
			return 0, err
		}
		if now-began >= least {
			return float64(done) / (now - began).Seconds(), nil
		}
	}
}

// replace inserts rows that are there already, one by one.
func (r *rig) replace() error {
	const rows = 20000
	began, err := bench.SpentHere()
	if err != nil {
		return err
	}
	n := min(rows, r.gallery.rows())
	for i := range n {
		if err := r.segment.Insert(r.row(i * 7919 % r.gallery.rows())); err != nil {
			return err
		}
	}
	ended, err := bench.SpentHere()
	r.result.Replace = float64(ended-began) / float64(n) / float64(time.Microsecond)
	return err
}

// resident is how much memory this process has.
func resident() (int64, error) {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, fmt.Errorf("read the memory of this process: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		var kb int64
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kb); err == nil {
			return kb << 10, nil
		}
	}
	return 0, errors.New("read the memory of this process: the system does not say")
}
