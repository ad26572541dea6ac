package sim

import "testing"

// A whole session of about 200 pictures, from drawing to decoding. Goal: 0.35 s
// on one core.
func BenchmarkSession(b *testing.B) {
	t := timeline(b, 1)
	pictures := 0
	for i := 0; b.Loop(); i++ {
		s, err := Draw(uint64(i), Wish{Species: Live, Split: Train, Lux: 200})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Film(t, func(Shot) error { pictures++; return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(pictures)/float64(b.N), "pictures/op")
}
