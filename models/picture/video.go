package picture

import (
	"errors"
	"image"
)

// ErrPlanes says that planes are not 4:2:0, or too short for their size.
var ErrPlanes = errors.New("the planes are not a whole 4:2:0 picture")

// Quarter makes a picture of half the width and height out of a video frame:
// one pixel for each of its chroma samples. The levels are those of ITU-R
// BT.601 in limited range, as cameras send them. A last odd row or column is
// left out.
func Quarter(dst *Picture, p *image.YCbCr) error {
	w, h := p.Rect.Dx()/2, p.Rect.Dy()/2
	if w < 1 || h < 1 || p.Rect.Min.X%2 != 0 || p.Rect.Min.Y%2 != 0 || p.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		return ErrPlanes
	}
	luma, chroma := p.YOffset(p.Rect.Min.X, p.Rect.Min.Y), p.COffset(p.Rect.Min.X, p.Rect.Min.Y)
	if len(p.Y) < luma+(2*h-1)*p.YStride+2*w || min(len(p.Cb), len(p.Cr)) < chroma+(h-1)*p.CStride+w ||
		p.YStride < 2*w || p.CStride < w {
		return ErrPlanes
	}
	dst.reset(w, h)
	quarterOf(dst, p.Y[luma:], p.Cb[chroma:], p.Cr[chroma:], p.YStride, p.CStride)
	return nil
}
