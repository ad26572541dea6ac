package sim

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// person builds the stage with a person before what is behind.
func (s *Scene) person() *stage {
	st := s.figure(s.Person, s.view(), s.Wish.Species != Mask3D)
	st.back = s.behind(st.view)
	return st
}

// figure builds somebody, alive or a mask of somebody, without what is behind.
func (s *Scene) figure(p Person, v view, alive bool) *stage {
	f := p.figure(s.Stance.Expression, s.Stance.Yaw)
	look := &paint{Skin: p.Skin, Shape: p.Shape, field: newNoise(diceFor(p.Seed, "texture").Rand)}
	if s.photo != nil {
		look.photo = s.photo.texture(f.head)
		look.Base = look.photo.cheek()
	}
	a := actor{mesh: f.mesh, stands: s.stands(), colour: look.of, wrap: skinWrap(), shadow: true, oil: p.Oil}
	l, seen, world, light := s.render(v, a)
	st := &stage{view: v, front: l, leans: s.leansOf(a.stands)}
	st.mark(f.head, a.stands)
	eyes := s.eyes(st, f.head, a.stands)
	if alive {
		shut := *look
		shut.lids = true
		st.lids = l.patch(eyes, seen, world, light, shut.of)
		s.corneas(l, f.head, a.stands, v)
	}
	if p.Glasses.Worn {
		s.lenses(l, f, p.Glasses, a.stands, v)
		if st.lids != nil {
			s.lenses(st.lids.layer, f, p.Glasses, a.stands, v.part(eyes))
		}
	}
	return st
}

// mark notes where detectors would find the face.
func (st *stage) mark(h *head, stands pose) {
	for i, p := range h.landmarks() {
		x, y, _ := st.view.pixel(stands.of(p))
		st.landmarks[i] = engine.Point{X: x, Y: y}
	}
	st.frame(stands.of(h.at(0, 72)), stands.of(h.at(0, -112)), stands.of(vec{0, -25, 40}))
}

// frame sets the box, as YuNet draws it, from the hairline and the chin, and the
// pixels of the face.
func (st *stage) frame(top, chin, middle vec) {
	_, y0, _ := st.view.pixel(top)
	_, y1, _ := st.view.pixel(chin)
	x, _, _ := st.view.pixel(middle)
	high := y1 - y0
	st.box = engine.Box{X: x - 0.335*high, Y: y0, W: 0.67 * high, H: high}
	for y := range st.front.height {
		for i := range st.front.width {
			u := (float64(i-margin) - st.box.X) / st.box.W * 2
			w := (float64(y-margin) - st.box.Y) / st.box.H * 2
			if math.Hypot(u-1, w-1.1) < 0.85 && st.front.cover[y*st.front.width+i] > 0.99 {
				st.face = append(st.face, y*st.front.width+i)
			}
		}
	}
}

// area is a rectangle of pixels of the picture.
type area struct{ left, top, right, bottom int }

// eyes is where the lids move, with some room around.
func (s *Scene) eyes(st *stage, h *head, stands pose) area {
	a := area{math.MaxInt, math.MaxInt, math.MinInt, math.MinInt}
	for _, sign := range []float64{-1, 1} {
		for _, d := range [][2]float64{{-21, -13}, {-21, 15}, {21, -13}, {21, 15}} {
			x, y, _ := st.view.pixel(stands.of(h.at(sign*(h.Eyes+d[0]), d[1])))
			a.left, a.top = min(a.left, int(x)-1), min(a.top, int(y)-1)
			a.right, a.bottom = max(a.right, int(x)+2), max(a.bottom, int(y)+2)
		}
	}
	const edge = margin - 1
	a.left, a.top = min(max(a.left, -edge), st.view.width-2), min(max(a.top, -edge), st.view.height-2)
	a.right, a.bottom = max(min(a.right, st.view.width+edge), a.left+1), max(min(a.bottom, st.view.height+edge), a.top+1)
	return a
}

// part is the view of an area alone, whose layers have no margin of their own:
// its pixel 0 lies in the margin.
func (v view) part(a area) view {
	v.cx -= float64(a.left + margin)
	v.cy -= float64(a.top + margin)
	v.width, v.height = a.right-a.left-2*margin, a.bottom-a.top-2*margin
	return v
}

// patch draws an area of the layer again, in other colours.
func (l *layer) patch(a area, seen *samples, m *mesh, light shine, of colours) *patch {
	wide, high := a.right-a.left, a.bottom-a.top
	p := &patch{left: a.left + margin, top: a.top + margin, wide: wide, high: high}
	p.layer = plain(wide, high, l.sources)
	cut := &samples{width: wide * fine, height: high * fine}
	for y := range high * fine {
		from := (p.top*fine+y)*seen.width + p.left*fine
		cut.triangle = append(cut.triangle, seen.triangle[from:from+wide*fine]...)
		cut.b = append(cut.b, seen.b[from:from+wide*fine]...)
		cut.c = append(cut.c, seen.c[from:from+wide*fine]...)
	}
	p.layer.shade(cut, m, light, of)
	return p
}

// corneas draws the screen's image in the eyes: upright, as small as a convex
// mirror of 7.8 mm makes it, and as dim as the cornea's 2.5 %.
func (s *Scene) corneas(l *layer, h *head, stands pose, v view) {
	const curve, share = 7.8, 0.025
	for _, sign := range []float64{-1, 1} {
		middle := stands.of(h.at(sign*h.Eyes, 0).add(vec{z: -curve + 1}))
		for tile := range quarters {
			var xs, ys [2]float64
			for i := range 2 {
				// Half way between eye and lamp stands the normal that mirrors it.
				at := s.Screen.tileAt(tile, float64(i), float64(i))
				n := at.sub(middle).unit().add(v.eye.sub(middle).unit()).unit()
				xs[i], ys[i], _ = v.pixel(middle.add(n.times(curve)))
			}
			l.spot(firstTile+tile, min(xs[0], xs[1]), max(xs[0], xs[1]), min(ys[0], ys[1]), max(ys[0], ys[1]), share)
		}
	}
}

// spot adds light in a rectangle that is smaller than a pixel or larger.
func (l *layer) spot(source int, x0, x1, y0, y1, nits float64) {
	part := func(i int, a, b float64) float64 { return max(0, min(b, float64(i)+0.5)-max(a, float64(i)-0.5)) }
	for y := int(math.Floor(y0)); y <= int(math.Ceil(y1)); y++ {
		for x := int(math.Floor(x0)); x <= int(math.Ceil(x1)); x++ {
			if x < -margin || y < -margin || x >= l.width-margin || y >= l.height-margin {
				continue
			}
			share := part(x, x0, x1) * part(y, y0, y1)
			for c := range 3 {
				l.plane(source, c)[(y+margin)*l.width+x+margin] += float32(nits * share)
			}
		}
	}
}

// lenses lays glasses over the layer: less light comes through, and where the
// screen is mirrored, some of its light comes back.
func (s *Scene) lenses(l *layer, f figure, g Glasses, stands pose, v view) {
	const back, through = 0.06, 0.86
	tilt := math.Tan(g.Tilt * math.Pi / 180)
	for y := range l.height {
		for x := range l.width {
			ray := v.ray(float64(x-margin), float64(y-margin))
			own, from := stands.within(ray), stands.back(v.eye)
			for _, lens := range f.lenses {
				t := (lens.z - from.z) / own.z
				hit := from.add(own.times(t))
				u, w := hit.x-lens.x, hit.y-lens.y
				if math.Pow(math.Abs(u)/lensWide, 3.2)+math.Pow(math.Abs(w)/lensHigh, 3.2) > 1 {
					continue
				}
				normal := vec{u / g.Base, w/g.Base - tilt, 1}.unit()
				out := stands.turn.of(own.mirrored(normal))
				l.glass(y*l.width+x, s.Screen.tileFrom(stands.of(hit), out), through, back)
			}
		}
	}
}

// tileFrom is which tile a ray comes to; below 0 is none.
func (s Screen) tileFrom(at, ray vec) int {
	if ray.z <= 0 {
		return -1
	}
	hit := at.add(ray.times(-at.z / ray.z))
	if math.Abs(hit.x) > s.Width/2 || math.Abs(hit.y) > s.Height/2 {
		return -1
	}
	tile := 0
	if hit.x < 0 {
		tile++
	}
	if hit.y < 0 {
		tile += 2
	}
	return tile
}

// glass dims one pixel and adds what is mirrored in it: a tile, or the room.
func (l *layer) glass(at, tile int, through, back float64) {
	n := l.width * l.height
	for i := range 3 * l.sources {
		l.planes[i*n+at] *= float32(through)
	}
	source, nits := roomLight, back*0.5/math.Pi
	if tile >= 0 {
		source, nits = firstTile+tile, back
	}
	for c := range 3 {
		l.plane(source, c)[at] += float32(nits)
	}
}
