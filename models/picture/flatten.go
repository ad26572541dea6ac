package picture

import (
	"image"
	"image/color"
)

// pack puts three channels into a Pixel.
func pack(r, g, b uint8) Pixel { return Pixel(r) | Pixel(g)<<8 | Pixel(b)<<16 }

// onWhite lays a colour that is not premultiplied on white.
func onWhite(r, g, b, a uint8) Pixel {
	if a == 0xFF {
		return pack(r, g, b)
	}
	return pack(lay(r, a), lay(g, a), lay(b, a))
}

func lay(c, a uint8) uint8 { return uint8((uint32(c)*uint32(a) + 255*(255-uint32(a)) + 127) / 255) }

// flatten writes what Go's decoders return into dst. The kinds that cameras
// and browsers write have a loop of their own; the rest go through the
// interface.
func flatten(dst *Picture, m image.Image) {
	b := m.Bounds()
	dst.reset(b.Dx(), b.Dy())
	for y := range dst.Height {
		out := dst.row(y)
		switch m := m.(type) {
		case *image.RGBA: // opaque: the decoder uses NRGBA otherwise
			in := m.Pix[y*m.Stride : y*m.Stride+4*len(out)]
			for x := range out {
				p := in[4*x : 4*x+4 : 4*x+4]
				out[x] = pack(p[0], p[1], p[2])
			}
		case *image.NRGBA:
			in := m.Pix[y*m.Stride : y*m.Stride+4*len(out)]
			for x := range out {
				p := in[4*x : 4*x+4 : 4*x+4]
				out[x] = onWhite(p[0], p[1], p[2], p[3])
			}
		case *image.Gray:
			in := m.Pix[y*m.Stride : y*m.Stride+len(out)]
			for x, v := range in {
				out[x] = Pixel(v) * 0x010101
			}
		case *image.YCbCr: // of a WebP: nothing else decodes to it here
			flattenVideo(out, m, y, nil)
		case *image.NYCbCrA:
			flattenVideo(out, &m.YCbCr, y, m.A[y*m.AStride:y*m.AStride+len(out)])
		default:
			for x := range out {
				// The model converts to this type and no other.
				if c, ok := color.NRGBAModel.Convert(m.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA); ok {
					out[x] = onWhite(c.R, c.G, c.B, c.A)
				}
			}
		}
	}
}

// flattenVideo turns a row of a lossy WebP into colours. Its levels are those
// of video, 16..235 and 16..240 (ITU-R BT.601, RFC 9649 section 2.5), though
// Go's YCbCr means 0..255. The factors are libwebp's, in 1/65536.
func flattenVideo(out []Pixel, m *image.YCbCr, y int, alpha []uint8) {
	light := m.Y[y*m.YStride : y*m.YStride+len(out)]
	from := m.COffset(m.Rect.Min.X, m.Rect.Min.Y+y)
	n := (len(out) + 1) / 2
	blue, red := m.Cb[from:from+n], m.Cr[from:from+n]
	for x, v := range light {
		l := 76309 * (int32(v) - 16)
		u, w := int32(blue[x>>1])-128, int32(red[x>>1])-128
		r, g, b := level16(l+104597*w), level16(l-25674*u-53278*w), level16(l+132201*u)
		if alpha == nil {
			out[x] = pack(r, g, b)
		} else {
			out[x] = onWhite(r, g, b, alpha[x])
		}
	}
}

// level16 rounds 1/65536 of a level and keeps it within 0..255.
func level16(v int32) uint8 {
	v = (v + 1<<15) >> 16
	if uint32(v) > 255 {
		v = ^(v >> 31) & 255
	}
	return uint8(v)
}
