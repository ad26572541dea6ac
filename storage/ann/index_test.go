package ann

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var (
	testName   = Name{Segment: [16]byte{1}, Model: [32]byte{2}}
	testSecret = Secret{7}
)

func openTest(t testing.TB, dir string) *Index {
	t.Helper()
	x, err := Open(Config{Dir: dir, Secret: func(Name) (Secret, error) { return testSecret, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func segmentOf(t testing.TB, x *Index, dims int) *Segment {
	t.Helper()
	s, err := x.Segment(testName, dims)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// closed closes the index.
func closed(t testing.TB, x *Index) {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func id(n int) ID {
	var b ID
	binary.BigEndian.PutUint64(b[8:], uint64(n))
	return b
}

func owner(n int) Owner { return Owner(id(n)) }

// people are random directions, the same for the same seed.
func people(seed uint64, n, dims int) []Row {
	random := rand.New(rand.NewPCG(seed, 2))
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{ID: id(i), Owner: owner(i), Vector: make([]float32, dims)}
		for j := range rows[i].Vector {
			rows[i].Vector[j] = float32(random.NormFloat64())
		}
	}
	return rows
}

// near is a vector at about this cosine from v.
func near(v []float32, cosine float64, random *rand.Rand) []float32 {
	var norm float64
	for _, x := range v {
		norm += float64(x) * float64(x)
	}
	norm = math.Sqrt(norm)
	other := make([]float32, len(v))
	for i, x := range v {
		other[i] = float32(cosine*float64(x)/norm + math.Sqrt(1-cosine*cosine)*random.NormFloat64()/math.Sqrt(float64(len(v))))
	}
	return other
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i, x := range a {
		y := b[i]
		ab += float64(x) * float64(y)
		aa += float64(x) * float64(x)
		bb += float64(y) * float64(y)
	}
	return ab / math.Sqrt(aa*bb)
}

// reference is what comparing with every row finds.
func reference(rows []Row, vector []float32, q Query) []Candidate {
	var all []Candidate
	for _, r := range rows {
		c := Candidate{Owner: r.Owner, ID: r.ID, Cosine: cosine(r.Vector, vector)}
		if c.Cosine >= q.Least && (q.Skip == nil || !q.Skip(r.Owner)) {
			all = append(all, c)
		}
	}
	all = bestOfOwners(all)
	if q.Most > 0 {
		all = all[:min(len(all), q.Most)]
	}
	return all
}

// sameFound compares what was found with what comparing all finds. Rows that
// float32 cannot tell apart may change places.
func sameFound(t *testing.T, what string, rows []Row, probe []float32, got, want []Candidate) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: got %d candidates, want %d", what, len(got), len(want))
		return
	}
	const alike = 1e-6
	for i, c := range got {
		n := slices.IndexFunc(rows, func(r Row) bool { return r.ID == c.ID })
		if n < 0 || rows[n].Owner != c.Owner {
			t.Errorf("%s: got candidate %d %v, which is no row", what, i, c)
			return
		}
		own := cosine(rows[n].Vector, probe)
		if c.ID != want[i].ID && math.Abs(own-want[i].Cosine) > alike || math.Abs(c.Cosine-own) > alike {
			t.Errorf("%s: got candidate %d %v, want %v", what, i, c, want[i])
			return
		}
	}
}

func TestExactIsWhatComparingAllFinds(t *testing.T) {
	for _, dims := range []int{50, 128, 192, 512} {
		t.Run(fmt.Sprint(dims), func(t *testing.T) {
			x := openTest(t, t.TempDir())
			defer closed(t, x)
			s := segmentOf(t, x, dims)
			rows := people(1, 2400, dims)
			for i := range rows {
				rows[i].Owner = owner(i % 700) // several rows each
			}
			for half := range slices.Chunk(rows, 1300) {
				must(t, s.Insert(half...))
				must(t, x.Flush())
			}
			random := rand.New(rand.NewPCG(3, 4))
			queries := []Query{
				{Least: -1, Most: 1, Exact: true}, {Least: -1, Most: 10, Exact: true},
				{Least: 0.15, Exact: true}, {Least: 0.6, Exact: true}, {Least: 0.1, Most: 3, Exact: true},
				{Least: -1, Most: 5, Exact: true, Skip: func(o Owner) bool { return o[15]&1 == 0 }},
				{Least: -1, Most: 900, Exact: true},
				{Least: 0.6}, {Least: -1, Most: 1}, {Least: -0.9, Most: 7},
			}
			for i := range 8 {
				probe := near(rows[i*297].Vector, 0.7, random)
				for n, q := range queries {
					got, err := s.Search(probe, q)
					must(t, err)
					sameFound(t, fmt.Sprintf("probe %d, query %d", i, n), rows, probe, got.Candidates, reference(rows, probe, q))
					if got.Seen.Rows != len(rows) {
						t.Errorf("probe %d: got %d rows seen, want %d", i, got.Seen.Rows, len(rows))
					}
				}
			}
		})
	}
}
