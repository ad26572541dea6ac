package picture

// Pixel is one pixel as red, green and blue in its lowest three bytes, red
// lowest. The fourth byte means nothing.
type Pixel = uint32

// Picture is an upright picture, row by row without gaps.
type Picture struct {
	Width, Height int
	Pix           []Pixel
}

// spare is how many pixels of memory are kept when less is needed: one huge
// picture must not be paid for ever after.
const spare = 4 << 20

// reset makes p a picture of this size, keeping its memory when it suffices.
// What the pixels hold is left over from before.
func (p *Picture) reset(width, height int) {
	p.Width, p.Height = width, height
	if n := width * height; cap(p.Pix) < n || cap(p.Pix) > max(spare, 4*n) {
		p.Pix = make([]Pixel, n)
	} else {
		p.Pix = p.Pix[:n]
	}
}

// row is one row of pixels.
func (p *Picture) row(y int) []Pixel { return p.Pix[y*p.Width : (y+1)*p.Width] }

// Luma is a pixel's brightness by ITU-R BT.601, 0..255.
func Luma(p Pixel) int {
	return int((77*(p&0xFF) + 150*(p>>8&0xFF) + 29*(p>>16&0xFF)) >> 8)
}

// tile is how many pixels square are moved together when turning, so that
// source and target both stay in the nearest cache.
const tile = 32

// orient writes p into dst as EXIF orientation o (1..8) asks, so that it
// stands upright. Exif 2.32, tag 0x0112.
func orient(dst, p *Picture, o int) {
	w, h := p.Width, p.Height
	// Going one pixel right, or one down, in dst is a step of right, or down,
	// in p, beginning at start.
	var start, right, down int
	switch o {
	case 2:
		start, right, down = w-1, -1, w
	case 3:
		start, right, down = h*w-1, -1, -w
	case 4:
		start, right, down = (h-1)*w, 1, -w
	case 5:
		start, right, down = 0, w, 1
	case 6:
		start, right, down = (h-1)*w, -w, 1
	case 7:
		start, right, down = h*w-1, -w, -1
	case 8:
		start, right, down = w-1, w, -1
	default:
		start, right, down = 0, 1, w
	}
	if o >= 5 {
		w, h = h, w
	}
	dst.reset(w, h)
	for ty := 0; ty < h; ty += tile {
		for tx := 0; tx < w; tx += tile {
			for y := ty; y < min(ty+tile, h); y++ {
				from := start + y*down + tx*right
				for x := y*w + tx; x < y*w+min(tx+tile, w); x++ {
					dst.Pix[x] = p.Pix[from]
					from += right
				}
			}
		}
	}
}

// Turn writes p into dst turned clockwise by 0, 90, 180 or 270 degrees.
func Turn(dst, p *Picture, degrees int) {
	switch degrees {
	case 90:
		orient(dst, p, 6)
	case 180:
		orient(dst, p, 3)
	case 270:
		orient(dst, p, 8)
	default:
		orient(dst, p, 1)
	}
}
