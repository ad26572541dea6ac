package process

import (
	"slices"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
)

// plan is what a key selects of all capabilities, in their order. A capture
// brings liveness with it: what was filmed for that is judged by it.
func plan(all []*room.Capability, by engine.Caller, captured bool) []*room.Capability {
	var list []*room.Capability
	for _, c := range all {
		if by.Runs(c.Name) || captured && c.Name == engine.CapLiveness && len(by.Capabilities) > 0 {
			list = append(list, c)
		}
	}
	return list
}

// sandboxed are the people of the sandbox, by their CURP, and the result that
// each stands for: published for the vendor's own sandbox.
var sandboxed = map[string]string{
	"HEWW580907HGRSHL05": engine.Reproved,
	"BAWB700219HNLTYR01": "risk-high",
	"IIFA830702HDFGNN06": "risk-critical",
	"PASP901014HDFRPT03": engine.Inconclusive,
}

// canned is the finding that a person of the sandbox stands for; false when the
// key is not the sandbox's or the person is nobody of it.
func canned(by engine.Caller, code string) (engine.Findings, bool) {
	result, known := sandboxed[code]
	if !by.Sandbox || !known || !slices.Contains(by.Capabilities, engine.CapMultiAccounts) {
		return nil, false
	}
	return engine.Findings{{
		Capability: engine.CapMultiAccounts, Reasons: []string{"sandbox"},
		Outcome: engine.Outcome{Liveness: 1, IDCloud: &engine.Result{Result: result}},
	}}, true
}
