package index

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/storage/ann"
)

// Options are how the bench is run.
type Options struct {
	Rows      []int         // sizes of galleries
	Dims      int           // a power of two
	Data      string        // folder of vectors to measure instead of made-up ones; empty: none
	Fixtures  string        // folder of labelled photos to mix into a gallery; empty: none
	Config    config.Config // where the models for them lie
	Peers     bool          // measure other programs on the same vectors
	Prototype string        // folder of the sources of the prototype, to be measured in turns; empty: none
	Mated     int           // probes of people who are in the gallery
	Strange   int           // probes of people who are not
	Plain     bool          // without the processor's vector instructions
	Temp      string        // in which the index is made; empty: the system's
	Progress  func(string)  // told what is done next; may be nil
}

// Mistake is what is wrong with the options, or nothing.
func (o Options) Mistake() string {
	switch {
	case o.Dims != 128 && o.Dims != 256 && o.Dims != 512:
		return "--dims must be 128, 256 or 512"
	case o.Prototype != "" && !o.Peers:
		return "--prototype is a peer, and --peers=false wants none"
	case len(o.Rows) == 0 || slices.Min(o.Rows) < 1000:
		return "--rows must be at least 1000"
	case o.Mated < fewestMated || o.Strange < fewestStrange:
		return fmt.Sprintf("--mated must be at least %d and --strange at least %d", fewestMated, fewestStrange)
	default:
		return ""
	}
}

// Fewer probes say nothing about one in a thousand.
const (
	fewestMated   = 100
	fewestStrange = 1000
)

// seed is the generator's, as in the figures of docs/INDEX.md.
const seed = 20260101

// deviation is how cosines of strangers lie, by the number of dimensions, as
// measured of networks for faces.
func deviation(dims int) float64 {
	if dims >= 512 {
		return 0.07
	}
	return 0.10
}

// Run runs the bench.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	started, machine := time.Now(), bench.Here()
	var from people = newLaw(o.Dims, deviation(o.Dims), seed)
	report := Report{Machine: machine, Dims: o.Dims, Data: o.Data}
	if o.Data != "" {
		from = folder{o.Data}
	}
	o.Progress(fmt.Sprintf("%d vectors of %d dimensions", slices.Max(o.Rows), o.Dims))
	all, err := from.gallery(slices.Max(o.Rows))
	if err != nil {
		return Report{}, err
	}
	if all.dims != o.Dims {
		return Report{}, fmt.Errorf("the vectors have %d dimensions, not %d", all.dims, o.Dims)
	}
	for _, n := range o.Rows {
		r, err := o.measure(ctx, from, all.first(n))
		if err != nil {
			return Report{}, err
		}
		report.Results, report.Kernels, report.Missing = append(report.Results, r.result), r.kernels, r.missing
	}
	if report.Photos, err = o.photos(ctx); err != nil {
		return Report{}, err
	}
	report.Bars = bars(report)
	report.Seconds = math.Round(time.Since(started).Seconds())
	return report, nil
}

// rig is one gallery's index, while it is measured.
type rig struct {
	Options
	dir     string
	gallery matrix
	probes  probes
	peers   *peers
	kernels string
	missing []string
	index   *ann.Index
	segment *ann.Segment
	result  Result
}

func (o Options) measure(ctx context.Context, from people, gallery matrix) (_ *rig, err error) {
	dir, err := os.MkdirTemp(o.Temp, "rostod-bench-index-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the index: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	r := &rig{Options: o, dir: filepath.Join(dir, "index"), gallery: gallery, peers: &peers{}, result: Result{Rows: gallery.rows()}}
	r.say("making probes")
	if r.probes, err = from.probes(gallery.rows(), o.Mated, o.Strange); err != nil {
		return nil, err
	}
	defer func() {
		if r.index != nil {
			err = errors.Join(err, r.index.Close())
		}
	}()
	defer func() { err = errors.Join(err, r.peers.close()) }()
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"building", r.build}, {"opening again", r.open}, {"comparing with every vector in float64", r.right},
		{"finding the threshold", r.accuracy}, {"compiling the peers", func() error { return r.meet(ctx, dir) }},
		{"measuring searches", r.rates}, {"measuring libraries", func() error { return r.others(ctx) }}, {"replacing rows", r.replace},
	} {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		r.say(step.what)
		if err := step.do(); err != nil {
			return nil, err
		}
	}
	r.kernels, r.missing = r.index.Kernels(), r.peers.missing
	return r, nil
}

// meet starts the peers with the same vectors.
func (r *rig) meet(ctx context.Context, dir string) error {
	if !r.Peers {
		r.peers.missing = []string{"measured without peers"}
		return nil
	}
	r.peers = newPeers(ctx, dir, r.gallery.dims, r.Prototype)
	if r.Prototype != "" && !r.peers.has("prototype") {
		return fmt.Errorf("the prototype cannot be measured: %s", strings.Join(r.peers.missing, "; "))
	}
	if err := r.peers.write(r.gallery, r.probes); err != nil {
		return err
	}
	return r.peers.start(ctx, r.gallery.rows(), r.result.Threshold)
}

// others measures the libraries, without a program beside.
func (r *rig) others(ctx context.Context) error {
	if err := r.peers.close(); err != nil {
		return err
	}
	var err error
	r.result.Peers, err = r.peers.others(ctx, r.gallery.rows(), r.result.Threshold)
	return err
}

func (r *rig) say(what string) { r.Progress(fmt.Sprintf("%d rows: %s", r.gallery.rows(), what)) }

var segmentName = ann.Name{Segment: [16]byte{1}, Model: [32]byte{1}}

func (r *rig) openIndex() error {
	var err error
	r.index, err = ann.Open(ann.Config{Dir: r.dir, Plain: r.Plain, Secret: func(ann.Name) (ann.Secret, error) { return ann.Secret{1}, nil }})
	if err != nil {
		return err
	}
	r.segment, err = r.index.Segment(segmentName, r.gallery.dims)
	return err
}

func (r *rig) row(i int) ann.Row {
	var id ann.ID
	for b := range 8 {
		id[b] = byte(i >> (8 * b))
	}
	return ann.Row{ID: id, Owner: ann.Owner(id), Vector: r.gallery.row(i)}
}

// number is which row an ID names.
func number(id ann.ID) int {
	n := 0
	for b := range 8 {
		n |= int(id[b]) << (8 * b)
	}
	return n
}

// build inserts as a follower of the journal does, and flushes now and then.
func (r *rig) build() error {
	if err := r.openIndex(); err != nil {
		return err
	}
	const batch, flush = 1024, 1 << 16
	began, err := bench.SpentHere()
	if err != nil {
		return err
	}
	rows := make([]ann.Row, 0, batch)
	for i := range r.gallery.rows() {
		if rows = append(rows, r.row(i)); len(rows) == batch || i == r.gallery.rows()-1 {
			if err := r.segment.Insert(rows...); err != nil {
				return err
			}
			rows = rows[:0]
		}
		if (i+1)%flush == 0 {
			if err := r.index.Flush(); err != nil {
				return err
			}
		}
	}
	if err := r.index.Flush(); err != nil {
		return err
	}
	ended, err := bench.SpentHere()
	r.result.Build = (ended - began).Seconds()
	return errors.Join(err, r.index.Close())
}

// open opens the files again, which are warm, and searches once.
func (r *rig) open() error {
	var ready []float64
	for n := range 3 {
		if n > 0 {
			if err := r.index.Close(); err != nil {
				return err
			}
		}
		debug.FreeOSMemory()
		var err error
		if r.result.memory, err = resident(); err != nil {
			return err
		}
		began := time.Now()
		if err := r.openIndex(); err != nil {
			return err
		}
		ready = append(ready, float64(time.Since(began))/float64(time.Millisecond))
		if _, err := r.segment.Search(r.probes.mated.row(0), ann.Query{Least: 0.5}); err != nil {
			return err
		}
		r.result.First = float64(time.Since(began)) / float64(time.Millisecond)
	}
	slices.Sort(ready)
	r.result.Ready = bench.Quantile(ready, 0.5)
	return nil
}

// each does something with every number below n, on all processors.
func each(n int, do func(i int) error) error {
	errs := make([]error, runtime.GOMAXPROCS(0))
	var working sync.WaitGroup
	for w := range errs {
		working.Go(func() {
			for i := w; i < n && errs[w] == nil; i += len(errs) {
				errs[w] = do(i)
			}
		})
	}
	working.Wait()
	return errors.Join(errs...)
}

// right compares some searches with what comparing every vector finds.
func (r *rig) right() error {
	right := make([]bool, min(100, r.probes.mated.rows()))
	err := each(len(right), func(i int) error {
		p := r.probes.mated.row(i)
		best, at := -2.0, 0
		for n := range r.gallery.rows() {
			if c := product(r.gallery.row(n), p); c > best {
				best, at = c, n
			}
		}
		row, cosine, err := r.best(p, ann.Query{Least: -1, Most: 1, Exact: true})
		right[i] = row == at && math.Abs(cosine-best) < 1e-6
		return err
	})
	r.result.Compared, r.result.Right = len(right), held(right)
	return err
}

// held is how many hold.
func held(list []bool) int {
	n := 0
	for _, yes := range list {
		n += count(yes)
	}
	return n
}

func product(a, b []float32) float64 {
	var s, t float64
	for i := 0; i+2 <= len(a); i += 2 {
		s += float64(a[i]) * float64(b[i])
		t += float64(a[i+1]) * float64(b[i+1])
	}
	return s + t
}

// best is the best candidate of a search; row -1 when there is none.
func (r *rig) best(probe []float32, q ann.Query) (row int, cosine float64, err error) {
	got, err := r.segment.Search(probe, q)
	if err != nil || len(got.Candidates) == 0 {
		return -1, -1, err
	}
	return number(got.Candidates[0].ID), got.Candidates[0].Cosine, nil
}

// accuracy finds the threshold at which one stranger in a thousand is taken
// for somebody, by exact searches, and how many of the mated probes find their
// mate above it: exactly, by threshold, and by the nearest.
func (r *rig) accuracy() error {
	tops := make([]float64, r.probes.strange.rows())
	err := each(len(tops), func(i int) (err error) {
		_, tops[i], err = r.best(r.probes.strange.row(i), ann.Query{Least: -1, Most: 1, Exact: true})
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(tops)
	r.result.Threshold = tops[len(tops)-1-len(tops)/1000]
	share := func(q ann.Query) (float64, error) {
		found := make([]bool, len(r.probes.mates))
		err := each(len(found), func(i int) error {
			row, cosine, err := r.best(r.probes.mated.row(i), q)
			found[i] = row == r.probes.mates[i] && cosine >= r.result.Threshold
			return err
		})
		return float64(held(found)) / float64(len(found)), err
	}
	var errs [3]error
	r.result.Exact.TPIR, errs[0] = share(ann.Query{Least: -1, Most: 1, Exact: true})
	r.result.ByThreshold.TPIR, errs[1] = share(ann.Query{Least: r.result.Threshold})
	r.result.Nearest.TPIR, errs[2] = share(ann.Query{Least: -1, Most: 10})
	r.result.ExactByThreshold.TPIR = r.result.Exact.TPIR
	return errors.Join(errs[:]...)
}
