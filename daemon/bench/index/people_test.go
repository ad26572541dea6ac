package index

import (
	"math"
	"slices"
	"testing"
)

// The same seed makes the same people, whoever asks first; strangers are
// spread as wished, and mated probes lie around 0.65.
func TestPeople(t *testing.T) {
	l := newLaw(128, 0.10, seed)
	a, b := galleryOf(t, l, 600), galleryOf(t, newLaw(128, 0.10, seed), 300)
	if !slices.Equal(a.first(300).all, b.all) {
		t.Error("got other people from the same seed")
	}
	var squares, n float64
	for i := range 300 {
		c := product(a.row(i), a.row(i+300))
		squares, n = squares+c*c, n+1
	}
	if got := math.Sqrt(squares / n); math.Abs(got-0.10) > 0.02 {
		t.Errorf("got cosines of strangers with a deviation of %.3f, want 0.10", got)
	}
	p, err := l.probes(600, 200, 100)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for i, mate := range p.mates {
		sum += product(p.mated.row(i), a.row(mate)) / 200
	}
	if math.Abs(sum-0.65) > 0.03 {
		t.Errorf("got mated cosines around %.3f, want 0.65", sum)
	}
}

func galleryOf(t *testing.T, from people, rows int) matrix {
	t.Helper()
	m, err := from.gallery(rows)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A small gallery, measured from end to end: what does not depend on time holds.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("measures for seconds")
	}
	report, err := Run(t.Context(), Options{Rows: []int{2000}, Dims: 128, Mated: 200, Strange: 1000, Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	r := report.Results[0]
	if r.Right != r.Compared || r.Compared != 100 {
		t.Errorf("got %d of %d exact searches right, want all of 100", r.Right, r.Compared)
	}
	if lost := r.Exact.TPIR - r.ByThreshold.TPIR; lost > 0.0005 || r.Exact.TPIR < 0.5 {
		t.Errorf("got %.4f lost by threshold of %.4f, want at most 0.0005", lost, r.Exact.TPIR)
	}
	if r.Exact.PerSecond <= 0 || r.Ready <= 0 || r.Build <= 0 {
		t.Errorf("got %+v, want something measured", r)
	}
}
