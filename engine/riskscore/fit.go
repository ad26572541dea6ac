package riskscore

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/internal/fault"
)

// ErrOutcomes: labelled outcomes cannot be fitted to.
var ErrOutcomes = &fault.Fault{
	Kind: fault.Invalid, Code: "riskscore/outcomes",
	Title: "The labelled outcomes cannot be fitted to.",
	Hint:  `Each line is {"signals":{"identity-verification.bound":0.52},"genuine":true}; at least 50 genuine people and 50 others are needed.`,
}

// outcome is one person of whom it became known who it was.
type outcome struct {
	Signals map[string]float64 `json:"signals"`
	Genuine *bool              `json:"genuine"`
}

const (
	leastOfEach = 50   // outcomes of each sort
	drawn       = 20   // how many outcomes the table to begin with weighs as much as
	sweeps      = 500  // at most
	still       = 1e-7 // a change that is none, in log-odds
	longestLine = 1 << 16
)

// Fitted says what a fit did. Losses are mean logarithmic losses of the outcomes
// that it was fitted to, in nats: they say nothing of other people.
type Fitted struct {
	Genuine int     `json:"genuine"`
	Others  int     `json:"others"`
	Before  float64 `json:"lossBefore"`
	After   float64 `json:"lossAfter"`
}

// Fit fits the points of a table to labelled outcomes, one JSON object a line,
// and answers the new table as its file. It is an additive logistic regression
// over the level of each curve and the steps between its knots: no step may go
// against its curve's direction, and all are drawn towards the table that it begins
// with, so that what the outcomes do not show stays. The bias stays too: of whom
// nothing is known, nothing is said, however many of the outcomes were genuine. The
// same lines give the same table.
func Fit(from Table, lines io.Reader) ([]byte, Fitted, error) {
	p := newProblem(from)
	digest := sha256.New()
	scan := bufio.NewScanner(io.TeeReader(lines, digest))
	scan.Buffer(nil, longestLine)
	var said Fitted
	for n := 1; scan.Scan(); n++ {
		var o outcome
		err := json.Unmarshal(scan.Bytes(), &o, json.RejectUnknownMembers(true))
		if err == nil && o.Genuine == nil {
			err = errors.New("it does not say whether it was genuine")
		}
		if err == nil {
			err = p.add(o)
		}
		if err != nil {
			return nil, said, fault.Because(ErrOutcomes, fmt.Errorf("line %d: %w", n, err))
		}
		if *o.Genuine {
			said.Genuine++
		} else {
			said.Others++
		}
	}
	if err := scan.Err(); err != nil {
		return nil, said, fmt.Errorf("read labelled outcomes: %w", err)
	}
	if min(said.Genuine, said.Others) < leastOfEach {
		return nil, said, fault.Because(ErrOutcomes, fmt.Errorf("there are %d genuine people and %d others", said.Genuine, said.Others))
	}
	said.Before = p.loss()
	p.descend()
	said.After = p.loss()
	to := p.table()
	to.Version = "fit-" + hex.EncodeToString(digest.Sum(nil)[:6])
	to.Fitted = said.Genuine + said.Others
	if err := to.check(); err != nil {
		return nil, said, err
	}
	text, err := json.Marshal(to, json.Deterministic(true), jsontext.WithIndent("  "))
	return append(text, '\n'), said, err
}

// step is the part of a curve between two knots. Its size is what is fitted:
// the points that it goes up, or down when the curve falls.
type step struct {
	curve, knot int // it ends at this knot
	sign        float64
	above       bool // above the neutral knot
}

// problem is what is to be minimised.
type problem struct {
	from   Table
	steps  []step
	prior  []float64
	sizes  []float64 // of the steps, then the points of each curve's neutral knot
	rows   [][]float64
	labels []float64
	odds   []float64 // of each row, as the sizes are now
}

func newProblem(from Table) *problem {
	p := &problem{from: from}
	for c, curve := range from.Curves {
		sign, zero := -1.0, neutral(curve)
		if curve.Rises {
			sign = 1
		}
		for k := 1; k < len(curve.Knots); k++ {
			p.steps = append(p.steps, step{c, k, sign, k > zero})
			p.prior = append(p.prior, sign*(curve.Knots[k].Points-curve.Knots[k-1].Points))
		}
	}
	for _, curve := range from.Curves {
		p.prior = append(p.prior, curve.Knots[neutral(curve)].Points)
	}
	p.sizes = append([]float64(nil), p.prior...)
	return p
}

// neutral is the knot whose points are nearest to none.
func neutral(c Curve) int {
	best := 0
	for i, k := range c.Knots {
		if math.Abs(k.Points) < math.Abs(c.Knots[best].Points) {
			best = i
		}
	}
	return best
}

// add takes an outcome in.
func (p *problem) add(o outcome) error {
	row := make([]float64, len(p.sizes))
	for i, s := range p.steps {
		curve := p.from.Curves[s.curve]
		value, there := o.Signals[curve.Signal]
		if !there {
			continue
		}
		if !finite(value) {
			return fmt.Errorf("the signal %q is no number", curve.Signal)
		}
		a, b := curve.Knots[s.knot-1].Value, curve.Knots[s.knot].Value
		if share := (value - a) / (b - a); s.above {
			row[i] = s.sign * max(0, min(1, share))
		} else {
			row[i] = -s.sign * (1 - max(0, min(1, share)))
		}
	}
	for c, curve := range p.from.Curves {
		if _, there := o.Signals[curve.Signal]; there {
			row[len(p.steps)+c] = 1
		}
	}
	odds := p.from.Bias
	for i, x := range row {
		odds += x * p.sizes[i]
	}
	label := 0.0
	if *o.Genuine {
		label = 1
	}
	p.rows, p.labels, p.odds = append(p.rows, row), append(p.labels, label), append(p.odds, odds)
	return nil
}

// loss is the mean logarithmic loss, in nats.
func (p *problem) loss() float64 {
	sum := 0.0
	for i, odds := range p.odds {
		sum += math.Log1p(math.Exp(-math.Abs(odds))) + max(odds, 0) - p.labels[i]*odds
	}
	return sum / float64(len(p.odds))
}

// descend minimises the sum of the losses and of the squares of the distances
// from the prior, one size after the other, each by a step that never goes too
// far: the curvature of a logistic loss is at most a quarter.
func (p *problem) descend() {
	for range sweeps {
		most := 0.0
		for j := range p.sizes {
			slope, curvature := drawn*(p.sizes[j]-p.prior[j]), float64(drawn)
			for i, row := range p.rows {
				if x := row[j]; x != 0 {
					slope += x * (1/(1+math.Exp(-p.odds[i])) - p.labels[i])
					curvature += x * x / 4
				}
			}
			next := p.sizes[j] - slope/curvature
			if j < len(p.steps) {
				next = max(next, 0) // a curve keeps its direction
			}
			change := next - p.sizes[j]
			if change == 0 {
				continue
			}
			p.sizes[j] = next
			for i, row := range p.rows {
				p.odds[i] += change * row[j]
			}
			most = max(most, math.Abs(change))
		}
		if most < still {
			return
		}
	}
}

// table is the one that the sizes make.
func (p *problem) table() Table {
	to := p.from
	to.Curves = nil
	sizes := map[[2]int]float64{}
	for i, s := range p.steps {
		sizes[[2]int{s.curve, s.knot}] = s.sign * p.sizes[i]
	}
	for c, curve := range p.from.Curves {
		zero := neutral(curve)
		knots := append([]Knot(nil), curve.Knots...)
		knots[zero].Points = p.sizes[len(p.steps)+c]
		for k := zero + 1; k < len(knots); k++ {
			knots[k].Points = knots[k-1].Points + sizes[[2]int{c, k}]
		}
		for k := zero - 1; k >= 0; k-- {
			knots[k].Points = knots[k+1].Points - sizes[[2]int{c, k + 1}]
		}
		curve.Knots = knots
		to.Curves = append(to.Curves, curve)
	}
	return to
}
