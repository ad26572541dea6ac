package flash

import (
	"math"
	"testing"
)

func inFront() panel { return panel{wide: 531, high: 299, away: 500} }

// TestGenericHead holds the head to what any head shows: the same from both
// sides, each side looking to its own side, more so further out; the forehead
// up and the chin down; the walls of the nose apart from the cheeks; and less
// light at the sides.
func TestGenericHead(t *testing.T) {
	h := newHead(inFront())
	at := func(column, row int) (normal [2]float64, amount float64) {
		return h.generic.normal[row*columns+column], h.generic.amount[row*columns+column]
	}
	for row := range rows {
		for column := range columns {
			n, amount := at(column, row)
			m, other := at(columns-1-column, row)
			if math.Abs(n[0]+m[0]) > 1e-9 || math.Abs(n[1]-m[1]) > 1e-9 || math.Abs(amount-other) > 1e-9 {
				t.Fatalf("column %d of row %d: got %v, its mirror %v", column, row, n, m)
			}
		}
	}
	right, _ := at(7, 4)
	wall, _ := at(5, 3)
	cheek, _ := at(6, 3)
	if right[0] < 0.1 {
		t.Errorf("the right of the face: got %v to the right, want more than 0.1", right[0])
	}
	if wall[0] < cheek[0]+0.05 {
		t.Errorf("the wall of the nose: got %v, want clearly more than the cheek's %v", wall[0], cheek[0])
	}
	top, _ := at(4, 0)
	bottom, _ := at(4, 7)
	if top[1] < 0.05 || bottom[1] > top[1]-0.1 {
		t.Errorf("forehead and chin: got %v and %v upwards, want the forehead to look up", top[1], bottom[1])
	}
	_, side := at(0, 4)
	_, middle := at(4, 5)
	if side > 0.9*middle {
		t.Errorf("light at the side: got %v, want less than the middle's %v", side, middle)
	}
}

// TestSheet compares a flat sheet's pseudo-normals with the slope that a screen
// of this size and distance gives by the integral over a large number of
// pieces.
func TestSheet(t *testing.T) {
	p := inFront()
	got := newHead(p).sheet
	for _, column := range []int{0, 2, 6, 8} {
		u, v := cellAt(4*columns + column)
		var left, right float64
		const n = 400
		for i := range n {
			for j := range n / 2 {
				x, y := (float64(i)+0.5)/n*p.wide-p.wide/2, (float64(j)+0.5)/(n/2)*p.high-p.high/2
				r2 := (x-u)*(x-u) + (y-v)*(y-v) + p.away*p.away
				piece := (p.away/math.Sqrt(r2) + softness) / (1 + softness) * p.away / math.Sqrt(r2) / r2
				if x < 0 {
					left += piece
				} else {
					right += piece
				}
			}
		}
		want := (right - left) / (right + left)
		if math.Abs(got.normal[4*columns+column][0]-want) > 0.01 {
			t.Errorf("column %d: got %v, want %v", column, got.normal[4*columns+column][0], want)
		}
	}
}

func TestPseudoNormal(t *testing.T) {
	tests := []struct {
		quarters [4]float64
		want     [2]float64
	}{
		{[4]float64{1, 1, 1, 1}, [2]float64{0, 0}},
		{[4]float64{0, 1, 0, 1}, [2]float64{1, 0}},
		{[4]float64{1, 1, 0, 0}, [2]float64{0, 1}},
		{[4]float64{0, 0, 0, 0}, [2]float64{0, 0}},
	}
	for _, tt := range tests {
		if got := pseudoNormal(tt.quarters); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.quarters, got, tt.want)
		}
	}
}

func TestScreenSize(t *testing.T) {
	tests := []struct {
		name       string
		screen     Screen
		wide, high float64
	}{
		{"calibrated", Screen{Width: 1920, Height: 1080, DiagonalInch: 15.6}, 345, 194},
		{"a desk's, guessed", Screen{Width: 1920, Height: 1080}, 531, 299},
		{"standing", Screen{Width: 1080, Height: 1920}, 299, 531},
		{"a laptop's, guessed", Screen{Width: 1366, Height: 768}, 345, 194},
		{"a phone's, guessed", Screen{Width: 390, Height: 844}, 68, 147},
		{"nothing known", Screen{}, 531, 299},
		{"nonsense", Screen{Width: 100000, Height: 1, DiagonalInch: -3}, 566, 226},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wide, high := tt.screen.size()
			if math.Abs(wide-tt.wide) > 2 || math.Abs(high-tt.high) > 2 {
				t.Errorf("got %.0f by %.0f mm, want %.0f by %.0f", wide, high, tt.wide, tt.high)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	small := Screen{Width: 390, Height: 844}
	tests := []struct {
		name    string
		session Session
		iod     float64
		want    float64
	}{
		{"a known camera", Session{Width: 640, Focal: 532}, 67, 500},
		{"known, and far", Session{Width: 640, Focal: 532}, 10, farthest},
		{"known, and near", Session{Width: 640, Focal: 532}, 400, nearest},
		{"a usual camera where people usually stand", Session{Width: 640}, 65, 516},
		{"half of what an unknown camera says", Session{Width: 640}, 50, 589},
		{"a part of that camera's picture", Session{Width: 320, Full: 640}, 65, 516},
		{"too near to be true", Session{Width: 320}, 67, 427},
		{"a phone", Session{Width: 640, Screen: small}, 110, 302},
		{"no face", Session{Width: 640}, 0, 518},
		{"no picture", Session{}, 67, 518},
	}
	for _, tt := range tests {
		if got := tt.session.distance(tt.iod); math.Abs(got-tt.want) > 2 {
			t.Errorf("%s: got %.0f mm, want %.0f", tt.name, got, tt.want)
		}
	}
}
