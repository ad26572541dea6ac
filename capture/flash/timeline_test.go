package flash

import (
	"math"
	"testing"
	"time"
)

// three is a timeline of three slots, shown from 1000 ms on.
func three(shown ...Shown) Timeline {
	ms := time.Millisecond
	t := Timeline{Start: 0, Shown: shown, Plan: Plan{Lead: time.Second, Tail: 400 * ms, Slots: []Slot{
		{Flat, Magenta, 500 * ms}, {LeftRight, Green, 500 * ms}, {Flat, Cyan, 500 * ms},
	}}}
	return t.planned()
}

func TestDisplay(t *testing.T) {
	tests := []struct {
		name   string
		shown  []Shown
		shift  [3]float64
		wait   float64
		worst  float64
		silent int
		order  bool
	}{
		{"as planned", []Shown{{0, 1000, 1017, 0}, {1, 1500, 1517, 0}, {2, 2000, 2017, 0}}, [3]float64{}, 0, 0, 0, true},
		{"all one frame late", []Shown{{0, 1012, 0, 0}, {1, 1512, 0, 0}, {2, 2012, 0, 0}}, [3]float64{}, 12, 12, 0, true},
		{"one missed frame", []Shown{{0, 1005, 0, 0}, {1, 1522, 0, 1}, {2, 2005, 0, 0}}, [3]float64{0, 17, 0}, 5, 22, 0, true},
		{"all late cannot be explained away", []Shown{{0, 1100, 0, 0}, {1, 1600, 0, 0}, {2, 2100, 0, 0}}, [3]float64{}, displayFrame, 100, 0, true},
		{"far off plan", []Shown{{0, 1005, 0, 0}, {1, 1900, 0, 0}, {2, 2005, 0, 0}}, [3]float64{0, offPlan, 0}, 5, 400, 0, true},
		{"a word missing", []Shown{{0, 1004, 0, 0}, {2, 2004, 0, 0}}, [3]float64{}, 4, 4, 1, true},
		{"no words", nil, [3]float64{}, displayFrame / 2, 0, 3, true},
		{"out of order", []Shown{{1, 1504, 0, 0}, {0, 1004, 0, 0}, {2, 2004, 0, 0}}, [3]float64{}, 4, 4, 1, false},
		{"a slot that is not there", []Shown{{7, 1004, 0, 0}}, [3]float64{}, displayFrame / 2, 0, 3, false},
		{"no time", []Shown{{0, math.NaN(), 0, 0}}, [3]float64{}, displayFrame / 2, 0, 3, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := three(tt.shown...).display()
			for i, want := range tt.shift {
				if math.Abs(got.shift[i]-want) > 1e-9 {
					t.Errorf("slot %d: got shift %v, want %v", i, got.shift[i], want)
				}
			}
			if math.Abs(got.wait-tt.wait) > 1e-9 || math.Abs(got.worst-tt.worst) > 1e-9 || got.silent != tt.silent || got.order != tt.order {
				t.Errorf("got wait %v, worst %v, silent %d, order %v, want %v, %v, %d, %v",
					got.wait, got.worst, got.silent, got.order, tt.wait, tt.worst, tt.silent, tt.order)
			}
		})
	}
}

// A change that takes its time counts from its middle, the page's word or not.
func TestSoftChanges(t *testing.T) {
	for _, shown := range [][]Shown{nil, {{0, 1012, 0, 0}, {1, 1512, 0, 0}, {2, 2040, 0, 1}}} {
		hard := three(shown...)
		soft := hard
		soft.Fade = 80
		at, later := hard.changes(hard.display()), soft.changes(soft.display())
		for i := range at {
			if got := later[i].at - at[i].at; math.Abs(got-40) > 1e-9 {
				t.Errorf("change %d: got %v ms later, want 40", i, got)
			}
		}
	}
}

func TestStepRises(t *testing.T) {
	last := 0.0
	for x := -50.0; x < 400; x++ {
		s := step(x)
		if s < last-1e-12 || s < 0 || s > 1 {
			t.Fatalf("step(%v) = %v after %v", x, s, last)
		}
		last = s
	}
	if step(-exposure) != 0 || step(settled) < 0.99 {
		t.Errorf("got %v before and %v after, want 0 and about 1", step(-exposure), step(settled))
	}
}

func TestDriveIsThePlanWhenSettled(t *testing.T) {
	line := three(Shown{0, 1010, 0, 0}, Shown{1, 1510, 0, 0}, Shown{2, 2010, 0, 0})
	list := line.changes(line.display())
	const lag = 120.0
	times := []float64{500, 1000 + 10 + lag + 400, 1500 + 10 + lag + 400, 2000 + 10 + lag + 400, 2500 + 10 + lag + 400}
	got := drive(list, times, lag, nil)
	want := []glow{{}, line.Plan.Slots[0].glow(), line.Plan.Slots[1].glow(), line.Plan.Slots[2].glow(), {}}
	for i := range want {
		for k, c := range got[i].parts() {
			if d := c.minus(want[i].parts()[k]); math.Hypot(d[0], d[1]) > 1e-3 {
				t.Errorf("at %v: got %v, want %v", times[i], got[i], want[i])
			}
		}
	}
	// Half-way through a change there is some of both.
	half := drive(list, []float64{1010 + lag + blunting*math.Ln2}, lag, nil)[0].flat[0] / want[1].flat[0]
	if half < 0.3 || half > 0.7 {
		t.Errorf("in the middle of a change: got %v of it, want about half", half)
	}
}

func TestMedian(t *testing.T) {
	tests := []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{1, 9, 2}, 2}, {[]float64{4, 1, 2, 3}, 2.5}}
	for _, tt := range tests {
		if got := median(tt.values); got != tt.want {
			t.Errorf("got %v, want %v", got, tt.want)
		}
	}
}
