package crash

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
)

// siege is one installation under fire.
type siege struct {
	place
	key    string
	clerks []*clerk
	books  *books
	dice   *rand.Rand

	early int // kills while it was starting
	rolls int // kills while an epoch was rolling
}

func newSiege(t *testing.T, clerks int, seed uint64, faces []person, env ...string) *siege {
	t.Helper()
	return newSiegeAt(t, at(filepath.Join(t.TempDir(), "data"), env...), clerks, seed, faces)
}

func newSiegeAt(t *testing.T, p place, clerks int, seed uint64, faces []person) *siege {
	t.Helper()
	s := &siege{place: p, books: newBooks(), dice: rand.New(rand.NewPCG(seed, 0))}
	for n := range clerks {
		s.clerks = append(s.clerks, newClerk(n+1, seed, faces))
	}
	s.settle(t)
	return s
}

// settle makes the installation and its first key, which the first clerk
// writes down.
func (s *siege) settle(t *testing.T) {
	t.Helper()
	d := start(t, s.place)
	id, secret := firstKey(t, d)
	s.key = secret
	first := &op{kind: keyMade, label: "first"}
	first.answered(&reply{status: 201, body: []byte(`{"id":"` + id + `"}`)})
	s.clerks[0].sent = append(s.clerks[0].sent, first)
	d.kill()
}

func (s *siege) answered() (all int, kinds map[string]int) {
	kinds = map[string]int{}
	for _, c := range s.clerks {
		for _, o := range c.sent {
			if o.answer.ok() {
				all++
				kinds[o.kind]++
			}
		}
	}
	return all, kinds
}

func (s *siege) unanswered() (n int) {
	for _, c := range s.clerks {
		for _, o := range c.sent {
			if o.found != "" || o.answer == nil {
				n++
			}
		}
	}
	return n
}
