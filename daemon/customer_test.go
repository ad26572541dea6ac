package daemon

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

// behaviour is how what stands before the camera takes to the screen: which
// colours it reflects, of those that were shown.
type behaviour func(tiles [4]string) [4]string

// honest reflects what is shown.
func honest(tiles [4]string) [4]string { return tiles }

// standIn films a basis of the lab as a camera would: lit by the tiles of some
// time ago, with noise, swaying a little, as VP8.
type standIn struct {
	basis   sim.Basis
	lag     time.Duration
	acts    behaviour
	encoder *decode.Encoder
	frame   *image.YCbCr
	noise   *rand.Rand
	level   [4096]uint8 // sRGB of linear light
	began   time.Time
}

func newStandIn(t *testing.T, b sim.Basis, acts behaviour) *standIn {
	t.Helper()
	e, err := decode.NewEncoder(decode.EncoderConfig{Width: b.Width, Height: b.Height, BitsPerSecond: 2_500_000, FPS: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	s := &standIn{
		basis: b, lag: 120 * time.Millisecond, acts: acts, encoder: e, began: time.Now(),
		frame: image.NewYCbCr(image.Rect(0, 0, b.Width, b.Height), image.YCbCrSubsampleRatio420), noise: rand.New(rand.NewPCG(1, 2)),
	}
	for i := range s.level {
		v := float64(i) / float64(len(s.level)-1)
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
		s.level[i] = uint8(255*v + 0.5)
	}
	return s
}

// film is a visitor's camera.
func (s *standIn) film(screens []visitor.Screen, key bool) ([]byte, error) {
	tiles := screens[0].Tiles
	for _, x := range screens {
		if time.Since(x.Since) >= s.lag {
			tiles = x.Tiles
		}
	}
	s.draw(s.acts(tiles))
	return s.encoder.Encode(s.frame, key)
}

// draw mixes the basis by four colours.
func (s *standIn) draw(tiles [4]string) {
	var w [4][3]float32
	for i, t := range tiles {
		w[i] = linear(t)
	}
	at := time.Since(s.began).Seconds()
	dx, dy := int(math.Round(1.4*math.Sin(at*0.9))), int(math.Round(math.Sin(at*0.7+1)))
	b, p := &s.basis, s.frame
	for y := range b.Height {
		sy := min(max(y+dy, 0), b.Height-1)
		for x := range b.Width {
			k := 3 * (sy*b.Width + min(max(x+dx, 0), b.Width-1))
			var c [3]float64
			for i := range 3 {
				v := b.Planes[0][k+i] + w[0][i]*b.Planes[1][k+i] + w[1][i]*b.Planes[2][k+i] + w[2][i]*b.Planes[3][k+i] + w[3][i]*b.Planes[4][k+i]
				c[i] = float64(s.level[int(min(v, 1)*float32(len(s.level)-1))])
			}
			grain := 3 * (s.noise.Float64() - 0.5)
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

// photo is the customer in neutral light, as a picture to enrol.
func (s *standIn) photo(t *testing.T) []byte {
	t.Helper()
	const grey = "#919191"
	s.draw([4]string{grey, grey, grey, grey})
	m := image.NewRGBA(s.frame.Rect)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			l := 1.164 * (float64(s.frame.Y[s.frame.YOffset(x, y)]) - 16)
			u, v := float64(s.frame.Cb[s.frame.COffset(x, y)])-128, float64(s.frame.Cr[s.frame.COffset(x, y)])-128
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
