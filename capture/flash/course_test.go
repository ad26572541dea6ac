package flash

import (
	"math"
	"math/rand/v2"
	"testing"
)

// frames is a record of n frames at 30 a second whose samples hold nothing.
func frames(n int) record {
	r := record{samples: make([]*Sample, n)}
	for i := range n {
		r.at = append(r.at, 1000+float64(i)*1000/30)
		r.samples[i] = &Sample{}
	}
	r.slow = slowly(r.at)
	return r
}

func TestSlowIsOrthonormal(t *testing.T) {
	r := frames(200)
	for i := range r.slow {
		for j := range r.slow {
			want := 0.0
			if i == j {
				want = 1
			}
			if got := inner(r.slow[i], r.slow[j]); math.Abs(got-want) > 1e-9 {
				t.Errorf("columns %d and %d: got %v, want %v", i, j, got, want)
			}
		}
	}
}

func TestStillTakesOutWhatDrifts(t *testing.T) {
	r := frames(200)
	c := make(course, 200)
	for i := range c {
		x := float64(i) / 199
		c[i] = chroma{0.3 + 0.2*x, math.Cos(math.Pi * x)}
	}
	r.still(c)
	for i, x := range c {
		if math.Hypot(x[0], x[1]) > 1e-3 {
			t.Fatalf("frame %d: %v is left of a drift", i, x)
		}
	}
}

func TestRelative(t *testing.T) {
	r := frames(40)
	for i, s := range r.samples {
		s.Ring = Mean{Light: [3]float32{0.2, 0.4, 0.1 * float32(1+i%2)}, Pixels: 1000}
	}
	r.samples[5].Ring = Mean{}
	got := r.relative(ofRing, 500)
	if got == nil {
		t.Fatal("got nothing")
	}
	var sum float64
	for _, l := range got {
		sum += l[2] / float64(len(got))
		if math.Abs(l[0]-1) > 1e-6 || math.Abs(l[1]-1) > 1e-6 {
			t.Fatalf("got %v, want 1 where nothing changes", l)
		}
	}
	if math.Abs(sum-1) > 0.03 {
		t.Errorf("got mean %v, want about 1", sum)
	}
	if got[5] != got[4] {
		t.Errorf("a missing frame: got %v, want the one before it, %v", got[5], got[4])
	}
	for i := range 10 {
		r.samples[i].Ring = Mean{}
	}
	if r.relative(ofRing, 500) != nil {
		t.Error("a quarter of the frames missing: got a course, want none")
	}
	dark := frames(40)
	for _, s := range dark.samples {
		s.Ring = Mean{Light: [3]float32{0.0001, 0.0001, 0.0001}, Pixels: 1000}
	}
	if dark.relative(ofRing, 500) != nil {
		t.Error("a dark part: got a course, want none")
	}
}

func TestNewRecordKeepsWhatCanBeMeasured(t *testing.T) {
	line := three()
	good := func(at float64) Sample { return Sample{At: at, Found: true, Placed: true, Inside: 1} }
	bad := func(at float64, change func(*Sample)) Sample { s := good(at); change(&s); return s }
	samples := []Sample{
		good(100), // settling
		good(400), good(433),
		bad(466, func(s *Sample) { s.Tainted = true }),
		bad(500, func(s *Sample) { s.Inside = 0.5 }),
		bad(533, func(s *Sample) { s.Found = false }), // carried
		good(533), // not later than the last
		good(566),
		bad(900, func(s *Sample) { s.Found = false }), // carried for too long
		good(2800),
		good(5000), // after the end
	}
	got := newRecord(line, samples).at
	want := []float64{400, 433, 533, 566, 2800}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

func TestSteps(t *testing.T) {
	r := frames(200)
	line := Timeline{Plan: mintedPlan(t, 3, Standard), Start: 1000}.planned()
	list := line.changes(display{})
	const lag = 100.0
	noise := rand.New(rand.NewPCG(2, 2))
	made := func(value func(at float64) chroma) course {
		c := make(course, len(r.at))
		for i, at := range r.at {
			c[i] = value(at)
			c[i][0] += 0.004 * noise.NormFloat64()
			c[i][1] += 0.004 * noise.NormFloat64()
		}
		return c
	}
	own := made(func(at float64) chroma { return drive(list, []float64{at}, lag, nil)[0].flat.times(0.3) })
	planned, foreign, _ := r.steps(own, list, lag)
	if planned < 6 || foreign != 0 {
		t.Errorf("the plan's own changes: got %d planned and %d foreign", planned, foreign)
	}
	drift := made(func(at float64) chroma { x := (at - 1000) / 6600; return chroma{0.5 * x, 0.3 * math.Sin(4*x)} })
	if planned, foreign, _ := r.steps(drift, list, lag); planned+foreign > 0 {
		t.Errorf("a drift: got %d planned and %d foreign, want none", planned, foreign)
	}
	other := Timeline{Plan: mintedPlan(t, 4, Standard), Start: 1000}.planned().changes(display{})
	replayed := made(func(at float64) chroma { return drive(other, []float64{at}, lag, nil)[0].flat.times(0.3) })
	if _, foreign, clarity := r.steps(replayed, list, lag); foreign < 3 || clarity < 8 {
		t.Errorf("another plan's changes: got %d foreign at %.1f, want some, and clear ones", foreign, clarity)
	}
	if _, foreign, _ := r.steps(make(course, 200), list, lag); foreign != 0 {
		t.Errorf("nothing at all: got %d foreign", foreign)
	}
}

func TestDecoys(t *testing.T) {
	for _, c := range []Composition{Standard, ShapeHeavy, ShapeHeavyPortrait} {
		line := Timeline{Plan: mintedPlan(t, 5, c), Start: 1000}.planned()
		d := &dice{r: decoys(line)}
		other := line.decoy(d)
		if broken := brokenRule(other.Plan, c); broken != "" {
			t.Errorf("a decoy breaks the rules: %s", broken)
		}
		if len(other.Slots) != len(line.Slots) || other.End <= other.Slots[len(other.Slots)-1] {
			t.Errorf("a decoy of %d slots that ends at %v", len(other.Slots), other.End)
		}
	}
	// A plan of the compatible profile: flat colours of any number.
	told := Plan{Lead: 1, Slots: []Slot{{Flat, Magenta, 1}, {Flat, Green, 1}, {Flat, Amber, 1}}}
	d := &dice{r: source(9)}
	for range 100 {
		other := d.like(told)
		for i, s := range other.Slots {
			if s.Kind != Flat || i > 0 && s.Colour == other.Slots[i-1].Colour {
				t.Fatalf("got %v", other.Slots)
			}
		}
	}
}
