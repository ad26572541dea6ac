package web

// State is how well a part works.
type State string

// The states, best first.
const (
	OK       State = "ok"
	Degraded State = "degraded" // works, with something missing
	Failed   State = "failed"   // does not work
)

// Check is what one part says of itself. Reasons are for operators and hold
// nothing about persons.
type Check struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Reason string `json:"reason,omitzero"` // why it is not ok, and what to do
	// Matters says that without this part there is no point in sending
	// requests: failed, it turns the whole answer into a 503.
	Matters bool `json:"matters"`
}

// Readiness is what all parts say.
type Readiness struct{ Checks []Check }

// Worst is the state of the whole: failed only when a part that matters is.
func (r Readiness) Worst() State {
	state := OK
	for _, c := range r.Checks {
		switch {
		case c.State == Failed && c.Matters:
			return Failed
		case c.State != OK:
			state = Degraded
		}
	}
	return state
}

type readyReport struct {
	Status State   `json:"status"`
	Checks []Check `json:"checks"`
}

func (r Readiness) report() readyReport { return readyReport{Status: r.Worst(), Checks: r.Checks} }
