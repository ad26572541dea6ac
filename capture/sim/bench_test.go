package sim

import (
	"syscall"
	"testing"
)

// A whole session of about 200 pictures, from drawing to what a decoder shows, of
// which libvpx takes nearly a half. Goal: 0.35 s of one core, on a quiet machine: two
// threads of one core take half as long again.
func BenchmarkSession(b *testing.B) {
	line := timeline(b, 1)
	pictures, before := 0, spent(b)
	for i := 0; b.Loop(); i++ {
		s, err := Draw(uint64(i), Wish{Species: Live, Split: Train, Lux: 200})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Film(line, func(Shot) error { pictures++; return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(pictures)/float64(b.N), "pictures/op")
	b.ReportMetric((spent(b)-before)/float64(b.N), "cpu-s/op")
}

// spent is this process's processor time, seconds.
func spent(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
