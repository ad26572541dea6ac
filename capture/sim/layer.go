package sim

import "math"

// layer is one thing in the picture as light: for each source a plane of red,
// green and blue, which say how bright each pixel is, in nits, when the source
// has strength 1. What is bright when several burn is the sum. The light is
// multiplied by how much of a pixel the thing covers.
type layer struct {
	width, height int // margins included
	sources       int
	planes        []float32 // source, channel, row, column
	cover         []float32 // 0 to 1
	spans         []int32   // for each row up to two stretches that are worth mixing
}

func newLayer(v view, sources int) *layer {
	w, h := v.width+2*margin, v.height+2*margin
	return plain(w, h, sources)
}

func plain(w, h, sources int) *layer {
	l := &layer{w, h, sources, make([]float32, sources*3*w*h), make([]float32, w*h), make([]int32, 0, 4*h)}
	for range h {
		l.spans = append(l.spans, 0, int32(w), 0, 0)
	}
	return l
}

// trim leaves out what the layer does not show.
func (l *layer) trim() {
	for y := range l.height {
		row := l.cover[y*l.width : (y+1)*l.width]
		from, to := len(row), 0
		for x, c := range row {
			if c > 0 {
				from, to = min(from, x), x+1
			}
		}
		l.spans[4*y], l.spans[4*y+1] = int32(min(from, to)), int32(to)
	}
}

// hollow leaves out what the layer before this one hides wherever it sways: in
// each row the longest stretch that is covered in all the rows about it.
func (l *layer) hollow(front *layer) {
	for y := range l.height {
		var from, to, run int
		for x := range l.width + 1 {
			if x < l.width && front.solid(x+margin, y+margin) {
				run++
				continue
			}
			if run > to-from {
				from, to = x-run, x
			}
			run = 0
		}
		// A whole margin of sway on each side.
		from, to = from+margin, to-margin
		if to > from {
			copy(l.spans[4*y:], []int32{0, int32(from), int32(to), int32(l.width)})
		}
	}
}

// solid says whether a pixel is covered, and those a margin above and below.
func (l *layer) solid(x, y int) bool {
	for _, r := range []int{max(y-margin, 0), y, min(y+margin, l.height-1)} {
		if l.cover[r*l.width+x] < 1 {
			return false
		}
	}
	return true
}

// plane is one channel of one source.
func (l *layer) plane(source, channel int) []float32 {
	n := l.width * l.height
	at := (3*source + channel) * n
	return l.planes[at : at+n]
}

// shine is what light does at the corners of a mesh: for each corner and source
// three channels of light that the colour is multiplied with, and after them
// one number for each source that is not.
type shine struct {
	sources int
	list    []float32
}

func newShine(corners, sources int) shine {
	return shine{sources, make([]float32, corners*sources*4)}
}

// diffuse enters what a source gives the corners from first on: all red, all
// green, all blue, as lux.
func (s shine) diffuse(source int, light []float32) {
	n, stride := len(light)/3, 4*s.sources
	for c := range 3 {
		for i, v := range light[c*n : (c+1)*n] {
			s.list[i*stride+3*source+c] = v / math.Pi
		}
	}
}

// gloss enters what a corner mirrors of a source, nits for each unit.
func (s shine) gloss(corner, source int, v float64) {
	s.list[corner*4*s.sources+3*s.sources+source] = float32(v)
}

// colours says what colour a sample of a mesh has.
type colours func(made material, u, v float64) colour

// shade fills a layer with a mesh as it is seen.
func (l *layer) shade(s *samples, m *mesh, light shine, of colours) {
	n, stride := l.width*l.height, 4*l.sources
	sum := make([]float32, 3*l.sources)
	mixed := make([]float32, stride)
	const part = 1.0 / (fine * fine)
	for y := range l.height {
		for x := range l.width {
			clear(sum)
			cover := 0
			for k := range fine * fine {
				at := (y*fine+k/fine)*s.width + x*fine + k%fine
				if s.triangle[at] < 0 {
					continue
				}
				cover++
				t := m.triangles[s.triangle[at]]
				b, c := s.b[at], s.c[at]
				a := 1 - b - c
				p, q, r := light.list[int(t[0])*stride:][:stride], light.list[int(t[1])*stride:][:stride], light.list[int(t[2])*stride:][:stride]
				for i := range mixed {
					mixed[i] = a*p[i] + b*q[i] + c*r[i]
				}
				one, two, three := &m.corners[t[0]], &m.corners[t[1]], &m.corners[t[2]]
				fa, fb, fc := float64(a), float64(b), float64(c)
				hue := of(one.made, fa*one.u+fb*two.u+fc*three.u, fa*one.v+fb*two.v+fc*three.v)
				hr, hg, hb := float32(hue[0]), float32(hue[1]), float32(hue[2])
				for i := range l.sources {
					gloss := mixed[3*l.sources+i]
					sum[3*i] += mixed[3*i]*hr + gloss
					sum[3*i+1] += mixed[3*i+1]*hg + gloss
					sum[3*i+2] += mixed[3*i+2]*hb + gloss
				}
			}
			if cover == 0 {
				continue
			}
			at := y*l.width + x
			l.cover[at] = float32(cover) * part
			for i, v := range sum {
				l.planes[i*n+at] = v * part
			}
		}
	}
}
