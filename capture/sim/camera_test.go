package sim

import (
	"math"
	"testing"
)

// When a lamp is switched on, a camera whose exposure is locked gives brighter
// pictures and one that is not comes back.
func TestExposureLock(t *testing.T) {
	line := timeline(t, 2)
	change := func(lock Lock) float64 {
		s := drawn(t, 4, Wish{Species: Live, Lux: 300, Lock: lock, NoCodec: true})
		s.Room.Ripple, s.Room.Drift, s.Room.Step, s.Room.StepAt = 0, 0, 0.6, 0.2
		s.Stance.Blinks = nil
		luma := func(p []byte) float64 {
			sum := 0.0
			for _, v := range p[:320*240] {
				sum += float64(v)
			}
			return sum / (320 * 240)
		}
		pictures, shots := filmed(t, s, line, 1000)
		before, after := 0.0, luma(pictures[len(pictures)-1])
		for i, shot := range shots {
			if shot.At < line.Start+0.19*(line.End-line.Start) {
				before = luma(pictures[i])
			}
		}
		return after - before
	}
	locked, free := change(Locked), change(Unlocked)
	if locked < 12 || math.Abs(free) > locked/3 {
		t.Errorf("got %.1f levels brighter when locked and %.1f when not, want 12 or more, and a third of it at most", locked, free)
	}
}

// The tone curve rises from black to white, and none at all is a line.
func TestTones(t *testing.T) {
	for _, curve := range []float64{0, 1, 1.25} {
		list := Camera{Curve: curve}.tones()
		if list[0] != 0 || math.Abs(float64(list[toneLevels-1])-255) > 1e-3 {
			t.Errorf("curve %g: got %.1f to %.1f, want 0 to 255", curve, list[0], list[toneLevels-1])
		}
		for i := 1; i < toneLevels; i++ {
			if list[i] < list[i-1] {
				t.Errorf("curve %g falls at %d", curve, i)
				break
			}
		}
	}
	if got := (Camera{Curve: 0}).tones()[toneLevels/2]; math.Abs(float64(got)-127.5) > 0.1 {
		t.Errorf("no curve: got %.2f in the middle, want 127.5", got)
	}
	if got := (Camera{Curve: 1}).tones()[toneLevels*214/1000]; math.Abs(float64(got)-127.5) > 0.5 {
		t.Errorf("sRGB: got %.2f for 21.4 %% of the light, want 127.5", got)
	}
}

// Lids go down in 60 ms, stay for 40, and come up in 100.
func TestBlink(t *testing.T) {
	m := moves{blinks: []float64{1000}}
	for _, tt := range []struct{ at, least, most float64 }{
		{990, 0, 0}, {1030, 0.4, 0.6}, {1080, 1, 1}, {1150, 0.4, 0.6}, {1210, 0, 0},
	} {
		if m.look(tt.at); m.shut < tt.least || m.shut > tt.most {
			t.Errorf("at %g ms: got lids %.2f down, want %.1f to %.1f", tt.at, m.shut, tt.least, tt.most)
		}
	}
	s, line := drawn(t, 9, Wish{Species: Live, Lux: 300, Pure: true}), timeline(t, 9)
	s.Person.Glasses.Worn = false
	s.Stance.Blinks = []float64{0.1}
	st, err := s.build()
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.newFilming(st, line)
	if err != nil {
		t.Fatal(err)
	}
	bright := func(shut float64) float64 {
		f.moves.shut = shut
		f.light(line.Start)
		eye := st.landmarks[0]
		return float64(f.front[(int(eye.Y)+margin)*st.front.width+int(eye.X)+margin])
	}
	if open, shut := bright(0), bright(1); shut < 2*open {
		t.Errorf("got a pupil of %.2f nits and a lid of %.2f, want the lid at least twice as bright", open, shut)
	}
}

// Colours of black bodies: warm light has more red, cold light more blue, and
// all have luminance 1.
func TestWhite(t *testing.T) {
	for _, kelvin := range []float64{2700, 4000, 6500} {
		if got := luminance(white(kelvin)); math.Abs(got-1) > 0.01 {
			t.Errorf("%g K: got a luminance of %.3f, want 1", kelvin, got)
		}
	}
	warm, day := white(2700), white(6500)
	if !(warm[0] > 1.4 && warm[2] < 0.45) {
		t.Errorf("2700 K: got %.2f, want much red and little blue", warm)
	}
	for _, v := range day {
		if math.Abs(v-1) > 0.1 {
			t.Errorf("6500 K: got %.2f, want nearly white", day)
		}
	}
}
