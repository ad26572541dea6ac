package lab

import (
	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
)

// Crossing counts trials in which a living person's session is held against a
// sequence that was never shown.
type Crossing struct {
	Trials   int     `json:"trials"`
	Accepted int     `json:"accepted"`
	Sessions int     `json:"sessions"` // that were tried
	Highest  float64 `json:"highest"`  // log odds of any
}

func (c *Crossing) add(o Crossing) {
	c.Highest = max(c.Highest, o.Highest)
	if c.Trials == 0 {
		c.Highest = o.Highest
	}
	c.Trials, c.Accepted, c.Sessions = c.Trials+o.Trials, c.Accepted+o.Accepted, c.Sessions+o.Sessions
}

// each is how many wrong sequences a session is held against.
const each = 30

// crosses says whether a row is one that is held against wrong sequences.
func crosses(row Row) bool {
	return row.Living() && row.Failed == "" && row.Group == Bars && row.Attempt == 1
}

// cross holds a living session against wrong sequences, the real frames
// measured and judged as if the other had been shown. It is judged without a
// kiosk's history, which could only refuse more.
func cross(row Row, s flash.Session) (*Crossing, error) {
	c := &Crossing{Sessions: 1}
	for i := range each {
		other, err := mint(row.Seed*each+uint64(i)+1<<44, flash.Standard)
		if err != nil {
			return nil, err
		}
		// It begins when the true one did, as an attacker would have it.
		other.Plan.Lead = s.Timeline.Plan.Lead
		wrong := s
		wrong.Timeline = laid(other.Plan)
		for k, slot := range wrong.Timeline.Slots {
			wrong.Timeline.Shown = append(wrong.Timeline.Shown, flash.Shown{Slot: k, At: slot, Next: slot + 17})
		}
		trial := Row{}
		if trial.Evidence, err = flash.Measure(wrong); err != nil {
			trial.Failed = err.Error()
		}
		trial.verdict(engine.Site{})
		one := Crossing{Trials: 1, Highest: trial.Finding.LogOdds}
		if accepted(trial) {
			one.Accepted = 1
		}
		c.add(one)
	}
	return c, nil
}

// wantsCross says whether more trials are asked for, and counts them as made.
func (r *run) wantsCross() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.crossed >= r.Crosses {
		return false
	}
	r.crossed += each
	return true
}

// crossingOf is what the rows' trials came to.
func crossingOf(rows []Row) Crossing {
	var c Crossing
	for _, r := range rows {
		if r.Crossed != nil {
			c.add(*r.Crossed)
		}
	}
	return c
}
