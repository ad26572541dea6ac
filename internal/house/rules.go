package house

import (
	"cmp"
	"slices"
	"strings"
)

// Rule is one line of the plan.
type Rule struct {
	Name  string
	Check func(*House) []Finding
}

// Rules is the whole plan.
func Rules() []Rule {
	return []Rule{
		{"layers", Layers},
		{"homes", Homes},
		{"linked", Linked},
		{"ledger", Ledger},
		{"doc", Docs},
		{"room", Rooms},
		{"name", Names},
		{"length", Lengths},
		{"unfinished", Unfinished},
		{"init", Inits},
		{"state", State},
		{"panic", Panics},
		{"exit", Exits},
		{"sleep", Sleeps},
	}
}

// Check asks every rule; the findings stand in the order of the tree.
func Check(h *House) []Finding {
	var all []Finding
	for _, r := range Rules() {
		all = append(all, r.Ask(h)...)
	}
	sortByPlace(all)
	return all
}

// Ask is the rule's findings, with its name on them.
func (r Rule) Ask(h *House) []Finding {
	found := r.Check(h)
	for i := range found {
		found[i].Rule = r.Name
	}
	return found
}

// sortByPlace orders findings as they stand in the tree.
func sortByPlace(found []Finding) {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line)
	})
}
