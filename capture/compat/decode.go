package compat

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// Limits of a frame, looked at before anything is decoded.
const (
	leastSide = 100
	mostSide  = 1920
)

var (
	errFormat = errors.New("is no JPEG and no PNG")
	errSize   = errors.New("must have 100 to 1920 pixels on each side")
	errBroken = errors.New("is broken")
)

// decode reads a frame as a camera gives it: 4:2:0, BT.601 with limited range.
func decode(data []byte) (*image.YCbCr, error) {
	read, config := jpeg.Decode, jpeg.DecodeConfig
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8}):
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		read, config = png.Decode, png.DecodeConfig
	default:
		return nil, errFormat
	}
	size, err := config(bytes.NewReader(data))
	if err != nil {
		return nil, errBroken
	}
	if min(size.Width, size.Height) < leastSide || max(size.Width, size.Height) > mostSide {
		return nil, errSize
	}
	picture, err := read(bytes.NewReader(data))
	if err != nil {
		return nil, errBroken
	}
	return planes(picture), nil
}

// planes are a picture's, of even size. A JPEG's levels go from 0 to 255, a
// camera's from 16 to 235 and 240.
func planes(p image.Image) *image.YCbCr {
	b := p.Bounds()
	out := image.NewYCbCr(image.Rect(0, 0, b.Dx()&^1, b.Dy()&^1), image.YCbCrSubsampleRatio420)
	at := func(x, y int) color.YCbCr {
		r, g, b, _ := p.At(x, y).RGBA()
		luma, cb, cr := color.RGBToYCbCr(uint8(r>>8), uint8(g>>8), uint8(b>>8))
		return color.YCbCr{Y: luma, Cb: cb, Cr: cr}
	}
	if direct, ok := p.(*image.YCbCr); ok {
		at = direct.YCbCrAt
	}
	for y := 0; y < out.Rect.Dy(); y += 2 {
		for x := 0; x < out.Rect.Dx(); x += 2 {
			var cb, cr int
			for k := range 4 {
				dx, dy := k%2, k/2
				c := at(b.Min.X+x+dx, b.Min.Y+y+dy)
				out.Y[(y+dy)*out.YStride+x+dx] = uint8(16 + (int(c.Y)*219+127)/255)
				cb, cr = cb+int(c.Cb), cr+int(c.Cr)
			}
			i := y/2*out.CStride + x/2
			out.Cb[i], out.Cr[i] = narrowed(cb), narrowed(cr)
		}
	}
	return out
}

// narrowed is the mean of four chroma levels, in a camera's range.
func narrowed(sum int) uint8 {
	return uint8(128 + ((sum-4*128)*224)/(4*255))
}
