package riskscore

import (
	"crypto/sha256"
	_ "embed" // the table that is built in
	"encoding/hex"
	"fmt"
	"math"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

//go:embed table.json
var builtIn []byte

// Knot is one point of a curve: a signal's value, and what it adds, in log-odds.
type Knot struct {
	Value  float64 `json:"value"`
	Points float64 `json:"points"`
}

// Curve is what one signal adds: straight between its knots, flat beyond them.
type Curve struct {
	Signal string `json:"signal"` // capability, point, name
	Rises  bool   `json:"rises"`  // more of it is never less in favour; else never more
	Knots  []Knot `json:"knots"`
}

// Table is the model. Fitted is how many labelled outcomes it was fitted to;
// 0 is that its points are guesses.
type Table struct {
	Version    string  `json:"version"`
	Fitted     int     `json:"fitted,omitzero"`
	Bias       float64 `json:"bias"`       // log-odds when nothing is known
	Divergence float64 `json:"divergence"` // points for, and points against, from which people should look
	Curves     []Curve `json:"curves"`

	name string
}

// ErrTable: a table of curves is not one.
var ErrTable = &fault.Fault{
	Kind: fault.Internal, Code: "riskscore/table",
	Title: "The table of the risk score cannot be used.",
	Hint:  "Make it with rostod riskscore fit, or leave riskScore.table empty: the table that is built in is taken.",
}

// Read reads a table, and refuses one whose curves do not keep their direction.
func Read(text []byte) (Table, error) {
	var t Table
	if err := json.Unmarshal(text, &t, json.RejectUnknownMembers(true)); err != nil {
		return Table{}, fault.Because(ErrTable, err)
	}
	if err := t.check(); err != nil {
		return Table{}, fault.Because(ErrTable, err)
	}
	sum := sha256.Sum256(text)
	t.name = t.Version + " sha256:" + hex.EncodeToString(sum[:])
	return t, nil
}

// BuiltIn is the table that is built in.
func BuiltIn() (Table, error) { return Read(builtIn) }

// Name is the table's version and the SHA-256 of its file.
func (t Table) Name() string { return t.name }

func (t Table) check() error {
	if t.Version == "" || !finite(t.Bias) || !(t.Divergence > 0) || len(t.Curves) == 0 {
		return fmt.Errorf("it has no version, bias, divergence or curves")
	}
	if score(t.Bias) > 0 {
		return fmt.Errorf("its bias speaks for people of whom nothing is known")
	}
	known := map[string]bool{}
	for _, c := range t.Curves {
		if known[c.Signal] || c.Signal == "" || len(c.Knots) < 2 {
			return fmt.Errorf("the curve of %q is there twice or has less than two knots", c.Signal)
		}
		known[c.Signal] = true
		if err := c.check(); err != nil {
			return err
		}
	}
	return nil
}

func (c Curve) check() error {
	for i, k := range c.Knots {
		switch {
		case !finite(k.Value) || !finite(k.Points):
			return fmt.Errorf("the curve of %q has a number that is none", c.Signal)
		case i == 0:
		case !(k.Value > c.Knots[i-1].Value):
			return fmt.Errorf("the knots of %q do not rise", c.Signal)
		case c.Rises && k.Points < c.Knots[i-1].Points, !c.Rises && k.Points > c.Knots[i-1].Points:
			return fmt.Errorf("the points of %q turn back", c.Signal)
		}
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// points is what a value adds. No number adds what is worst.
func (c Curve) points(value float64) float64 {
	first, last := c.Knots[0], c.Knots[len(c.Knots)-1]
	switch {
	case math.IsNaN(value):
		return min(first.Points, last.Points)
	case value <= first.Value:
		return first.Points
	}
	for i := 1; i < len(c.Knots); i++ {
		if a, b := c.Knots[i-1], c.Knots[i]; value <= b.Value {
			return a.Points + (b.Points-a.Points)*(value-a.Value)/(b.Value-a.Value)
		}
	}
	return last.Points
}

// Verdict is a score and how it came about.
type Verdict struct {
	Score     int             // -100..-10, 0, 10..100
	Signals   []engine.Signal // those that have a curve, with their points
	Divergent bool            // much is for it and much against
}

// least is the least score that is not 0: the contract has none between.
const least = 10

// Score adds up what the signals add. A signal that is there more than once
// counts by the worse; one that is not there adds nothing.
func (t Table) Score(signals []engine.Signal) Verdict {
	var v Verdict
	sum, pro, contra := t.Bias, 0.0, 0.0
	for _, c := range t.Curves {
		worst, there := engine.Signal{}, false
		for _, s := range signals {
			if s.Name != c.Signal {
				continue
			}
			if s.Points = c.points(s.Value); !there || s.Points < worst.Points {
				worst, there = s, true
			}
		}
		if !there {
			continue
		}
		v.Signals = append(v.Signals, worst)
		sum += worst.Points
		pro, contra = pro+max(worst.Points, 0), contra-min(worst.Points, 0)
	}
	v.Divergent = pro >= t.Divergence && contra >= t.Divergence
	v.Score = score(sum)
	return v
}

// score is log-odds as the contract's number.
func score(logOdds float64) int {
	s := int(math.Round(100 * math.Tanh(logOdds/2)))
	if s > -least && s < least {
		return 0
	}
	return s
}
