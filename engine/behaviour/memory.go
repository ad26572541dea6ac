package behaviour

import (
	"bytes"
	"slices"
	"sync"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// seen is one face in memory, and what is known of it besides.
type seen struct {
	key      storage.Key // of its record
	turn     uint64      // journal entries before the one that it came with; 0 for what was there when the room opened
	at       time.Time
	until    time.Time       // when it is forgotten; the watchlist's have their own end
	identity storage.Subject // pseudonyms
	numbered bool            // the identity is of a declared number, and not of the reference
	device   storage.Subject // zero: none
	picture  engine.Digest
	gone     bool
}

// person is whose key seals the record: the pseudonym of the reference.
func (s seen) person() storage.Subject { return storage.Subject(s.key[:len(storage.Subject{})]) }

// is says whether two came under one identity. Who comes without a number comes
// as whoever the reference stands for, whichever number was declared for that.
func (s seen) is(other seen) bool {
	return s.identity == other.identity || !(s.numbered && other.numbered) && s.person() == other.person()
}

// shelf are the faces of one org that one model made, oldest first: each has
// dims components.
type shelf struct {
	dims    int
	faces   []seen
	vectors []float32
	gone    int
}

type shelfName struct {
	org   engine.OrgID
	model engine.Digest
	dims  int
}

func shelfOf(org engine.OrgID, t engine.Template) shelfName {
	return shelfName{org, t.Model, len(t.Vector)}
}

// memory holds faces for exact search: a superset of the records, which decide.
// It is filled from them when the room opens.
type memory struct {
	mu      sync.RWMutex
	shelves map[shelfName]*shelf
}

// add puts a face at the end of its shelf. One without direction is like nothing
// and not kept.
func (m *memory) add(org engine.OrgID, t engine.Template, s seen) {
	if !(engine.Cosine(t, t) > 0) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shelves == nil {
		m.shelves = map[shelfName]*shelf{}
	}
	name := shelfOf(org, t)
	on := m.shelves[name]
	if on == nil {
		on = &shelf{dims: len(t.Vector)}
		m.shelves[name] = on
	}
	on.faces = append(on.faces, s)
	on.vectors = append(on.vectors, engine.Mean(t).Vector...) // of unit length
}

// hair is what rounding to float32 can take from a cosine.
const hair = 1e-5

// near are the faces at least so like a probe (cosine) that came with a journal
// entry or a later one, and how many were compared.
func (m *memory) near(org engine.OrgID, probe engine.Template, atLeast float64, from uint64) (hits []seen, compared int) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	on := m.shelves[shelfOf(org, probe)]
	unit := engine.Mean(probe).Vector
	if on == nil || len(unit) != on.dims {
		return nil, 0
	}
	bar := float32(atLeast - hair)
	for i := len(on.faces) - 1; i >= 0 && on.faces[i].turn >= from; i-- {
		if on.faces[i].gone {
			continue
		}
		compared++
		if dot(unit, on.vectors[i*on.dims:(i+1)*on.dims]) >= bar {
			hits = append(hits, on.faces[i])
		}
	}
	return hits, compared
}

// slack is how far out of the order of their time faces may have come: a
// process takes its time from the question, its place from the commit.
const slack = time.Minute

// which are the faces of an org, newest first, that came at a moment or later
// and with a journal entry or a later one, and pass a question.
func (m *memory) which(org engine.OrgID, at time.Time, from uint64, pass func(seen) bool) (list []seen) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for name, on := range m.shelves {
		if name.org != org {
			continue
		}
		for i := len(on.faces) - 1; i >= 0 && on.faces[i].turn >= from && !on.faces[i].at.Before(at.Add(-slack)); i-- {
			if one := on.faces[i]; !one.gone && !one.at.Before(at) && pass(one) {
				list = append(list, one)
			}
		}
	}
	return list
}

// drop takes out the faces under keys that begin so, and overwrites them.
func (m *memory) drop(prefix storage.Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, on := range m.shelves {
		for i := range on.faces {
			if !on.faces[i].gone && bytes.HasPrefix(on.faces[i].key, prefix) {
				on.faces[i].gone = true
				clear(on.vectors[i*on.dims : (i+1)*on.dims])
				on.gone++
			}
		}
		on.tidy()
	}
}

// tidy closes the gaps once they are half of the shelf.
func (s *shelf) tidy() {
	if 2*s.gone < len(s.faces) || s.gone == 0 {
		return
	}
	faces, vectors := make([]seen, 0, len(s.faces)-s.gone), make([]float32, 0, len(s.vectors)-s.gone*s.dims)
	for i, one := range s.faces {
		if !one.gone {
			faces = append(faces, one)
			vectors = append(vectors, s.vectors[i*s.dims:(i+1)*s.dims]...)
		}
	}
	clear(s.vectors)
	s.faces, s.vectors, s.gone = faces, vectors, 0
}

// old are the keys of faces whose time is over, and of the oldest as long as more
// than most are on a shelf.
func (m *memory) old(now time.Time, most int) (keys []storage.Key) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, on := range m.shelves {
		left := len(on.faces) - on.gone
		for _, one := range on.faces {
			if one.gone {
				continue
			}
			if !one.until.Before(now) && left <= most {
				continue
			}
			keys = append(keys, slices.Clone(one.key))
			left--
		}
	}
	return keys
}

// dot is the inner product of two vectors of one length, in four sums that the
// processor can add side by side.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for len(a) >= 8 {
		s0 += a[0]*b[0] + a[4]*b[4]
		s1 += a[1]*b[1] + a[5]*b[5]
		s2 += a[2]*b[2] + a[6]*b[6]
		s3 += a[3]*b[3] + a[7]*b[7]
		a, b = a[8:], b[8:]
	}
	for i, x := range a {
		s0 += x * b[i]
	}
	return s0 + s1 + s2 + s3
}
