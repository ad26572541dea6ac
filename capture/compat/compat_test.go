package compat

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
)

// scene is a flat face before a wall, which sends back some of the screen's
// light, and is filmed as JPEG or PNG files.
type scene struct {
	colours []flash.Colour // that really light it, each for holdMs
	gain    float64        // how much of the screen's light comes back
	lag     float64        // milliseconds
	noise   float64        // levels, standard deviation
	frames  int
	png     bool
}

const (
	wide, high = 640, 480
	holdMs     = 450
)

func face() *engine.Face {
	return &engine.Face{
		Faces: 1, Width: wide, Height: high, Box: engine.Box{X: 230, Y: 130, W: 180, H: 220},
		Landmarks: [5]engine.Point{{X: 285, Y: 210}, {X: 355, Y: 210}, {X: 320, Y: 250}, {X: 291, Y: 291}, {X: 349, Y: 291}},
		Measures:  engine.Measures{EyeDistance: 70},
	}
}

func challenge() ([]flash.Colour, []string, []int) {
	colours := []flash.Colour{flash.Magenta, flash.Green, flash.Cyan, flash.Amber, flash.Green}
	var hex []string
	var hold []int
	for _, c := range colours {
		hex, hold = append(hex, c.Hex()), append(hold, holdMs)
	}
	return colours, hex, hold
}

// film makes the frames, evenly over the sequence, with a face known in five.
func (s scene) film(t testing.TB) []engine.Still {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	stills := make([]engine.Still, s.frames)
	for i := range stills {
		at := float64(len(s.colours)) * holdMs * (float64(i) + 0.5) / float64(s.frames)
		light := flash.Neutral.Light()
		if k := int(math.Floor((at - s.lag) / holdMs)); k >= 0 && k < len(s.colours) {
			light = s.colours[k].Light()
		}
		var b bytes.Buffer
		var err error
		if picture := s.picture(light, random); s.png {
			err = png.Encode(&b, picture)
		} else {
			err = jpeg.Encode(&b, picture, &jpeg.Options{Quality: 90})
		}
		if err != nil {
			t.Fatal(err)
		}
		stills[i] = engine.Still{Data: b.Bytes(), At: at}
		if i%max(1, s.frames/5) == 0 {
			stills[i].Face = face()
		}
	}
	return stills
}

func (s scene) picture(light flash.Light, random *rand.Rand) image.Image {
	p := image.NewRGBA(image.Rect(0, 0, wide, high))
	skin, wall := flash.Light{0.30, 0.18, 0.12}, flash.Light{0.25, 0.25, 0.25}
	level := func(of flash.Light, gain float64) (v [3]float64) {
		for c := range v {
			v[c] = 255 * encoded(of[c]*(1+gain*(light[c]-0.285)))
		}
		return v
	}
	lit, unlit := level(skin, s.gain), level(wall, 0)
	for y := range high {
		for x := range wide {
			v := unlit
			if dx, dy := float64(x-320)/95, float64(y-245)/120; dx*dx+dy*dy < 1 {
				v = lit
			}
			n := s.noise * (2*random.Float64() - 1) * math.Sqrt(3)
			p.SetRGBA(x, y, color.RGBA{uint8(v[0] + n), uint8(v[1] + n), uint8(v[2] + n), 255})
		}
	}
	return p
}

func encoded(l float64) float64 {
	if l <= 0.0031308 {
		return 12.92 * l
	}
	return 1.055*math.Pow(l, 1/2.4) - 0.055
}

func TestCompat(t *testing.T) {
	planned, hex, hold := challenge()
	wrong := []flash.Colour{flash.Green, flash.Cyan, flash.Amber, flash.Magenta, flash.Cyan}
	for _, tt := range []struct {
		name    string
		scene   scene
		follows bool
	}{
		{"as planned", scene{colours: planned, gain: 0.3, lag: 120, noise: 1, frames: 15}, true},
		{"weakly", scene{colours: planned, gain: 0.1, lag: 80, noise: 1, frames: 20}, true},
		{"as PNG", scene{colours: planned, gain: 0.3, lag: 40, frames: 12, png: true}, true},
		{"a still picture", scene{colours: planned, gain: 0, noise: 1, frames: 15}, false},
		{"another sequence", scene{colours: wrong, gain: 0.3, lag: 120, noise: 1, frames: 15}, false},
		{"the opposite of it", scene{colours: planned, gain: -0.3, lag: 120, noise: 1, frames: 15}, false},
	} {
		e, err := Meter{}.Compat(hex, hold, tt.scene.film(t))
		if err != nil {
			t.Fatalf("%s: got %v, want none", tt.name, err)
		}
		c := e.Code
		if got := c.Rho >= 0.8 && c.T >= 4 && c.P <= 0.05; got != tt.follows {
			t.Errorf("%s: got rho %.2f, t %.1f, p %.3f, want it to follow: %v", tt.name, c.Rho, c.T, c.P, tt.follows)
		}
		if e.Frames != tt.scene.frames || len(e.Slots) != 5 || e.Slots[3].Colour != "A" || math.Abs(e.Seconds-2.25) > 1e-9 {
			t.Errorf("%s: got %d frames, %d slots in %v s", tt.name, e.Frames, len(e.Slots), e.Seconds)
		}
		if !tt.follows {
			continue
		}
		if math.Abs(c.Response-tt.scene.gain) > 0.3*tt.scene.gain {
			t.Errorf("%s: got response %.3f, want about %v", tt.name, c.Response, tt.scene.gain)
		}
		if math.Abs(e.Lag-tt.scene.lag) > 110 {
			t.Errorf("%s: got lag %v, want about %v: frames are that far apart", tt.name, e.Lag, tt.scene.lag)
		}
		for i, s := range e.Slots {
			if r := s.Regions[0]; s.Frames > 0 && math.Hypot(r.Measured[0]-r.Expected[0], r.Measured[1]-r.Expected[1]) > 0.1 {
				t.Errorf("%s, slot %d: measured %v, expected %v", tt.name, i, r.Measured, r.Expected)
			}
		}
	}
}

// Too little to measure is no error and no answer.
func TestTooLittle(t *testing.T) {
	planned, hex, hold := challenge()
	good := scene{colours: planned, gain: 0.3, frames: 15}
	nobody := good.film(t)
	for i := range nobody {
		nobody[i].Face = nil
	}
	turned := good.film(t)
	for i := range turned {
		if turned[i].Face != nil {
			turned[i].Face.Turned = 90
		}
	}
	few := good
	few.frames = 4
	for name, stills := range map[string][]engine.Still{"nobody": nobody, "turned": turned, "few frames": few.film(t)} {
		e, err := Meter{}.Compat(hex, hold, stills)
		if err != nil || e.Code.T != 0 || e.Code.Rho != 0 || e.Code.P != 1 {
			t.Errorf("%s: got t %v, rho %v, p %v and %v, want nothing found", name, e.Code.T, e.Code.Rho, e.Code.P, err)
		}
	}
}

// TestRefused are the frames that cannot be read, each blamed by its number.
func TestRefused(t *testing.T) {
	planned, hex, hold := challenge()
	good := scene{colours: planned, gain: 0.3, frames: 6}.film(t)
	other := func(w, h int) []byte {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, data := range map[string][]byte{
		"is no JPEG and no PNG": []byte("GIF89a"), "is broken": good[0].Data[:300], "must have 100 to 1920 pixels": other(50, 480),
		"is not as large as the first": other(480, 640),
	} {
		stills := append([]engine.Still(nil), good...)
		stills[3].Data = data
		_, err := Meter{}.Compat(hex, hold, stills)
		f := fault.Of(err)
		if f == nil || f.Code != "bundle/frames" || !strings.Contains(strings.Join(f.Fields["bundle.frames[3]"], ""), name) {
			t.Errorf("got %v, want bundle/frames that blames the fourth frame: %s", err, name)
		}
	}
	if _, err := (Meter{}).Compat([]string{"#123456"}, []int{400}, good); err == nil || fault.Of(err) != nil {
		t.Errorf("a colour that is not ours: got %v, want an error that is nobody's fault", err)
	}
	if _, err := (Meter{}).Compat(hex, hold[:2], good); err == nil {
		t.Error("a time for each colour: got none, want an error")
	}
}

// BenchmarkCompat is the largest bundle: 60 frames of 640x480.
func BenchmarkCompat(b *testing.B) {
	planned, hex, hold := challenge()
	s := scene{colours: planned, gain: 0.3, lag: 120, noise: 1, frames: 60}
	stills := s.film(b)
	for b.Loop() {
		if _, err := (Meter{}).Compat(hex, hold, stills); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever bytes come as a frame, they are decoded or refused.
func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 128, 128)), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := decode(data)
		if err == nil && (p.Rect.Dx() < leastSide&^1 || p.Rect.Dx() > mostSide || len(p.Cb)*4 != len(p.Y)) {
			t.Fatalf("got %v, want a picture within the limits", p.Rect)
		}
	})
}
