package behaviour

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

func face(r *rand.Rand, dims int) engine.Template {
	t := engine.Template{Model: engine.Digest{1}, Vector: make([]float32, dims)}
	for i := range t.Vector {
		t.Vector[i] = float32(r.NormFloat64())
	}
	return t
}

// The memory answers whom comparing each by each would answer, also after some
// have gone.
func TestMemoryIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var m memory
	var all []engine.Template
	for i := range 500 {
		one := face(r, 20)
		all = append(all, one)
		m.add("bank", one, seen{key: storage.Path(storage.U64(i)), turn: uint64(i)})
	}
	gone := map[int]bool{}
	for range 300 {
		i := r.IntN(500)
		gone[i] = true
		m.drop(storage.Path(storage.U64(i)))
	}
	for range 50 {
		probe, from := face(r, 20), uint64(r.IntN(500))
		hits, compared := m.near("bank", probe, 0.3, from)
		var got, want []string
		for _, h := range hits {
			got = append(got, fmt.Sprint(h.turn))
		}
		left := 0
		for i := len(all) - 1; i >= int(from); i-- {
			if gone[i] {
				continue
			}
			left++
			if engine.Cosine(probe, all[i]) >= 0.3 {
				want = append(want, fmt.Sprint(i))
			}
		}
		if !slices.Equal(got, want) || compared != left {
			t.Errorf("got %v of %d, want %v of %d", got, compared, want, left)
		}
	}
	if hits, _ := m.near("shop", all[0], -1, 0); len(hits) != 0 {
		t.Errorf("another org: got %d hits, want none", len(hits))
	}
}

// What has gone is not in the memory any more.
func TestMemoryForgets(t *testing.T) {
	var m memory
	one := engine.Template{Model: engine.Digest{1}, Vector: []float32{0.6, 0.8}}
	m.add("bank", one, seen{key: storage.Key("a1")})
	m.add("bank", one, seen{key: storage.Key("a2")})
	m.add("bank", one, seen{key: storage.Key("b1")})
	kept := m.shelves[shelfOf("bank", one)].vectors
	m.drop(storage.Key("a"))
	for i, x := range kept {
		if x != 0 {
			t.Errorf("component %d of the old memory: got %v, want 0", i, x)
		}
	}
	if hits, n := m.near("bank", one, 0.9, 0); n != 1 || !bytes.Equal(hits[0].key, storage.Key("b1")) {
		t.Errorf("got %d compared, want only b1", n)
	}
}

func TestMemoryIgnoresWhatIsLikeNothing(t *testing.T) {
	var m memory
	m.add("bank", engine.Template{Model: engine.Digest{1}, Vector: []float32{0, 0}}, seen{})
	m.add("bank", engine.Template{Model: engine.Digest{1}, Vector: []float32{1, 0}}, seen{})
	m.add("bank", engine.Template{Model: engine.Digest{1}, Vector: []float32{1, 0, 0}}, seen{})
	if _, n := m.near("bank", engine.Template{Model: engine.Digest{1}, Vector: []float32{1, 0}}, -1, 0); n != 1 {
		t.Errorf("got %d faces, want 1", n)
	}
}

func TestOld(t *testing.T) {
	var m memory
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for i := range 6 {
		m.add("bank", engine.Template{Vector: []float32{1}}, seen{key: storage.Key{byte(i)}, until: start.AddDate(0, 0, i)})
	}
	for _, test := range []struct{ days, most, want int }{{0, 10, 0}, {2, 10, 2}, {0, 4, 2}, {3, 4, 3}, {9, 0, 6}} {
		if got := m.old(start.AddDate(0, 0, test.days), test.most); len(got) != test.want || len(got) > 0 && got[0][0] != 0 {
			t.Errorf("before day %d, at most %d: got %d, want the oldest %d", test.days, test.most, len(got), test.want)
		}
	}
}

// One search of 100,000 faces of 128 components: 20 ms at most, on one core.
func BenchmarkNear(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var m memory
	for range 100_000 {
		m.add("bank", face(r, 128), seen{})
	}
	probe := face(r, 128)
	for b.Loop() {
		m.near("bank", probe, 0.5, 0)
	}
}
