package journey

import (
	"slices"
	"strings"

	"github.com/rostod/rostod/engine"
)

// flow is one value of the contract's enum.
type flow struct {
	Name string
	Runs []engine.CapabilityName
}

// The parts of flows.
const (
	alive     = engine.CapLiveness
	holder    = engine.CapIdentity
	risk      = engine.CapRiskScore
	behaviour = engine.CapBehaviour
	same      = engine.CapValidation
	registry  = engine.CapSerpro
)

// flows are those that work here, in the order in which they are listed. The
// others of the contract need documents, signatures or passkeys.
func flows() []flow {
	return []flow{
		{"idlive", []engine.CapabilityName{alive}},
		{"id", []engine.CapabilityName{alive, holder}},
		{"idunico", []engine.CapabilityName{alive, holder}},
		{"idcheck", []engine.CapabilityName{alive, holder, risk}},
		{"idtrust", []engine.CapabilityName{alive, holder, behaviour}},
		{"idonboarding", []engine.CapabilityName{alive, holder, behaviour}},
		{"idchecktrust", []engine.CapabilityName{alive, holder, behaviour, risk}},
		{"idlivetrust", []engine.CapabilityName{alive, behaviour}},
		{"idcheckserpro", []engine.CapabilityName{alive, holder, risk, registry}},
		{"idtoken", []engine.CapabilityName{alive, same}},
		{"idtokentrust", []engine.CapabilityName{alive, same, behaviour}},
	}
}

// named is the flow of a name, without regard to case; false for one that does
// not work here.
func named(name string) (flow, bool) {
	all := flows()
	i := slices.IndexFunc(all, func(f flow) bool { return strings.EqualFold(f.Name, name) })
	if i < 0 {
		return flow{}, false
	}
	return all[i], true
}

// works lists the names of the flows that work, for whoever sent another.
func works() string {
	var names []string
	for _, f := range flows() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// has says whether a flow runs a capability.
func (f flow) has(c engine.CapabilityName) bool { return slices.Contains(f.Runs, c) }

// identifies says whether a flow is about the holder of a document number.
func (f flow) identifies() bool { return f.has(holder) || f.has(risk) || f.has(registry) }

// plan is what a journey of a flow runs for a caller, in the flow's order. A
// key that selects multi accounts has it in every flow. The answer names a
// capability that is not set up: the daemon does not have it, or the key
// selects some and not this one. Liveness comes with the camera.
func (f flow) plan(by engine.Caller, known []engine.CapabilityName) (runs []engine.CapabilityName, missing engine.CapabilityName) {
	runs = slices.Clone(f.Runs)
	if by.Runs(engine.CapMultiAccounts) {
		runs = append(runs, engine.CapMultiAccounts)
	}
	for _, c := range runs {
		selected := len(by.Capabilities) == 0 || by.Runs(c) || c == alive
		if !selected || !slices.Contains(known, c) {
			return nil, c
		}
	}
	return runs, ""
}

// capacities are the contract's names for what a journey runs, as far as it
// has names.
func capacities(runs []engine.CapabilityName) []string {
	list := []string{}
	for _, c := range runs {
		switch c {
		case alive:
			list = append(list, "PROCESS_CAPACITY_IDLIVE")
		case holder:
			list = append(list, "PROCESS_CAPACITY_IDUNICO")
		case risk:
			list = append(list, "PROCESS_CAPACITY_IDCHECK")
		}
	}
	return list
}
