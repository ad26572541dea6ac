package bench

import "testing"

func TestMetrics(t *testing.T) {
	got := metrics("# HELP x y\n# TYPE x counter\nx{a=\"1 2\"} 3\nx{a=\"2\"} 4.5\ny 1e3\nbroken\nz nothing\n")
	for name, want := range map[string]float64{"x": 7.5, "y": 1000, "z": 0, "broken": 0} {
		if got[name] != want {
			t.Errorf("%s: got %v, want %v", name, got[name], want)
		}
	}
}
