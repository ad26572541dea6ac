package pipeline

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"

	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/picture"
)

// The two sizes that are sent.
const (
	smallWide, smallHigh = 640, 480
	largeWide, largeHigh = 1280, 960
)

// sure is the detector's confidence below which it searches turned copies too:
// the picture that is measured with needs one search, as most pictures do.
const sure = 0.93

// source is a photo of one face, cut to four by three.
type source struct {
	Name   string
	pixels *image.RGBA
}

// choose takes the first photo of a folder, or of its folder faces, that is
// large enough and that the daemon would let through at both sizes.
func choose(ctx context.Context, m *models.Models, dir string) (source, error) {
	names, folder, err := list(dir)
	if err != nil {
		return source{}, err
	}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return source{}, err
		}
		s, ok, err := consider(ctx, m, data)
		if err != nil {
			return source{}, fmt.Errorf("%s: %w", name, err)
		}
		if ok {
			s.Name = name
			return s, nil
		}
	}
	return source{}, fmt.Errorf("no photo in %s shows one face well at %dx%d", folder, largeWide, largeHigh)
}

// list is the photos that identities.csv names, in its order.
func list(dir string) (names []string, folder string, err error) {
	for _, folder := range []string{filepath.Join(dir, "faces"), dir} {
		f, err := os.Open(filepath.Join(folder, "identities.csv"))
		if err != nil {
			continue
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, "", fmt.Errorf("read %s: %w", f.Name(), err)
		}
		for _, r := range rows[min(1, len(rows)):] {
			if filepath.IsLocal(r[0]) {
				names = append(names, r[0])
			}
		}
		return names, folder, nil
	}
	return nil, "", fmt.Errorf("no identities.csv in %s or its folder faces", dir)
}

// consider cuts the photo to four by three around the face and looks at what
// would be sent.
func consider(ctx context.Context, m *models.Models, data []byte) (s source, ok bool, err error) {
	h, err := picture.Inspect(data, picture.Limits{})
	if err != nil {
		return s, false, err
	}
	wide, high := window(h.Width, h.Height)
	if wide < largeWide {
		return s, false, nil
	}
	face, err := m.Look(ctx, data, picture.Limits{})
	if err != nil || face.Faces != 1 || face.Turned != 0 {
		return s, false, err
	}
	middle := image.Pt(int(face.Box.X+face.Box.W/2), int(face.Box.Y+face.Box.H/2))
	if s.pixels, err = cut(data, h, middle, wide, high); err != nil {
		return s, false, err
	}
	for _, size := range []image.Point{{smallWide, smallHigh}, {largeWide, largeHigh}} {
		sent, err := asJPEG(scale(s.pixels, size))
		if err != nil {
			return s, false, err
		}
		face, err := m.Look(ctx, sent, limits())
		if err != nil {
			return s, false, err
		}
		if face.Faces != 1 || len(face.Issues) > 0 || face.Passive < 0.5 || face.Measures.Detection < sure || face.Turned != 0 {
			return s, false, nil
		}
	}
	return s, true, nil
}

// window is the largest size of four by three in a picture.
func window(w, h int) (wide, high int) {
	if w*3 > h*4 {
		return h * 4 / 3, h
	}
	return w, w * 3 / 4
}

// cut decodes the photo and takes the window nearest around a point.
func cut(data []byte, h picture.Header, middle image.Point, wide, high int) (*image.RGBA, error) {
	d, err := picture.NewDecoder()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	p, err := d.Decode(data, h, 0)
	if err != nil {
		return nil, err
	}
	left := min(max(middle.X-wide/2, 0), p.Width-wide)
	top := min(max(middle.Y-high/2, 0), p.Height-high)
	m := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			v, at := p.Pix[(top+y)*p.Width+left+x], y*m.Stride+4*x
			m.Pix[at], m.Pix[at+1], m.Pix[at+2], m.Pix[at+3] = uint8(v), uint8(v>>8), uint8(v>>16), 0xFF
		}
	}
	return m, nil
}

func scale(m *image.RGBA, size image.Point) *image.RGBA {
	to := image.NewRGBA(image.Rectangle{Max: size})
	draw.CatmullRom.Scale(to, to.Rect, m, m.Rect, draw.Src, nil)
	return to
}

// Photo is a photo of one face, as the first picture of this bench shows it.
func Photo(ctx context.Context, m *models.Models, dir string) (name string, photo *image.RGBA, err error) {
	s, err := choose(ctx, m, dir)
	if err != nil {
		return "", nil, err
	}
	return s.Name, scale(s.pixels, image.Point{X: smallWide, Y: smallHigh}), nil
}
