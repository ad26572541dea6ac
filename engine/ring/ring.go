package ring

import (
	"bytes"
	"slices"

	"github.com/rostod/rostod/engine"
)

// mostAccounts is how many accounts a ring holds; more of one person are not
// joined, so that a record stays small and a merge quick.
const mostAccounts = 256

// pair is two people in an order that does not depend on who is named first.
func pair(a, b engine.Person) (engine.Person, engine.Person) {
	if bytes.Compare(a[:], b[:]) > 0 {
		return b, a
	}
	return a, b
}

// united is two rings' people as one, each once.
func united(a, b []engine.Person) []engine.Person {
	all := slices.Clone(a)
	for _, p := range b {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// without is a ring's people but those who leave.
func without(all, leaving []engine.Person) []engine.Person {
	return slices.DeleteFunc(slices.Clone(all), func(p engine.Person) bool { return slices.Contains(leaving, p) })
}
