package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/daemon/bench/accuracy"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage/ann"
)

// crowd is how many made-up people the photographed ones are mixed with.
const crowd = 100_000

// Photos is what was found of photographed people in a crowd of made-up ones:
// each photo is looked for by every other of the same person.
type Photos struct {
	Photos int     `json:"photos"`
	People int     `json:"people"`
	Crowd  int     `json:"crowd"`
	At     []Found `json:"at"`
}

// Found is what was found at one threshold.
type Found struct {
	What      string  `json:"what"`
	Threshold float64 `json:"threshold"` // cosine
	Pairs     int     `json:"pairs"`     // of a photo and another of the same person, either way
	Alike     int     `json:"alike"`     // of those, that reach the threshold, compared in float64
	Exact     int     `json:"exact"`     // that an exact search finds
	Fast      int     `json:"fast"`      // that a search by threshold finds
	Owners    int     `json:"owners"`    // all that exact searches find, of whoever
	Missed    int     `json:"missed"`    // of those, that searches by threshold do not
}

// shot is a photo's template and whose it is.
type shot struct {
	person string
	engine.Template
}

// photos mixes the templates of labelled photos into a made-up gallery.
func (o Options) photos(ctx context.Context) (_ *Photos, err error) {
	if o.Fixtures == "" {
		return nil, nil //nolint:nilnil // nothing was asked for
	}
	o.Progress("looking at the photos")
	m, err := bench.Networks(ctx, o.Config)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	list, err := accuracy.Load(o.Fixtures)
	if err != nil {
		return nil, err
	}
	shots := make([]shot, len(list))
	for i, p := range list {
		face, err := p.Look(ctx, m)
		if err != nil {
			return nil, err
		}
		if face.Template.Empty() {
			return nil, fmt.Errorf("no face is found in %s", p.Name)
		}
		shots[i] = shot{p.Person, face.Template}
	}
	knots, ok := m.Calibration(shots[0].Model)
	if !ok {
		return nil, errors.New("the models have no calibration for their own templates")
	}
	return o.mix(ctx, shots, knots.Score)
}

// mix looks for everybody in the crowd.
func (o Options) mix(ctx context.Context, shots []shot, score func(float64) float64) (_ *Photos, err error) {
	dims := len(shots[0].Vector)
	o.Progress(fmt.Sprintf("mixing %d photos into %d made-up people", len(shots), crowd))
	made, err := newLaw(dims, deviation(dims), seed).gallery(crowd)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(o.Temp, "rostod-bench-index-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the index: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	gallery := matrix{dims, slices.Clone(made.all)}
	for _, s := range shots {
		gallery.all = append(gallery.all, s.Vector...)
	}
	r := &rig{Options: o, dir: filepath.Join(dir, "index"), gallery: gallery}
	if err := r.build(); err != nil {
		return nil, err
	}
	if err := r.openIndex(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.index.Close()) }()
	people := map[string]bool{}
	for _, s := range shots {
		people[s.person] = true
	}
	all := &Photos{Photos: len(shots), People: len(people), Crowd: crowd}
	for _, risk := range []float64{0.45, 0.55} {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		f := Found{What: fmt.Sprintf("score %.2f", risk), Threshold: cosineFor(risk, score)}
		if err := r.find(shots, &f); err != nil {
			return nil, err
		}
		all.At = append(all.At, f)
	}
	return all, nil
}

// cosineFor is the least cosine whose score reaches what is wanted.
func cosineFor(want float64, score func(float64) float64) float64 {
	low, high := -1.0, 1.0
	for range 60 {
		if middle := (low + high) / 2; score(middle) >= want {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// find looks for all photos of everybody, by each photo.
func (r *rig) find(shots []shot, f *Found) error {
	for i, s := range shots {
		exact, err := r.owners(s.Vector, ann.Query{Least: f.Threshold, Exact: true})
		if err != nil {
			return err
		}
		fast, err := r.owners(s.Vector, ann.Query{Least: f.Threshold})
		if err != nil {
			return err
		}
		for n := range exact {
			f.Owners++
			if !fast[n] {
				f.Missed++
			}
		}
		for j, other := range shots {
			if i == j || s.person != other.person {
				continue
			}
			f.Pairs++
			f.Alike += count(engine.Cosine(s.Template, other.Template) >= f.Threshold)
			f.Exact += count(exact[crowd+j])
			f.Fast += count(fast[crowd+j])
		}
	}
	return nil
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// owners are the rows that a search finds.
func (r *rig) owners(v []float32, q ann.Query) (map[int]bool, error) {
	got, err := r.segment.Search(v, q)
	if err != nil {
		return nil, err
	}
	rows := map[int]bool{}
	for _, c := range got.Candidates {
		rows[number(c.ID)] = true
	}
	return rows, nil
}
