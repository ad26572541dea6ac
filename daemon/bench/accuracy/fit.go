package accuracy

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"

	"golang.org/x/image/draw"

	"github.com/rostod/rostod/models/picture"
)

// What the identity contracts take.
const (
	mostBytes = 800 << 10
	minLong   = 640
	minShort  = 480
)

const fitQuality = 92

// Fit makes a photo fit the contracts. One that fits is returned as it is,
// byte for byte; the others are decoded, turned upright, scaled keeping their
// proportions, and written as JPEG.
func Fit(data []byte) (fitted []byte, changed bool, err error) {
	h, err := picture.Inspect(data, picture.Limits{})
	if err != nil {
		return nil, false, err
	}
	if fits(h.Width, h.Height) && len(data) <= mostBytes {
		return data, false, nil
	}
	upright, err := decode(data, h)
	if err != nil {
		return nil, false, err
	}
	w, ht := grown(h.Width, h.Height)
	for {
		fitted, err := encode(scaled(upright, w, ht), fitQuality)
		if err != nil || len(fitted) <= mostBytes {
			return fitted, true, err
		}
		w, ht = w*9/10, ht*9/10
		if !fits(w, ht) {
			return nil, false, errors.New("the photo does not fit into 800 KB at 640x480")
		}
	}
}

// fits says whether a size is large enough, lying or standing.
func fits(w, h int) bool { return max(w, h) >= minLong && min(w, h) >= minShort }

// grown is the smallest size with the same proportions that is large enough.
func grown(w, h int) (int, int) {
	if fits(w, h) {
		return w, h
	}
	by := max(minLong/float64(max(w, h)), minShort/float64(min(w, h)))
	up := func(side int) int { return int(math.Ceil(math.Round(float64(side)*by*1e6) / 1e6)) }
	return up(w), up(h)
}

// decode reads the whole picture, upright.
func decode(data []byte, h picture.Header) (*image.RGBA, error) {
	d, err := picture.NewDecoder()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	p, err := d.Decode(data, h, 0)
	if err != nil {
		return nil, err
	}
	return rgba(p), nil
}

// rgba is a copy of a picture for Go's own image packages.
func rgba(p *picture.Picture) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i, v := range p.Pix {
		m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3] = uint8(v), uint8(v>>8), uint8(v>>16), 0xFF
	}
	return m
}

func scaled(m *image.RGBA, w, h int) *image.RGBA {
	if m.Rect.Dx() == w && m.Rect.Dy() == h {
		return m
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(to, to.Rect, m, m.Rect, draw.Src, nil)
	return to
}

func encode(m image.Image, quality int) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("write a JPEG: %w", err)
	}
	return out.Bytes(), nil
}

// turned is a copy of a photo turned clockwise, with as little lost as fits
// the contracts: as PNG when it is small, else as JPEG.
func turned(data []byte, degrees int) ([]byte, error) {
	h, err := picture.Inspect(data, picture.Limits{})
	if err != nil {
		return nil, err
	}
	d, err := picture.NewDecoder()
	if err != nil {
		return nil, err
	}
	defer d.Close()
	p, err := d.Decode(data, h, 0)
	if err != nil {
		return nil, err
	}
	var q picture.Picture
	picture.Turn(&q, p, degrees)
	return kept(rgba(&q))
}

// kept writes a picture with as little lost as fits. A PNG of a photo takes
// more than a byte for each pixel, so that larger ones are not tried.
func kept(m *image.RGBA) ([]byte, error) {
	if m.Rect.Dx()*m.Rect.Dy() <= mostBytes {
		var out bytes.Buffer
		if err := png.Encode(&out, m); err != nil {
			return nil, fmt.Errorf("write a PNG: %w", err)
		}
		if out.Len() <= mostBytes {
			return out.Bytes(), nil
		}
	}
	for _, quality := range []int{100, 98, 95, 90, 80, 70} {
		out, err := encode(m, quality)
		if err != nil || len(out) <= mostBytes {
			return out, err
		}
	}
	return nil, errors.New("a turned copy does not fit into 800 KB")
}
