package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/engine"
)

// Options are how the lab is run.
type Options struct {
	Quick    bool        // some minutes instead of hours
	Split    string      // train, calibrate or test; empty: test, and calibrate when quick
	Sessions int         // living people at each light; attacks in proportion; 0: as many as the bars ask
	Share    float64     // of every cell that is filmed; 0: all of it
	Seed     uint64      // of the first session of every cell
	Out      string      // folder of the rows and of the report
	Again    bool        // measure anew what was kept, and judge the rows that are there; film nothing
	Resume   bool        // film only what is missing in the rows that are there; with Again, after it
	Keep     bool        // keep what was filmed, so that it can be measured again
	Recorded string      // folder of recorded sessions, instead of filming
	Workers  int         // 0: one for each core
	Crosses  int         // wrong-sequence trials; 0: as many as the bar asks
	Plans    int         // minted sequences that are looked at for flashes; 0: as many as the bar asks
	Cells    []Cell      // what to film; empty: what is usual
	Photos   []sim.Photo // faces for a condition of their own
	Progress func(string)
}

// attempts is how often a customer may try.
const attempts = 3

// run is one run of the lab, while it grows.
type run struct {
	Options
	mu      sync.Mutex
	rows    []Row
	crossed int // trials that were given out
	have    map[string]bool
	ledger  *ledger
	done    int // of the work at hand
	kiosks  int // among which the sessions are shared out
}

// job is one session to film.
type job struct {
	cell    Cell
	seed    uint64
	attempt int // from 1
}

// Run films, measures, judges and counts.
func Run(ctx context.Context, o Options) (report Report, err error) {
	o = o.usual()
	began := time.Now()
	r := &run{Options: o, have: map[string]bool{}}
	if err := os.MkdirAll(o.Out, 0o755); err != nil { //nolint:gosec // a report about nobody, for anybody
		return Report{}, fmt.Errorf("make the report's folder: %w", err)
	}
	switch {
	case o.Recorded != "":
		err = r.recorded()
	default:
		err = r.simulated(ctx)
	}
	if err != nil {
		return Report{}, err
	}
	sortRows(r.rows)
	judge(r.rows)
	if report, err = r.report(); err != nil {
		return Report{}, err
	}
	report.Seconds = time.Since(began).Seconds()
	return report, report.write(o.Out)
}

func (o Options) usual() Options {
	if o.Split == "" {
		// Who looks at a quick run every day tunes on it.
		o.Split = string(sim.Test)
		if o.Quick {
			o.Split = string(sim.Calibrate)
		}
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Share == 0 {
		o.Share = 1
	}
	if o.Crosses == 0 {
		o.Crosses = 30_000
		if o.Quick {
			o.Crosses = 150
		}
	}
	if o.Plans == 0 {
		o.Plans = 100_000
		if o.Quick || o.Recorded != "" {
			o.Plans = 1_000
		}
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	return o
}

// cells are what is asked for.
func (o Options) cells() []Cell {
	if len(o.Cells) > 0 {
		return o.Cells
	}
	scale := func(usual int) float64 {
		if o.Sessions == 0 {
			return 1
		}
		return float64(o.Sessions) / float64(usual)
	}
	if o.Quick {
		return quickCells(sim.Split(o.Split), scale(quickLiving))
	}
	return fullCells(sim.Split(o.Split), scale(fullLiving), o.Photos)
}

// simulated films everything once, then lets the living who were not accepted
// try again.
func (r *run) simulated(ctx context.Context) (err error) {
	path := filepath.Join(r.Out, rowsFile)
	if r.Again || r.Resume {
		if err := r.reopen(ctx, path); err != nil {
			return err
		}
	}
	if r.Again && !r.Resume {
		return nil
	}
	if r.ledger, err = openLedger(path, !r.Resume); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.ledger.close()) }()
	if r.Keep {
		if err := os.MkdirAll(r.kept(), 0o700); err != nil {
			return fmt.Errorf("keep what is filmed: %w", err)
		}
	}
	cells := r.cells()
	r.kiosks = kiosksFor(cells)
	if err := r.work(ctx, inTurns(cells, r.Seed, r.kiosks, r.Share)); err != nil {
		return err
	}
	for try := 2; try <= attempts; try++ {
		sortRows(r.rows)
		judge(r.rows)
		if err := r.work(ctx, r.again(cells, try)); err != nil {
			return err
		}
	}
	return nil
}

// inTurns are the first attempts of all cells, each cell as far as the others
// at any moment, up to a share: a run that is stopped has some of everything.
func inTurns(cells []Cell, first uint64, kiosks int, most float64) []job {
	type turn struct {
		job
		share float64 // of its cell that is filmed then
	}
	var turns []turn
	for _, c := range cells {
		for i := range c.Sessions {
			seed, share := c.seed(first, i), (float64(i)+0.5)/float64(c.Sessions)
			if share < most {
				turns = append(turns, turn{job{c.at(seed, kiosks), seed, 1}, share})
			}
		}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.share, b.share) })
	jobs := make([]job, len(turns))
	for i, t := range turns {
		jobs[i] = t.job
	}
	return jobs
}

// reopen reads the rows that are there; again measures anew what was kept of
// them.
func (r *run) reopen(ctx context.Context, path string) (err error) {
	if r.rows, err = readRows(path); err != nil {
		return err
	}
	for _, row := range r.rows {
		r.have[row.Key] = true
	}
	r.crossed = crossingOf(r.rows).Trials
	if r.Again && len(r.rows) == 0 {
		return fmt.Errorf("there are no rows in %s to judge again", r.Out)
	}
	if r.Again {
		if err := r.remeasure(ctx); err != nil {
			return err
		}
	}
	return writeRows(path, r.rows)
}

// again are the living whose last attempt was not accepted.
func (r *run) again(cells []Cell, try int) []job {
	var jobs []job
	for _, row := range r.rows {
		if !row.Living() || row.Attempt != try-1 || accepted(row) {
			continue
		}
		if i := slices.IndexFunc(cells, func(c Cell) bool { return c.Name == row.Cell }); i >= 0 {
			jobs = append(jobs, job{cells[i].at(row.Seed, r.kiosks), row.Seed, try})
		}
	}
	return jobs
}

// work films jobs side by side.
func (r *run) work(ctx context.Context, jobs []job) error {
	jobs = slices.DeleteFunc(jobs, func(j job) bool { return r.have[j.cell.key(j.seed, j.attempt)] })
	return sideBySide(ctx, r, jobs, r.one)
}

// sideBySide does something with each of a list, until one fails.
func sideBySide[T any](ctx context.Context, r *run, list []T, do func(T) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan T)
	var group sync.WaitGroup
	began := time.Now()
	r.done = 0
	for range r.Workers {
		group.Go(func() {
			for x := range queue {
				if err := do(x); err != nil {
					stop(err)
				}
				r.told(len(list), began)
			}
		})
	}
	for _, x := range list {
		select {
		case queue <- x:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
	}
	close(queue)
	group.Wait()
	return context.Cause(ctx)
}

// told says how far the work is.
func (r *run) told(of int, began time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	if r.done%200 == 0 || r.done == of {
		r.Progress(fmt.Sprintf("%d of %d sessions, %.2f s each", r.done, of, time.Since(began).Seconds()/float64(r.done)))
	}
}

// film draws and films one session.
func (j job) film() (*sim.Scene, flash.Session, error) {
	w := j.cell.Wish
	w.Attempt = j.attempt - 1
	s, err := sim.Draw(j.seed, w)
	if err != nil {
		return nil, flash.Session{}, err
	}
	composition := flash.Standard
	if j.attempt > 1 {
		composition = flash.ShapeHeavy
		if w.Upright {
			composition = flash.ShapeHeavyPortrait
		}
	}
	t, err := mint(planSeed(j), composition)
	if err != nil {
		return nil, flash.Session{}, err
	}
	session, err := shoot(s, t)
	if err != nil {
		return nil, flash.Session{}, fmt.Errorf("%s, seed %d: %w", j.cell.Name, j.seed, err)
	}
	return s, session, nil
}

// one films, measures and keeps one session.
func (r *run) one(j job) error {
	s, session, err := j.film()
	if err != nil {
		return err
	}
	if r.Keep {
		if err := r.keep(j.cell.key(j.seed, j.attempt), session); err != nil {
			return err
		}
	}
	w := s.Wish
	row := Row{
		Key: j.cell.key(j.seed, j.attempt), Cell: j.cell.Name, Group: j.cell.Group, Species: w.Species, Split: w.Split, Lux: w.Lux,
		Seed: j.seed, Attempt: j.attempt, Tone: s.Person.Tone, Locked: s.Camera.Locked, Glasses: s.Person.Glasses.Worn,
		Kiosk: kioskOf(s), TrueLag: s.TrueLag(session.Timeline),
	}
	if err := row.measure(session); err != nil {
		return err
	}
	if crosses(row) && r.wantsCross() {
		if row.Crossed, err = cross(row, session); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, row)
	r.have[row.Key] = true
	return r.ledger.add(row)
}

// measure measures a session and takes the processor time of it.
func (r *Row) measure(s flash.Session) error {
	took, err := worked(func() {
		var e engine.FlashEvidence
		var failed error
		if e, failed = flash.Measure(s); failed != nil {
			r.Failed = failed.Error()
		}
		r.Evidence = slim(e)
	})
	r.Measured = milliseconds(took)
	return err
}

// worked is how long a function was on a processor: unlike time on the clock it
// depends little on what else the machine does.
func worked(do func()) (time.Duration, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const thisThread = 1 // RUSAGE_THREAD of Linux
	var before, after syscall.Rusage
	err := syscall.Getrusage(thisThread, &before)
	do()
	if err = errors.Join(err, syscall.Getrusage(thisThread, &after)); err != nil {
		return 0, fmt.Errorf("read the thread's processor time: %w", err)
	}
	return time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()), nil
}

// planSeed is another for each session.
func planSeed(j job) uint64 {
	h := j.seed*1_000_003 + uint64(j.attempt)
	for _, c := range []byte(j.cell.Name) {
		h = h*31 + uint64(c)
	}
	return h
}

// kioskOf names what has a history: a screen and a camera in one place.
func kioskOf(s *sim.Scene) string {
	name := fmt.Sprintf("kiosk %d", s.Kiosk.Number)
	if s.Wish.Inch > 0 && s.Wish.Inch != 24 {
		name += fmt.Sprintf(", %g inch", s.Wish.Inch)
	}
	if s.Wish.Upright {
		name += ", upright"
	}
	return name
}
