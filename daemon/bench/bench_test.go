package bench

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	tests := []struct {
		name   string
		sorted []float64
		q      float64
		want   float64
	}{
		{"one value is every quantile", []float64{7}, 0.99, 7},
		{"the middle of two", []float64{1, 2}, 0.5, 1.5},
		{"the least", []float64{1, 2, 3}, 0, 1},
		{"the largest", []float64{1, 2, 3}, 1, 3},
		{"between neighbours", []float64{0, 10, 20, 30, 40}, 0.9, 36},
	}
	for _, tt := range tests {
		if got := Quantile(tt.sorted, tt.q); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := Quantile(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("of nothing: got %v, want NaN", got)
	}
}

func TestSpread(t *testing.T) {
	got := SpreadOf([]float64{4, 2, 8, 6})
	want := Spread{N: 4, Mean: 5, SD: math.Sqrt(20.0 / 3), Min: 2, P05: 2.3, Median: 5, P95: 7.7, P99: 7.94, Max: 8}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"mean", got.Mean, want.Mean}, {"sd", got.SD, want.SD}, {"min", got.Min, want.Min}, {"p05", got.P05, want.P05},
		{"median", got.Median, want.Median}, {"p95", got.P95, want.P95}, {"p99", got.P99, want.P99}, {"max", got.Max, want.Max},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
	if got := SpreadOf(nil); got != (Spread{}) {
		t.Errorf("of nothing: got %v, want zeros", got)
	}
}

func TestBars(t *testing.T) {
	tests := []struct {
		name string
		bar  Bar
		want bool
	}{
		{"at most, below", AtMost("x", 1, 2, "%.0f"), true},
		{"at most, exactly", AtMost("x", 2, 2, "%.0f"), true},
		{"at most, above", AtMost("x", 2.01, 2, "%.0f"), false},
		{"at most, not a number", AtMost("x", math.NaN(), 2, "%.0f"), false},
		{"at least, exactly", AtLeast("x", 1.8, 1.8, "%.1f"), true},
		{"at least, below", AtLeast("x", 1.79, 1.8, "%.1f"), false},
		{"at least, not a number", AtLeast("x", math.NaN(), 1.8, "%.1f"), false},
		{"all", All("x", 61, 61), true},
		{"all but one", All("x", 60, 61), false},
		{"all of nothing", All("x", 0, 0), false},
	}
	for _, tt := range tests {
		if tt.bar.Holds != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, tt.bar.Holds, tt.want)
		}
	}
}

func TestHold(t *testing.T) {
	good, bad := Bar{Holds: true}, Bar{}
	tests := []struct {
		name string
		bars []Bar
		want bool
	}{
		{"all hold", []Bar{good, good}, true},
		{"one does not", []Bar{good, bad, good}, false},
		{"a bench without bars has shown nothing", nil, false},
	}
	for _, tt := range tests {
		if got := Hold(tt.bars); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestPageSaysWhichBarsHold(t *testing.T) {
	var out bytes.Buffer
	p := NewPage(&out)
	p.Bars([]Bar{AtMost("speed", 1, 2, "%.0f"), AtMost("size", 3, 2, "%.0f")})
	if err := p.End(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || !strings.HasSuffix(lines[1], " holds") || !strings.HasSuffix(lines[2], "DOES NOT HOLD") {
		t.Errorf("got\n%s\nwant a heading, speed that holds and size that does not", out.String())
	}
}

func TestBody(t *testing.T) {
	got, err := WithPicture([]byte("picture")).Body(map[string]string{"riskLevel": "high", "customerId": `a"b`})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"customerId":"a\"b","riskLevel":"high","image":"cGljdHVyZQ=="}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got, err = WithPicture(nil).Body(map[string]string{})
	if want := `{"image":""}`; err != nil || string(got) != want {
		t.Errorf("without members: got %s, %v, want %s", got, err, want)
	}
}

func TestRunning(t *testing.T) {
	got, err := running("2750000000 374780 18\n")
	if want := 2750 * time.Millisecond; err != nil || got != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := running("x 1 2"); err == nil {
		t.Error("got no error for what is no number")
	}
}
