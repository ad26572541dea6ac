package sim

import (
	"bytes"
	"errors"
	"image"
	"math"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/flash"
)

// timeline is a minted one, begun at 1000 ms.
func timeline(t testing.TB, seed uint64) flash.Timeline {
	t.Helper()
	plan, err := flash.Mint(reader{diceFor(seed, "plan")}, flash.Standard)
	if err != nil {
		t.Fatal(err)
	}
	o := flash.Timeline{Plan: plan, Start: 1000}
	at := o.Start + float64(plan.Lead)/float64(time.Millisecond)
	for _, slot := range plan.Slots {
		o.Slots = append(o.Slots, at)
		at += float64(slot.Length) / float64(time.Millisecond)
	}
	o.End = at
	return o
}

func drawn(t testing.TB, seed uint64, w Wish) *Scene {
	t.Helper()
	if w.Split == "" {
		w.Split = Train
	}
	s, err := Draw(seed, w)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// copyOf keeps a picture beyond the call.
func copyOf(p *image.YCbCr) []byte {
	var out []byte
	for y := range p.Rect.Dy() {
		out = append(out, p.Y[y*p.YStride:][:p.Rect.Dx()]...)
	}
	for y := range p.Rect.Dy() / 2 {
		out = append(out, p.Cb[y*p.CStride:][:p.Rect.Dx()/2]...)
		out = append(out, p.Cr[y*p.CStride:][:p.Rect.Dx()/2]...)
	}
	return out
}

var errEnough = errors.New("enough")

// filmed is the first n pictures of a session.
func filmed(t testing.TB, s *Scene, line flash.Timeline, n int) (pictures [][]byte, shots []Shot) {
	t.Helper()
	err := s.Film(line, func(shot Shot) error {
		pictures, shots = append(pictures, copyOf(shot.Picture)), append(shots, shot)
		if len(shots) == n {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	return pictures, shots
}

// The same seed gives the same bytes, and another another.
func TestDeterminism(t *testing.T) {
	line, list := timeline(t, 3), AllSpecies()
	if testing.Short() {
		list = []Species{Live, TabletFlash}
	}
	for _, species := range list {
		w := Wish{Species: species, Lux: 200}
		a, _ := filmed(t, drawn(t, 11, w), line, 6)
		b, _ := filmed(t, drawn(t, 11, w), line, 6)
		c, _ := filmed(t, drawn(t, 12, w), line, 6)
		if len(a) != 6 || len(b) != 6 {
			t.Fatalf("%s: got %d and %d pictures, want 6", species, len(a), len(b))
		}
		for i := range a {
			if !bytes.Equal(a[i], b[i]) {
				t.Errorf("%s: picture %d differs between two runs", species, i)
			}
		}
		if bytes.Equal(a[5], c[5]) {
			t.Errorf("%s: two seeds give the same picture", species)
		}
	}
}

// Without the codec the pictures are what the encoder got: what VP8 makes of
// them at a high rate is nearly the same, and at a low rate less so.
func TestCodecBypass(t *testing.T) {
	line := timeline(t, 4)
	off := func(bits float64) float64 {
		w := Wish{Species: Live, Lux: 300, Bits: bits}
		coded, _ := filmed(t, drawn(t, 21, w), line, 12)
		w.NoCodec = true
		plain, _ := filmed(t, drawn(t, 21, w), line, 12)
		sum := 0.0
		for i, v := range plain[11] {
			d := float64(v) - float64(coded[11][i])
			sum += d * d
		}
		return math.Sqrt(sum / float64(len(plain[11])))
	}
	high, low := off(4), off(0.1)
	if high > 2.5 || low <= high {
		t.Errorf("got %.2f levels off at 4 bits a pixel and %.2f at 0.1, want at most 2.5, and more at the low rate", high, low)
	}
}

// A sensor's noise: shot and reading noise at each brightness.
func TestNoiseLaw(t *testing.T) {
	c := drawCamera(diceFor(1, "camera"))
	c.Cross, c.Curve, c.Exposure, c.Keep, c.Sharpen = [9]float64{0: 1, 4: 1, 8: 1}, 0, 1000.0/30, 1, 0
	const w, h = 320, 240
	for _, nits := range []float64{2, 10, 60} {
		s := newSensor(c, w, h, diceFor(9, "noise"))
		s.gain = 0.5 / nits
		front, cover := make([]float32, 3*(w+2*margin)*(h+2*margin)), make([]float32, (w+2*margin)*(h+2*margin))
		back := make([]float32, 3*w*h)
		for i := range back {
			back[i] = float32(nits)
		}
		s.shot(front, cover, back, 0, 0)
		// Luma mixes three channels of equal, independent noise.
		var sum, squares float64
		for _, v := range s.fresh.luma {
			x := (float64(v) - 16) / 219 * nits / 0.5
			sum, squares = sum+x, squares+x*x
		}
		n := float64(len(s.fresh.luma))
		got := squares/n - sum/n*sum/n
		mix := 0.299*0.299 + 0.587*0.587 + 0.114*0.114
		want := mix * (nits*c.Electrons + c.Read*c.Read) / (c.Electrons * c.Electrons)
		if math.Abs(got-want) > 0.03*want {
			t.Errorf("%g nits: got a variance of %.4g, want %.4g", nits, got, want)
		}
	}
}

// faceMeans are the mean red-difference of the face in each picture, and when.
func faceMeans(t *testing.T, s *Scene, line flash.Timeline) (at, means []float64) {
	t.Helper()
	err := s.Film(line, func(shot Shot) error {
		p, sum, n := shot.Picture, 0.0, 0
		l, r := shot.Landmarks[0], shot.Landmarks[1]
		for y := int(l.Y) + 8; y < int(l.Y)+30; y++ {
			for x := int(l.X); x < int(r.X); x++ {
				sum += float64(p.Cr[p.COffset(x, y)])
				n++
			}
		}
		at, means = append(at, shot.At), append(means, sum/float64(n))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return at, means
}

// The light of a colour comes back as late as the scene says: the lag at which
// the face's red fits the plan's best.
func TestLag(t *testing.T) {
	for seed := range uint64(3) {
		s, line := drawn(t, seed, Wish{Species: Live, Lux: 100, Pure: true}), timeline(t, seed)
		at, means := faceMeans(t, s, line)
		var begun []float64
		for _, shown := range s.Shown(line) {
			begun = append(begun, shown.At)
		}
		plan := newTrack(changes(line, begun, line.End), 0, line.End+3000, Screen{}, 0)
		best, got := -1.0, 0.0
		for lag := 40.0; lag <= 260; lag++ {
			half := s.Camera.Exposure / 2
			var red []float64
			for _, a := range at {
				m := plan.mean(0, a-lag-half, a-lag+half)
				o := plan.mean(3, a-lag-half, a-lag+half)
				red = append(red, m[0]+o[0]-m[1]-o[1])
			}
			if c := correlation(red, means); c > best {
				best, got = c, lag
			}
		}
		if best < 0.9 || math.Abs(got-s.Lag) > 5 {
			t.Errorf("seed %d: got a lag of %.0f ms (correlation %.3f), want %.0f within 5", seed, got, best, s.Lag)
		}
	}
}

func correlation(a, b []float64) float64 {
	var sa, sb, aa, bb, ab float64
	for i := range a {
		sa, sb, aa, bb, ab = sa+a[i], sb+b[i], aa+a[i]*a[i], bb+b[i]*b[i], ab+a[i]*b[i]
	}
	n := float64(len(a))
	return (ab - sa*sb/n) / math.Sqrt((aa-sa*sa/n)*(bb-sb*sb/n))
}

// A dark screen brings no light: all pictures of a still person are alike.
func TestDarkScreen(t *testing.T) {
	s, line := drawn(t, 5, Wish{Species: Live, Lux: 200, Pure: true}), timeline(t, 5)
	s.Screen.Nits = 0
	pictures, _ := filmed(t, s, line, 1000)
	if len(pictures) < 150 {
		t.Fatalf("got %d pictures, want a whole session", len(pictures))
	}
	for i, p := range pictures {
		if !bytes.Equal(p, pictures[0]) {
			t.Fatalf("picture %d differs from the first", i)
		}
	}
	// And a bright one does.
	s = drawn(t, 5, Wish{Species: Live, Lux: 200, Pure: true})
	if lit, _ := filmed(t, s, line, 1000); bytes.Equal(lit[60], lit[120]) {
		t.Error("two colours give the same picture")
	}
}

// Attacks that cannot answer do not, and those that answer late are late.
func TestSpeciesAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("films a session of each species")
	}
	line := timeline(t, 6)
	plan := newTrack(changes(line, line.Slots, line.End), 0, line.End+3000, Screen{}, 0)
	follow := func(s *Scene, lag float64) float64 {
		at, means := faceMeans(t, s, line)
		var red []float64
		for _, a := range at {
			m, o := plan.mean(0, a-lag-17, a-lag+17), plan.mean(3, a-lag-17, a-lag+17)
			red = append(red, m[0]+o[0]-m[1]-o[1])
		}
		return correlation(red, means)
	}
	for _, tt := range []struct {
		species Species
		answers bool
	}{
		{Live, true}, {Print, true}, {Bent, true}, {Mask3D, true}, {Relight3D, true}, {FaceTint, true}, {FaceTintGrad, true},
		{Relay250, true}, {Static, false}, {ReplayInject, false}, {TabletFlash, false}, {Covered, false},
	} {
		s := drawn(t, 8, Wish{Species: tt.species, Lux: 100})
		lag := s.Lag + s.Attack.Delay
		if s.Attack.Injected {
			lag = s.Attack.Delay
		}
		if got := follow(s, lag); (got > 0.8) != tt.answers {
			t.Errorf("%s: got a correlation of %.2f with the plan, want an answer: %v", tt.species, got, tt.answers)
		}
	}
}

// People, kiosks and the harder attacks are not shared between the splits.
func TestSplits(t *testing.T) {
	people, kiosks := map[int]Split{}, map[int]Split{}
	hardest := map[Split]float64{}
	for _, split := range []Split{Train, Calibrate, Test} {
		hardest[split] = math.Inf(1)
		for seed := range uint64(60) {
			s := drawn(t, seed, Wish{Species: Bent, Lux: 200, Split: split})
			if was, ok := people[s.Identity]; ok && was != split {
				t.Fatalf("person %d is in %s and in %s", s.Identity, was, split)
			}
			if was, ok := kiosks[s.Kiosk.Number]; ok && was != split {
				t.Fatalf("kiosk %d is in %s and in %s", s.Kiosk.Number, was, split)
			}
			people[s.Identity], kiosks[s.Kiosk.Number] = split, split
			hardest[split] = min(hardest[split], math.Abs(s.Attack.Radius))
		}
	}
	if hardest[Test] >= hardest[Train] {
		t.Errorf("got sheets bent to %.0f mm in the test and %.0f in training, want the test's harder", hardest[Test], hardest[Train])
	}
}

func TestUnknownWishes(t *testing.T) {
	good := Wish{Species: Live, Split: Test, Lux: 200}
	if _, err := Draw(1, good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Wish){
		"species": func(w *Wish) { w.Species = "ghost" },
		"split":   func(w *Wish) { w.Split = "all" },
		"lux":     func(w *Wish) { w.Lux = math.NaN() },
		"tone":    func(w *Wish) { w.Tone = 7 },
		"rate":    func(w *Wish) { w.FPS = 1000 },
	} {
		w := good
		spoil(&w)
		if _, err := Draw(1, w); err == nil {
			t.Errorf("%s: got a scene of %+v, want an error", name, w)
		}
	}
}
