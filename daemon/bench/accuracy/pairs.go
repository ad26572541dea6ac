package accuracy

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/engine"
)

// levels are the risk levels that ask for a face.
func levels() []engine.RiskLevel {
	return []engine.RiskLevel{engine.RiskLow, engine.RiskMedium, engine.RiskHigh}
}

// Pair is one photo held against another photo's customer.
type Pair struct {
	Probe, Reference int // in the list of photos
	Mated            bool
	Direct           float64 // comparison score by the models alone
	Verdicts         map[engine.RiskLevel]Verdict
}

// score is the comparison score that the daemon answered; NaN when it did not
// compare.
func (p Pair) score() float64 {
	v, ok := p.Verdicts[engine.RiskLow]
	if !ok || v.Match == "" {
		return math.NaN()
	}
	return v.Similarity
}

// off is how far the answers lie from the models' own score, at the worst
// level; NaN when a level has no score.
func (p Pair) off() float64 {
	worst := 0.0
	for _, risk := range levels() {
		v, ok := p.Verdicts[risk]
		if !ok || v.Match == "" {
			return math.NaN()
		}
		worst = max(worst, math.Abs(v.Similarity-p.Direct))
	}
	return worst
}

// pairsOf is every two photos once. The one that was enrolled is the
// reference; when both were, the one that stands first.
func pairsOf(photos []Photo, enrolled []bool) []Pair {
	var pairs []Pair
	for i := range photos {
		for j := range i {
			p := Pair{Probe: i, Reference: j, Mated: photos[i].Person == photos[j].Person}
			if !enrolled[j] && enrolled[i] {
				p.Probe, p.Reference = j, i
			}
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// enrolAll enrols every photo and says which were refused, and why.
func (c caller) enrolAll(ctx context.Context, photos []Photo) (enrolled []bool, refusals map[string]string, err error) {
	enrolled, refusals = make([]bool, len(photos)), map[string]string{}
	var mu sync.Mutex
	err = c.each(ctx, len(photos), func(ctx context.Context, i int) error {
		err := c.enrol(ctx, photos[i])
		if r, no := refusal(err); no {
			mu.Lock()
			defer mu.Unlock()
			refusals[photos[i].Name] = fmt.Sprintf("%s %v", r.Code, r.Fields["image"])
			return nil
		}
		enrolled[i] = err == nil
		return err
	})
	return enrolled, refusals, err
}

// compareAll steps up with every pair at every level.
func (c caller) compareAll(ctx context.Context, photos []Photo, enrolled []bool, pairs []Pair) error {
	return c.each(ctx, len(pairs), func(ctx context.Context, i int) error {
		p := &pairs[i]
		if !enrolled[p.Reference] {
			return nil
		}
		p.Verdicts = map[engine.RiskLevel]Verdict{}
		for _, risk := range levels() {
			v, err := c.stepUp(ctx, photos[p.Probe].ask, photos[p.Reference].customer(), risk)
			if err != nil {
				return fmt.Errorf("%s against %s: %w", photos[p.Probe].Name, photos[p.Reference].Name, err)
			}
			p.Verdicts[risk] = v
		}
		return nil
	})
}

// Turned is what became of copies turned by so many degrees. Those of 0 degrees
// are only written anew: what they change, the turning does not.
type Turned struct {
	Degrees int `json:"degrees"`
	Asked   int `json:"asked"` // questions, at every level
	Same    int `json:"same"`  // answered like the upright photo's
	// The largest change of a comparison score.
	Moved float64  `json:"moved"`
	Other []string `json:"other,omitzero"` // what was answered otherwise
}

// turnAll asks with turned copies of every photo for its own customer, one
// mated and one non-mated other, and compares the verdicts with the upright
// photo's.
func (c caller) turnAll(ctx context.Context, photos []Photo, enrolled []bool) ([]Turned, error) {
	list := []Turned{{Degrees: 0}, {Degrees: 90}, {Degrees: 180}, {Degrees: 270}}
	var mu sync.Mutex
	err := c.each(ctx, len(photos), func(ctx context.Context, i int) error {
		against := others(photos, enrolled, i)
		upright, err := c.round(ctx, photos[i].ask, against)
		if err != nil {
			return err
		}
		for t := range list {
			copied, err := turned(photos[i].Data, list[t].Degrees)
			if err != nil {
				return fmt.Errorf("turn %s: %w", photos[i].Name, err)
			}
			round, err := c.round(ctx, bench.WithPicture(copied), against)
			if err != nil {
				return err
			}
			mu.Lock()
			list[t].add(photos[i].Name, upright, round)
			mu.Unlock()
		}
		return nil
	})
	return list, err
}

// question is who is asked for, at which level.
type question struct {
	customer engine.CustomerID
	risk     engine.RiskLevel
}

// round asks for several customers with one picture, at every level.
func (c caller) round(ctx context.Context, ask bench.Ask, against []Photo) (map[question]Verdict, error) {
	answers := map[question]Verdict{}
	for _, other := range against {
		for _, risk := range levels() {
			v, err := c.stepUp(ctx, ask, other.customer(), risk)
			if err != nil {
				return nil, fmt.Errorf("a turned copy against %s: %w", other.Name, err)
			}
			answers[question{other.customer(), risk}] = v
		}
	}
	return answers, nil
}

func (t *Turned) add(name string, upright, turned map[question]Verdict) {
	for q, v := range upright {
		w := turned[q]
		t.Asked++
		t.Same += one(v.same(w))
		if line := differ(name, q.risk, v, w); !v.same(w) && !slices.Contains(t.Other, line) {
			t.Other = append(t.Other, line)
		}
		if v.Match != "" && w.Match != "" {
			t.Moved = max(t.Moved, math.Abs(v.Similarity-w.Similarity))
		}
	}
	slices.Sort(t.Other)
}

// differ is how a turned copy's verdict differs from the photo's own.
func differ(name string, risk engine.RiskLevel, upright, turned Verdict) string {
	if upright.Liveness != turned.Liveness {
		return fmt.Sprintf("%s: %s (passive %.3f), the photo itself %s (%.3f)", name, turned.Liveness, turned.Passive, upright.Liveness, upright.Passive)
	}
	return fmt.Sprintf("%s at %s: %s (%.3f), the photo itself %s (%.3f)", name, risk, turned.Match, turned.Similarity, upright.Match, upright.Similarity)
}

// others are the photo itself, the next one of the same person and the next
// one of another, as far as they are enrolled.
func others(photos []Photo, enrolled []bool, i int) []Photo {
	var list []Photo
	if enrolled[i] {
		list = append(list, photos[i])
	}
	for _, mated := range []bool{true, false} {
		for step := 1; step < len(photos); step++ {
			j := (i + step) % len(photos)
			if enrolled[j] && (photos[j].Person == photos[i].Person) == mated {
				list = append(list, photos[j])
				break
			}
		}
	}
	return list
}
