package actor

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/decode"
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/capture/visitor"
)

// Behaviour is how what stands before the camera takes to the screen: which
// colours it reflects, of those that were shown.
type Behaviour func(tiles [4]string) [4]string

// Honest reflects what is shown.
func Honest(tiles [4]string) [4]string { return tiles }

// Actor films a basis of the lab as a camera would: lit by the tiles of some
// time ago, with noise, swaying a little, as VP8.
type Actor struct {
	basis   sim.Basis
	lag     time.Duration
	acts    Behaviour
	encoder *decode.Encoder
	frame   *image.YCbCr
	noise   *rand.Rand
	level   [4096]uint8 // sRGB of linear light
	began   time.Time
}

// New makes an actor of a basis. It ends with the test.
func New(t testing.TB, b sim.Basis, acts Behaviour) *Actor {
	t.Helper()
	e, err := decode.NewEncoder(decode.EncoderConfig{Width: b.Width, Height: b.Height, BitsPerSecond: 2_500_000, FPS: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	a := &Actor{
		basis: b, lag: 120 * time.Millisecond, acts: acts, encoder: e, began: time.Now(),
		frame: image.NewYCbCr(image.Rect(0, 0, b.Width, b.Height), image.YCbCrSubsampleRatio420), noise: rand.New(rand.NewPCG(1, 2)), //nolint:gosec // noise that is the same in every run
	}
	for i := range a.level {
		v := float64(i) / float64(len(a.level)-1)
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
		a.level[i] = uint8(255*v + 0.5)
	}
	return a
}

// Drawn is a basis of the lab's train split.
func Drawn(t testing.TB, seed uint64, s sim.Species) sim.Basis {
	t.Helper()
	scene, err := sim.Draw(seed, sim.Wish{Species: s, Split: sim.Train, Lux: 200, Wide: true, Wall: 1.8})
	if err != nil {
		t.Fatal(err)
	}
	b, err := scene.Basis()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Film is a visitor's camera.
func (a *Actor) Film(screens []visitor.Screen, key bool) ([]byte, error) {
	tiles := screens[0].Tiles
	for _, x := range screens {
		if time.Since(x.Since) >= a.lag {
			tiles = x.Tiles
		}
	}
	a.draw(a.acts(tiles))
	return a.encoder.Encode(a.frame, key)
}

// draw mixes the basis by four colours.
func (a *Actor) draw(tiles [4]string) {
	var w [4][3]float32
	for i, t := range tiles {
		w[i] = linear(t)
	}
	at := time.Since(a.began).Seconds()
	dx, dy := int(math.Round(1.4*math.Sin(at*0.9))), int(math.Round(math.Sin(at*0.7+1)))
	b, p := &a.basis, a.frame
	for y := range b.Height {
		sy := min(max(y+dy, 0), b.Height-1)
		for x := range b.Width {
			k := 3 * (sy*b.Width + min(max(x+dx, 0), b.Width-1))
			var c [3]float64
			for i := range 3 {
				v := b.Planes[0][k+i] + w[0][i]*b.Planes[1][k+i] + w[1][i]*b.Planes[2][k+i] + w[2][i]*b.Planes[3][k+i] + w[3][i]*b.Planes[4][k+i]
				c[i] = float64(a.level[int(min(v, 1)*float32(len(a.level)-1))])
			}
			grain := 3 * (a.noise.Float64() - 0.5)
			p.Y[y*p.YStride+x] = uint8(min(max(16.5+0.2568*c[0]+0.5041*c[1]+0.0979*c[2]+grain, 16), 235))
			if x%2 == 0 && y%2 == 0 {
				at := y/2*p.CStride + x/2
				p.Cb[at] = uint8(128.5 - 0.1482*c[0] - 0.2910*c[1] + 0.4392*c[2])
				p.Cr[at] = uint8(128.5 + 0.4392*c[0] - 0.3678*c[1] - 0.0714*c[2])
			}
		}
	}
}

// linear is the linear light of #rrggbb.
func linear(hex string) (l [3]float32) {
	for i := range l {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return l // a colour that is none is dark
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l[i] = float32(v)
	}
	return l
}

// Photo is the customer in neutral light, as a picture to enrol.
func (a *Actor) Photo(t testing.TB) []byte {
	t.Helper()
	const grey = "#919191"
	a.draw([4]string{grey, grey, grey, grey})
	m := image.NewRGBA(a.frame.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			l := 1.164 * (float64(a.frame.Y[a.frame.YOffset(x, y)]) - 16)
			u, v := float64(a.frame.Cb[a.frame.COffset(x, y)])-128, float64(a.frame.Cr[a.frame.COffset(x, y)])-128
			for i, c := range [3]float64{l + 1.596*v, l - 0.392*u - 0.813*v, l + 2.017*u} {
				m.Pix[m.PixOffset(x, y)+i] = uint8(min(max(c, 0), 255))
			}
			m.Pix[m.PixOffset(x, y)+3] = 255
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
