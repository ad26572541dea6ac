package sim

import "math"

// material is what a surface is made of, for its colour.
type material uint8

const (
	skinMaterial material = iota
	hairMaterial
	clothMaterial
	frameMaterial
	sheetMaterial
	bezelMaterial
)

// corner is one vertex of a mesh. U and V say where it was before expression
// and posture moved it: the place its colour is read at.
type corner struct {
	at, normal vec
	u, v       float64
	made       material
}

// mesh is triangles.
type mesh struct {
	corners   []corner
	triangles [][3]int32
}

// grid adds rows x columns corners, row after row, and the triangles between
// them; place is asked for each.
func (m *mesh) grid(rows, columns int, place func(row, column int) corner) {
	first := int32(len(m.corners))
	for r := range rows {
		for c := range columns {
			m.corners = append(m.corners, place(r, c))
		}
	}
	for r := range int32(rows - 1) {
		for c := range int32(columns - 1) {
			a := first + r*int32(columns) + c
			b := a + int32(columns)
			m.triangles = append(m.triangles, [3]int32{a, b, a + 1}, [3]int32{a + 1, b, b + 1})
		}
	}
}

// finish computes the normals of the corners from first on, weighted by the
// triangles' areas. Outward is where a triangle's corners stand against the
// clock.
func (m *mesh) finish(first int) {
	for i := first; i < len(m.corners); i++ {
		m.corners[i].normal = vec{}
	}
	for _, t := range m.triangles {
		if int(t[0]) < first {
			continue
		}
		a, b, c := &m.corners[t[0]], &m.corners[t[1]], &m.corners[t[2]]
		n := b.at.sub(a.at).cross(c.at.sub(a.at))
		a.normal, b.normal, c.normal = a.normal.add(n), b.normal.add(n), c.normal.add(n)
	}
	for i := first; i < len(m.corners); i++ {
		m.corners[i].normal = m.corners[i].normal.unit()
	}
}

// weld gives corners that lie in the same place one normal: at the seam of a
// closed grid.
func (m *mesh) weld(pairs [][2]int32) {
	for _, p := range pairs {
		n := m.corners[p[0]].normal.add(m.corners[p[1]].normal).unit()
		m.corners[p[0]].normal, m.corners[p[1]].normal = n, n
	}
}

// move turns a mesh about a centre and puts it elsewhere.
func (m *mesh) move(t turn, centre, to vec) {
	for i := range m.corners {
		c := &m.corners[i]
		c.at, c.normal = t.of(c.at.sub(centre)).add(to), t.of(c.normal)
	}
}

// relief is a mesh seen from the front as heights, for what lies in the shadow
// of what: nose, brow, lips, chin and ears are all there is to see from there.
type relief struct {
	left, low, cell float64
	columns, rows   int
	heights         []float32
}

const noHeight = -1e6

// reliefOf draws the mesh from the front, in its own frame.
func reliefOf(m *mesh, cell float64) *relief {
	low, high := vec{math.Inf(1), math.Inf(1), 0}, vec{math.Inf(-1), math.Inf(-1), 0}
	for _, c := range m.corners {
		low, high = vec{min(low.x, c.at.x), min(low.y, c.at.y), 0}, vec{max(high.x, c.at.x), max(high.y, c.at.y), 0}
	}
	r := &relief{left: low.x, low: low.y, cell: cell,
		columns: int((high.x-low.x)/cell) + 2, rows: int((high.y-low.y)/cell) + 2}
	r.heights = make([]float32, r.columns*r.rows)
	for i := range r.heights {
		r.heights[i] = noHeight
	}
	for _, t := range m.triangles {
		r.add(m.corners[t[0]].at, m.corners[t[1]].at, m.corners[t[2]].at)
	}
	return r
}

// add raises the cells whose middle a triangle covers.
func (r *relief) add(a, b, c vec) {
	ax, ay, bx, by, cx, cy := (a.x-r.left)/r.cell, (a.y-r.low)/r.cell, (b.x-r.left)/r.cell, (b.y-r.low)/r.cell, (c.x-r.left)/r.cell, (c.y-r.low)/r.cell
	area := (bx-ax)*(cy-ay) - (by-ay)*(cx-ax)
	if math.Abs(area) < 1e-9 {
		return
	}
	for y := int(math.Ceil(min(ay, by, cy) - 0.5)); float64(y)+0.5 <= max(ay, by, cy); y++ {
		for x := int(math.Ceil(min(ax, bx, cx) - 0.5)); float64(x)+0.5 <= max(ax, bx, cx); x++ {
			px, py := float64(x)+0.5, float64(y)+0.5
			wb := ((px-ax)*(cy-ay) - (py-ay)*(cx-ax)) / area
			wc := ((bx-ax)*(py-ay) - (by-ay)*(px-ax)) / area
			if wb < 0 || wc < 0 || wb+wc > 1 || x < 0 || y < 0 || x >= r.columns || y >= r.rows {
				continue
			}
			h := &r.heights[y*r.columns+x]
			*h = max(*h, float32(a.z+wb*(b.z-a.z)+wc*(c.z-a.z)))
		}
	}
}
