package sim

import (
	"math"
	"testing"
)

// place is one place at the origin of its frame that faces the screen.
func facing() places { return placesOf(&mesh{corners: []corner{{normal: vec{z: 1}}}}) }

func screenOf(inch float64) Screen {
	s := Screen{Nits: 1, FallOff: 1, Primaries: [3]float64{1, 1, 1}, Refresh: 60}
	s.Width, s.Height = sized(inch, false)
	return s
}

// What a white screen gives a face on its axis, in lux for each nit: numeric
// form factors, made apart from this package.
func TestFormFactors(t *testing.T) {
	distances := []float64{300, 400, 500, 600, 700}
	for _, tt := range []struct {
		name          string
		width, height float64
		want          []float64
	}{
		{"24 inch, 16:9", 531.3, 298.9, []float64{1.073, 0.724, 0.512, 0.378, 0.288}},
		{"15.6 inch, 16:9", 345.4, 194.3, []float64{0.581, 0.361, 0.243, 0.174, 0.130}},
		{"10.1 inch, 16:10", 217.5, 136.0, []float64{0.293, 0.173, 0.113, 0.080, 0.059}},
		{"6.4 inch, 18:9", 145.4, 72.7, []float64{0.111, 0.064, 0.041, 0.029, 0.021}},
	} {
		s := screenOf(24)
		s.Width, s.Height = tt.width, tt.height
		for i, d := range distances {
			var got float64
			for tile := range quarters {
				got += float64(s.light(facing(), pose{turned(0, 0, 0), vec{}, vec{z: -d}}, tile, [3]float32{}, nil)[1])
			}
			// The table has three digits: its last may be off by a half.
			if off := math.Abs(got - tt.want[i]); off > 0.01*tt.want[i]+0.0005 {
				t.Errorf("%s at %g mm: got %.4f lux for a nit, want %.3f", tt.name, d, got, tt.want[i])
			}
		}
	}
}

// integrated is the irradiance of a tile by brute force.
func integrated(s Screen, tile int, at, normal vec) float64 {
	const n = 200
	sum := 0.0
	for i := range n {
		for j := range n {
			p := s.tileAt(tile, (float64(i)+0.5)/n, (float64(j)+0.5)/n)
			d := p.sub(at)
			r := d.long()
			sum += max(0, normal.dot(d)/r) * max(0, d.z/r) / (r * r)
		}
	}
	return sum * s.Width / 2 / n * s.Height / 2 / n
}

// The pseudo-normal (right - left) / (right + left) across a flat sheet: its
// slope is that of the integral.
func TestPlaneSlope(t *testing.T) {
	s := screenOf(24)
	normal := func(light func(tile int, at vec) float64, x float64) float64 {
		at := vec{x, 0, -500}
		// The customer's left is the picture's right.
		right := light(0, at) + light(2, at)
		left := light(1, at) + light(3, at)
		return (right - left) / (right + left)
	}
	rendered := func(tile int, at vec) float64 {
		return float64(s.light(facing(), pose{turned(0, 0, 0), vec{}, at}, tile, [3]float32{}, nil)[0])
	}
	exact := func(tile int, at vec) float64 { return integrated(s, tile, at, vec{z: 1}) }
	got := (normal(rendered, 60) - normal(rendered, -60)) / 120
	want := (normal(exact, 60) - normal(exact, -60)) / 120
	if want <= 0 || math.Abs(got-want) > 0.01*want {
		t.Errorf("got a slope of %.6f for each mm, want %.6f, above 0", got, want)
	}
	// As in the design: a sheet of the width of a face shows -.11 to .11.
	if n := normal(rendered, 66); math.Abs(n-0.11) > 0.015 {
		t.Errorf("got %.3f at the edge of a face, want 0.11", n)
	}
}

// The light of a room is as much as is said on a plane that faces the camera.
func TestAmbience(t *testing.T) {
	for _, window := range []vec{{0, 0, 1}, {1, 0.3, 0.4}, {-1, 0.5, -0.5}} {
		lux := newAmbience(0.4, window).light(facing(), still(), [3]float32{}, nil)
		if math.Abs(float64(lux[0])-1) > 1e-5 {
			t.Errorf("window at %v: got %v lux, want 1", window, lux[0])
		}
	}
}

// A wall in front of a place hides the lamps behind it and no others.
func TestShadow(t *testing.T) {
	m := &mesh{}
	m.grid(2, 2, func(r, c int) corner { return corner{at: vec{-40 + 80*float64(c), 40 - 80*float64(r), 0}} })
	m.grid(2, 2, func(r, c int) corner { return corner{at: vec{8 + 6*float64(c), 40 - 80*float64(r), 60}} })
	heights := reliefOf(m, 2)
	one := facing()
	for _, tt := range []struct {
		name string
		from vec
		want float32
	}{
		{"from the side of the wall, low", vec{1, 0, 0.5}, 0},
		{"from the other side", vec{-1, 0, 0.5}, 1},
		{"from above", vec{0, 0, 1}, 1},
	} {
		d := tt.from.unit()
		got := one.seen([]lamp{{float32(d.x), float32(d.y), float32(d.z), 1}}, true, heights)[0]
		if math.Abs(float64(got-tt.want)) > 0.01 {
			t.Errorf("%s: got %.2f of the light, want %.0f", tt.name, got, tt.want)
		}
	}
}

// The left half of the screen, as the customer sees it, lights the right of the
// picture more.
func TestLeftIsRight(t *testing.T) {
	s, err := Draw(7, Wish{Species: Live, Split: Train, Lux: 100, Pure: true})
	if err != nil {
		t.Fatal(err)
	}
	st, err := s.build()
	if err != nil {
		t.Fatal(err)
	}
	var left, right float64 // of the picture, lit by the customer's left
	for _, k := range st.face {
		v := float64(st.front.plane(firstTile, 1)[k] + st.front.plane(firstTile+2, 1)[k])
		other := float64(st.front.plane(firstTile+1, 1)[k] + st.front.plane(firstTile+3, 1)[k])
		if float64(k%st.front.width-margin) > st.box.X+st.box.W/2 {
			right += v / (v + other)
		} else {
			left += v / (v + other)
		}
	}
	if right <= left {
		t.Errorf("got %.1f on the picture's right and %.1f on its left, want more on the right", right, left)
	}
}
