package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// disk watches the free space under the data directory. A full disk kills
// Badger: it writes through memory maps, and a page that finds no block is a
// SIGBUS that no Go program survives. So writing stops well before, with an
// ordinary error.
type disk struct {
	dir     string
	minFree int64
	ballast int64 // wanted size
	free    func(dir string) (int64, bool)
	now     func() time.Time
	warn    func(msg string, args ...any)

	mu    sync.Mutex
	seen  time.Time
	left  int64
	known bool // the system could tell
	spent int64
	held  int64 // size of the ballast file
	shut  bool  // the gate is closed
	least int64 // free bytes that opening to write takes
	needs int64 // free bytes from which the gate opens again, at least those
}

// gateInterval is how old a look at the free space may be.
const gateInterval = 5 * time.Millisecond

func newDisk(c Config) *disk {
	d := &disk{
		dir: c.Dir, minFree: c.MinFree, least: c.MinFree + c.MinFree/8, ballast: c.Ballast,
		free: freeBytes, now: time.Now, warn: c.Log.Warn,
	}
	d.needs = d.least
	if info, err := os.Stat(d.path()); err == nil {
		d.held = info.Size()
	}
	return d
}

func (d *disk) path() string { return filepath.Join(d.dir, "ballast") }

// look asks the system for the free space.
func (d *disk) look() {
	d.left, d.known = d.free(d.dir)
	d.seen, d.spent = d.now(), 0
}

// full says whether the gate should be closed. To open it again takes an eighth
// more, so that it does not swing.
func (d *disk) full() bool {
	if d.shut {
		return d.known && d.left < d.needs
	}
	return d.known && d.left < d.minFree
}

// turn opens or closes the gate.
func (d *disk) turn(shut bool) {
	if shut == d.shut {
		return
	}
	if d.shut = shut; shut {
		d.warn("the disk is nearly full, writing stops", "free", d.left, "minimum", d.minFree)
	} else {
		d.warn("the disk has room again, writing goes on", "free", d.left, "minimum", d.minFree)
		d.needs = d.least
	}
}

// rests is told when the store has gone to rest. What closing the database gave
// back, logs and tables that were replaced, was only lent: at work it would be
// taken again at once. So others must give an eighth of the minimum beyond it.
// Where twice the minimum is free there is room, whoever gave it.
func (d *disk) rests() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.look()
	d.needs = max(d.least, min(d.left+d.minFree/8, 2*d.minFree))
	d.turn(d.known && d.left < d.needs)
}

// opens says whether there is room to open the store for writing, which takes
// need bytes. When not, the gate is closed until there is.
func (d *disk) opens(need int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.least = max(d.least, need)
	d.needs = d.least
	d.look()
	d.turn(d.known && d.left < max(d.minFree, need))
	return !d.shut
}

// has says whether so much is free.
func (d *disk) has(need int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.look()
	return !d.known || d.left >= need
}

// gate is storage/full while too little is free.
func (d *disk) gate() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now().Sub(d.seen) > gateInterval || d.spent > d.minFree/32 {
		d.look()
	}
	if d.turn(d.full()); d.shut {
		return Full
	}
	return nil
}

// spend counts what was written since the last look. Badger writes it about
// three times: log, table, compaction.
func (d *disk) spend(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.spent += 3 * bytes
}

// makeRoom gives the ballast up when less than need is free, and is
// storage/full when that was not enough.
func (d *disk) makeRoom(need int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.look()
	if !d.known || d.left >= need {
		return nil
	}
	if d.held > 0 && d.left+d.held >= need {
		d.warn("the ballast is given up to make room", "free", d.left, "needed", need)
		if err := os.Remove(d.path()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("give up the ballast: %w", err)
		}
		d.held = 0
		d.look()
	}
	if d.left < need {
		f := *Full
		f.Hint = fmt.Sprintf("Free at least %d MiB on the disk of the data directory, then start again.", (need-d.left)>>20+1)
		return &f
	}
	return nil
}

// tend makes the ballast again when there is room for it beyond the minimum.
func (d *disk) tend() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.look()
	if d.ballast == d.held || !d.known || d.left+d.held < d.minFree+d.minFree/8+d.ballast {
		return nil
	}
	if err := allocate(d.path(), d.ballast); err != nil {
		d.held = 0
		return errors.Join(fmt.Errorf("make the ballast: %w", err), removeIfThere(d.path()))
	}
	d.held = d.ballast
	d.look()
	return nil
}

// figures are what State tells.
func (d *disk) figures() (free, needs, held int64, shut bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.look()
	if !d.known {
		return -1, d.needs, d.held, false
	}
	return d.left, d.needs, d.held, d.full()
}
