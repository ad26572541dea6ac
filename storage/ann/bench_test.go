package ann

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkSearch must stay below 40 µs (exact) and 17 µs (by threshold) at
// 10,000 rows of 128 dimensions on one Sapphire Rapids core.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		x := openTest(b, b.TempDir())
		s := segmentOf(b, x, 128)
		rows := people(1, n, 128)
		must(b, s.Insert(rows...))
		must(b, x.Flush())
		random := rand.New(rand.NewPCG(1, 1))
		var probes [][]float32
		for i := range 256 {
			probes = append(probes, near(rows[i*31].Vector, 0.65, random))
		}
		for _, q := range []struct {
			name string
			Query
		}{
			{"exact/nearest", Query{Least: -1, Most: 10, Exact: true}}, {"exact/threshold", Query{Least: 0.5, Exact: true}},
			{"threshold", Query{Least: 0.5}}, {"nearest", Query{Least: -1, Most: 10}},
		} {
			b.Run(fmt.Sprintf("%s/%d", q.name, n), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					if _, err := s.Search(probes[i%len(probes)], q.Query); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		closed(b, x)
	}
}

func BenchmarkInsert(b *testing.B) {
	x := openTest(b, b.TempDir())
	defer closed(b, x)
	s := segmentOf(b, x, 128)
	rows := people(1, 4096, 128)
	for i := 0; b.Loop(); i++ {
		r := rows[i%len(rows)]
		r.ID = id(i % 100_000)
		must(b, s.Insert(r))
	}
}

// BenchmarkBuild must stay below 3 µs a row, files and all.
func BenchmarkBuild(b *testing.B) {
	rows := people(1, 1<<17, 128)
	for b.Loop() {
		x := openTest(b, b.TempDir())
		s := segmentOf(b, x, 128)
		for i := 0; i < len(rows); i += 1024 {
			must(b, s.Insert(rows[i:i+1024]...))
			if (i+1024)%(1<<16) == 0 {
				must(b, x.Flush())
			}
		}
		closed(b, x)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(rows)), "ns/row")
}
