package sim

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/engine"
)

// Basis is a scene as five pictures that can be mixed by a page: the room's
// light, and what each tile of the screen adds at full white. The colours of
// the tiles as linear light, 0 to 1, are the weights:
//
//	light = Ambient + red, green and blue of each tile * that tile's picture
//	pixel = sRGB of light, cut off at 1
type Basis struct {
	Width, Height int
	Planes        [usualSources][]float32 // room, then the tiles in flash's order; red, green, blue of each pixel
	Landmarks     [5]engine.Point
	Box           engine.Box
}

// Basis is the scene's basis, exposed for the neutral colour. The species must
// be one that a camera sees: the living, prints and masks.
func (s *Scene) Basis() (Basis, error) {
	st, err := s.build()
	if err != nil {
		return Basis{}, err
	}
	if s.Attack.Injected || st.front.sources != usualSources {
		return Basis{}, fmt.Errorf("make a basis: %s is not lit by the screen alone", s.Wish.Species)
	}
	gain, err := s.exposure(st)
	if err != nil {
		return Basis{}, err
	}
	v := st.view
	b := Basis{Width: v.width, Height: v.height, Landmarks: st.landmarks, Box: st.box}
	m := v.width * v.height
	room := s.room(quiet())(0, 1000)
	for source := range usualSources {
		strength := room
		if source != roomLight {
			strength = [3]float64{s.Screen.Nits, s.Screen.Nits, s.Screen.Nits}
		}
		b.Planes[source] = make([]float32, 3*m)
		for c := range 3 {
			by := float32(strength[c] * gain[c])
			front, back := st.front.plane(source, c), st.back.plane(source, c)
			for k := range m {
				at := (k/v.width+margin)*st.front.width + k%v.width + margin
				b.Planes[source][3*k+c] = by * (front[at] + (1-st.front.cover[at])*back[k])
			}
		}
	}
	return b, nil
}

// Mix is the camera's picture when the tiles show these colours: what a page
// makes of a basis.
func (b Basis) Mix(tiles [4]flash.Light) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, b.Width, b.Height))
	var level [3]uint8
	for k := range b.Width * b.Height {
		for c := range level {
			light := float64(b.Planes[roomLight][3*k+c])
			for tile, colour := range tiles {
				light += colour[c] * float64(b.Planes[firstTile+tile][3*k+c])
			}
			level[c] = uint8(math.Round(255 * encoded(light)))
		}
		m.SetRGBA(k%b.Width, k/b.Width, color.RGBA{R: level[0], G: level[1], B: level[2], A: 255})
	}
	return m
}

// basisFile is one picture of a basis, as basis.json names it.
type basisFile struct {
	Tile  string  `json:"tile"` // "ambient", "top-left" and so on as the customer sees the screen
	File  string  `json:"file"`
	Scale float64 `json:"scale"`
}

type basisPage struct {
	Version   int           `json:"version"`
	Note      string        `json:"note"`
	Width     int           `json:"width"`
	Height    int           `json:"height"`
	Seed      uint64        `json:"seed"`
	Species   Species       `json:"species"`
	Lux       float64       `json:"lux"`
	Pictures  []basisFile   `json:"pictures"`
	Landmarks [5][2]float64 `json:"landmarks"`
	Box       [4]float64    `json:"box"`
}

const basisNote = "light = scale * sRGB-decoded(pixel/255). Add ambient, and each tile's picture times the tile's colour as linear light (0 to 1, " +
	"channel by channel); cut off at 1; encode as sRGB. Tiles are named as the customer sees the screen; the pictures are not mirrored."

// WriteBasis writes the five pictures and basis.json.
func (s *Scene) WriteBasis(dir string) error {
	b, err := s.Basis()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // pictures of nobody, for anybody
		return fmt.Errorf("make the basis' folder: %w", err)
	}
	page := basisPage{Version: 1, Note: basisNote, Width: b.Width, Height: b.Height, Seed: s.Seed, Species: s.Wish.Species, Lux: s.Room.Lux,
		Box: [4]float64{b.Box.X, b.Box.Y, b.Box.W, b.Box.H}}
	for i, l := range b.Landmarks {
		page.Landmarks[i] = [2]float64{l.X, l.Y}
	}
	for i, name := range []string{"ambient", "top-left", "top-right", "bottom-left", "bottom-right"} {
		f := basisFile{Tile: name, File: name + ".png"}
		var picture image.Image
		picture, f.Scale = b.picture(i)
		if err := writePNG(filepath.Join(dir, f.File), picture); err != nil {
			return err
		}
		page.Pictures = append(page.Pictures, f)
	}
	data, err := json.MarshalIndent(page, "", "\t")
	if err != nil {
		return fmt.Errorf("write basis.json: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "basis.json"), append(data, '\n'), 0o644); err != nil { //nolint:gosec // pictures of nobody, for anybody
		return fmt.Errorf("write basis.json: %w", err)
	}
	return nil
}

// picture is one of the planes in 8 bits, and the light of its white. What is
// brighter than the camera's own white is cut off there.
func (b Basis) picture(i int) (image.Image, float64) {
	most := 0.0
	for _, v := range b.Planes[i] {
		most = max(most, float64(v))
	}
	most = min(max(most, 1e-6), 1.5)
	m := image.NewRGBA(image.Rect(0, 0, b.Width, b.Height))
	level := func(v float32) uint8 { return uint8(math.Round(255 * encoded(float64(v)/most))) }
	for k := range b.Width * b.Height {
		p := b.Planes[i][3*k:]
		m.SetRGBA(k%b.Width, k/b.Width, color.RGBA{R: level(p[0]), G: level(p[1]), B: level(p[2]), A: 255})
	}
	return m, most
}

func writePNG(path string, m image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write a basis picture: %w", err)
	}
	if err := png.Encode(f, m); err != nil {
		_ = f.Close()
		return fmt.Errorf("write a basis picture: %w", err)
	}
	return f.Close()
}
