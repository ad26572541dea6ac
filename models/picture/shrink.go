package picture

// Fit is the size that a picture of this size has when its longer side is
// made long pixels.
func Fit(width, height, long int) (int, int) {
	if width >= height {
		return long, max(1, (height*long+width/2)/width)
	}
	return max(1, (width*long+height/2)/height), long
}

// Scaler makes pictures smaller or larger. It keeps its memory for the next
// one and is used by one goroutine at a time.
type Scaler struct {
	small Picture
	taps  []tap
}

// Scale writes p into dst at another size: whole boxes of pixels are averaged
// first, so that nothing is skipped, and what is left of the ratio (below 2)
// is interpolated bilinearly.
func (s *Scaler) Scale(dst, p *Picture, width, height int) {
	k := min(p.Width/max(1, width), p.Height/max(1, height))
	if k >= 2 {
		shrink(&s.small, p, k)
		p = &s.small
	}
	if p.Width == width && p.Height == height {
		dst.reset(width, height)
		copy(dst.Pix, p.Pix)
		return
	}
	s.bilinear(dst, p, width, height)
}

// Shrink writes into dst the part of p between x0, y0 and x1, y1, with boxes of
// k x k pixels averaged into one. The part is cut to p; what the first box
// begins with is returned. dst is empty when nothing of the part is in p.
func Shrink(dst, p *Picture, k, x0, y0, x1, y1 int) (x, y int) {
	x, y = max(0, x0), max(0, y0)
	w, h := max(0, min(p.Width, x1)-x)/k, max(0, min(p.Height, y1)-y)/k
	dst.reset(w, h)
	for j := range h {
		from := (y+j*k)*p.Width + x
		boxes(dst.row(j), p.Pix[from:], p.Width, k)
	}
	return x, y
}

// even and odd are the masks that spread a pixel over 16 bits per channel.
const (
	even = 0x00FF00FF
	odd  = 0xFF00FF00
)

// shrink writes into dst the averages of boxes of k x k pixels. What is left
// over at the right and the bottom is less than a box and is dropped.
func shrink(dst, p *Picture, k int) {
	dst.reset(p.Width/k, p.Height/k)
	if k == 2 {
		halve(dst, p)
		return
	}
	for y := range dst.Height {
		boxes(dst.row(y), p.Pix[y*k*p.Width:], p.Width, k)
	}
}

// boxes averages one row of boxes of k x k pixels; pix begins with the first.
func boxes(out, pix []Pixel, width, k int) {
	n := uint32(k * k)
	for x := range out {
		var r, g, b uint32
		for j := range k {
			from := j*width + x*k
			for _, v := range pix[from : from+k] {
				r, g, b = r+v&0xFF, g+v>>8&0xFF, b+v>>16&0xFF
			}
		}
		out[x] = (r+n/2)/n | (g+n/2)/n<<8 | (b+n/2)/n<<16
	}
}

// halve is shrink for k = 2, two channels at a time.
func halve(dst, p *Picture) {
	for y := range dst.Height {
		out := dst.row(y)
		a := p.row(2 * y)[:2*len(out)]
		b := p.row(2*y + 1)[:2*len(out)]
		for x := range out {
			i := 2 * x
			a0, a1, b0, b1 := a[i], a[i+1], b[i], b[i+1]
			e := a0&even + a1&even + b0&even + b1&even + 0x00020002
			o := a0>>8&even + a1>>8&even + b0>>8&even + b1>>8&even + 0x00020002
			out[x] = e>>2&even | o<<6&odd
		}
	}
}

// tap is where one pixel of a row comes from: i and i+1, the latter with
// weight/256.
type tap struct {
	i      int
	weight uint32
}

// bilinear scales by interpolating between pixel centres, as most libraries
// do. It is meant for ratios between 1/2 and any enlargement.
func (s *Scaler) bilinear(dst, p *Picture, width, height int) {
	dst.reset(width, height)
	s.taps = s.taps[:0]
	for x := range width {
		s.taps = append(s.taps, tapAt(x, p.Width, width))
	}
	for y := range height {
		t := tapAt(y, p.Height, height)
		a, b := p.row(t.i), p.row(min(t.i+1, p.Height-1))
		out := dst.row(y)
		for x, h := range s.taps {
			r := min(h.i+1, p.Width-1)
			out[x] = Blend(Blend(a[h.i], a[r], h.weight), Blend(b[h.i], b[r], h.weight), t.weight)
		}
	}
}

func tapAt(x, from, to int) tap {
	at := (float64(x)+0.5)*float64(from)/float64(to) - 0.5
	if at <= 0 {
		return tap{}
	}
	i := int(at)
	if i >= from-1 {
		return tap{i: from - 1}
	}
	return tap{i: i, weight: uint32((at-float64(i))*256 + 0.5)}
}

// Blend is a + (b-a)*weight/256 in each channel, rounded; weight is 0..256.
func Blend(a, b Pixel, weight uint32) Pixel {
	e := (a&even)*(256-weight) + (b&even)*weight + 0x00800080
	o := (a>>8&even)*(256-weight) + (b>>8&even)*weight + 0x00800080
	return e>>8&even | o&odd
}
