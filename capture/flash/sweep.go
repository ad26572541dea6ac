package flash

import (
	"image"
	"math"
)

// sweep adds up the light of the face's parts, or of the ring only, over the
// ellipse of so many radii. It looks at every stride-th chroma sample and the
// four luma samples around it.
func (s *Sampler) sweep(p *image.YCbCr, q pose, radii float64, stride int, ring bool) {
	scale := q.scale()
	across := radii * math.Hypot(q.A*faceWide, q.B*faceHigh) // half-extent of the turned ellipse
	along := radii * math.Hypot(q.B*faceWide, q.A*faceHigh)
	wide, high := p.Rect.Dx()/2, p.Rect.Dy()/2
	left, right := clampInt((q.X-across)/2, wide), clampInt((q.X+across)/2+1, wide)
	top, bottom := clampInt((q.Y-along)/2, high), clampInt((q.Y+along)/2+1, high)

	const one = 1 << 16 // places on the face in fixed point, millimetres
	du, dv := int(q.A/(scale*scale)*2*float64(stride)*one), int(q.B/(scale*scale)*2*float64(stride)*one)
	for y := top; y < bottom; y += stride {
		u0, v0 := q.face(float64(2*left)+0.5, float64(2*y)+0.5)
		u, v := int((u0+atlasWide+0.5)*one), int((atlasHigh+0.5-v0)*one)
		luma, under := p.Y[2*y*p.YStride:], p.Y[(2*y+1)*p.YStride:]
		blue, red := p.Cb[y*p.CStride:], p.Cr[y*p.CStride:]
		for x := left; x < right; x, u, v = x+stride, u+du, v-dv {
			column, row := u>>16, v>>16
			if uint(column) >= atlasWidth || uint(row) >= atlasHeight {
				continue
			}
			label := s.atlas.label[row*atlasWidth+column]
			if label == nowhere || (label == ringLabel) != ring {
				continue
			}
			y4 := int(luma[2*x]) + int(luma[2*x+1]) + int(under[2*x]) + int(under[2*x+1])
			s.sums[label].add(&s.linear, y4, int(blue[x]), int(red[x]))
		}
	}
}

// add counts one place: four luma samples and the chroma they share.
func (s *sum) add(linear *[2048]int32, y4, cb, cr int) {
	r, g, b := levels(y4, cb, cr)
	if max(r, g, b) > 4*tooBright {
		s.clipped++
		return
	}
	s.n++
	s.light[0] += int64(linear[max(0, r+512)&2047])
	s.light[1] += int64(linear[max(0, g+512)&2047])
	s.light[2] += int64(linear[max(0, b+512)&2047])
}

// levels are red, green and blue in quarter levels of 255, from the sum of four
// luma samples and their chroma, by ITU-R BT.601 with limited range.
func levels(y4, cb, cr int) (r, g, b int) {
	y := 298 * (y4 - 64) // times 256
	cb, cr = cb-128, cr-128
	r = (y + 1634*cr + 128) >> 8
	g = (y - 401*cb - 832*cr + 128) >> 8
	b = (y + 2066*cb + 128) >> 8
	return r, g, b
}

// clampInt is a place as an index from 0 to n.
func clampInt(x float64, n int) int { return int(max(0, min(x, float64(n)))) }

// encoded is the encoded value of linear light (IEC 61966-2-1).
func encoded(l float64) float64 {
	if l <= 0.0031308 {
		return 12.92 * max(0, l)
	}
	return 1.055*math.Pow(l, 1/2.4) - 0.055
}

// surroundings measures the background beside and above the face, how much
// moved in it since the last frame, and how much the picture changed at all.
func (s *Sampler) surroundings(p *image.YCbCr, out *Sample) {
	wide, high := p.Rect.Dx()/gridStep, p.Rect.Dy()/gridStep
	alike := s.width == p.Rect.Dx() && len(s.before) == wide*high
	if !alike {
		s.before, s.width = make([]uint8, wide*high), p.Rect.Dx()
	}
	box := s.last.Box
	left, right := box.X+box.W/2*(1-bgClear), box.X+box.W/2*(1+bgClear)
	top, bottom := box.Y+box.H/2*(1-bgClear), box.Y+box.H/2*(1+bgClear)
	upper := bgUpper * float64(p.Rect.Dy())

	var light sum
	var moved, places, changed int
	for row := range high {
		y := row*gridStep + gridStep/2
		for column := range wide {
			x := column*gridStep + gridStep/2
			at := y*p.YStride + x
			now := p.Y[at]
			step := int(now) - int(s.before[row*wide+column])
			s.before[row*wide+column] = now
			if step > greatStep || step < -greatStep {
				changed++
			}
			fx, fy := float64(x), float64(y)
			if fy > upper || fx > left && fx < right && fy > top && fy < bottom {
				continue
			}
			places++
			moved += step * step
			if now < tooDark {
				continue
			}
			c := y/2*p.CStride + x/2
			light.add(&s.linear, int(now)+int(p.Y[at+1])+int(p.Y[at+p.YStride])+int(p.Y[at+p.YStride+1]), int(p.Cb[c]), int(p.Cr[c]))
		}
	}
	if s.last.Found {
		out.Background = light.mean(gridStep * gridStep)
	}
	if alike {
		out.Activity = float32(moved) / float32(max(1, places))
		out.Change = float32(changed) / float32(max(1, wide*high))
	}
}
