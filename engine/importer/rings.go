package importer

import (
	"cmp"
	"slices"

	"github.com/rostod/rostod/engine"
)

// links says which accounts of an import show one face: whoever matches is
// joined, also through a third. It is a forest of disjoint sets.
type links map[engine.Person]engine.Person

// of is the account that stands for everybody joined with p.
func (l links) of(p engine.Person) engine.Person {
	for {
		up, ok := l[p]
		if !ok || up == p {
			return p
		}
		if above, ok := l[up]; ok {
			l[p] = above // the way is shorter next time
		}
		p = up
	}
}

// join says that two accounts show one face.
func (l links) join(a, b engine.Person) {
	a, b = l.of(a), l.of(b)
	l[a], l[b] = b, b
}

// numbers gives every ring a number, in the order in which its first account is
// met.
type numbers struct {
	links links
	known map[engine.Person]int
}

// of is the number of an account's ring; 0 when it is in none.
func (n *numbers) of(p engine.Person) int {
	if _, in := n.links[p]; !in {
		return 0
	}
	head := n.links.of(p)
	if n.known[head] == 0 {
		n.known[head] = len(n.known) + 1
	}
	return n.known[head]
}

// byCount are names with how often they occur, most often first.
func byCount(m map[string]uint64) []reasonCount {
	list := make([]reasonCount, 0, len(m))
	for name, n := range m {
		list = append(list, reasonCount{Reason: name, Rows: n})
	}
	slices.SortFunc(list, func(a, b reasonCount) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Reason, b.Reason))
	})
	return list
}

type reasonCount struct {
	Reason, Means string
	Rows          uint64
}
