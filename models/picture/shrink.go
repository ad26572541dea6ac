package picture

// Fit is the size that a picture of this size has when its longer side is
// made long pixels.
func Fit(width, height, long int) (int, int) {
	if width >= height {
		return long, max(1, (height*long+width/2)/width)
	}
	return max(1, (width*long+height/2)/height), long
}

// Shrink writes into dst the part of p between x0, y0 and x1, y1, with boxes of
// k x k pixels averaged into one. The part is cut to p; where its first box
// begins is returned. dst is empty when nothing of the part is in p.
func Shrink(dst, p *Picture, k, x0, y0, x1, y1 int) (x, y int) {
	x, y = min(max(0, x0), p.Width), min(max(0, y0), p.Height)
	w, h := max(0, min(p.Width, x1)-x)/k, max(0, min(p.Height, y1)-y)/k
	dst.reset(w, h)
	if w > 0 && h > 0 {
		shrinkRows(dst, p.Pix[y*p.Width+x:], p.Width, k)
	}
	return x, y
}

// Scaler makes pictures smaller or larger. It keeps its memory for the next
// one and is used by one goroutine at a time.
type Scaler struct{ boxed Picture }

// Scale writes p into dst at another size: whole boxes of pixels are averaged
// first, so that nothing is skipped, and what is left of the ratio (below 2)
// is interpolated bilinearly.
func (s *Scaler) Scale(dst, p *Picture, width, height int) {
	k := max(1, min(p.Width/width, p.Height/height))
	if p.Width/k == width && p.Height/k == height {
		Shrink(dst, p, k, 0, 0, p.Width, p.Height)
		return
	}
	if k > 1 {
		Shrink(&s.boxed, p, k, 0, 0, p.Width, p.Height)
		p = &s.boxed
	}
	dst.reset(width, height)
	// Pixel centres fall on pixel centres; the outermost stay inside, so that
	// no black comes in from beyond the edge.
	x, xu := between(p.Width, width)
	y, yv := between(p.Height, height)
	Warp(dst, p, Affine{X: x, XU: xu, Y: y, YV: yv})
}

// between is where the first of n pixels lies among size, and the step to the
// next, in 1/65536 pixels.
func between(size, n int) (at, step int64) {
	const one = 1 << 16
	step = int64(size) * one / int64(n)
	at = step/2 - one/2
	if at >= 0 {
		return at, step
	}
	// Larger: from the first centre to just before the last.
	if n == 1 || size == 1 {
		return 0, 0
	}
	return 0, (int64(size-1)*one - 1) / int64(n-1)
}
