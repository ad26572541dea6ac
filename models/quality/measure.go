package quality

import (
	"math"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/models/picture"
)

// View is a face as the other packages leave it. Box and Landmarks are in
// pixels of the original picture, upright; Crop is the aligned face, with the
// landmarks at the usual places of a square of 112 pixels, scaled to its size.
type View struct {
	Score         float64 // detector's, 0..1
	Box           engine.Box
	Landmarks     [5]engine.Point
	Width, Height int     // of the upright picture
	Second        float64 // prominence of the second face over that of the first, 0..1
	Crop          *picture.Picture
}

// Measured is the numbers that the issues are judged by: those that are kept
// with the face, and those that are not.
type Measured struct {
	engine.Measures
	Second float64 // prominence of the second face over that of the first, 0..1
	Eyes   float64 // luma around the eyes over luma of the cheeks; dark glasses are far below 1
	Mouth  float64 // distance in chroma between mouth and cheeks, 0..; a mask is far above 0
	Margin float64 // from the nearest landmark to the border of the picture, over the distance of the eyes
}

// Measure measures a face.
func Measure(v View) Measured {
	m := Measured{Second: v.Second}
	m.Detection = v.Score
	m.FaceWidth = v.Box.W
	m.Inside = inside(v.Box, float64(v.Width), float64(v.Height))
	m.EyeDistance, m.Yaw, m.Pitch, m.Roll = pose(v.Landmarks)
	m.Margin = margin(v.Landmarks, float64(v.Width), float64(v.Height)) / max(m.EyeDistance, 1e-6)
	if v.Crop != nil {
		m.light(v.Crop)
	}
	return m
}

// inside is the share of a box that lies in the picture.
func inside(b engine.Box, width, height float64) float64 {
	w := min(b.X+b.W, width) - max(b.X, 0)
	h := min(b.Y+b.H, height) - max(b.Y, 0)
	if w <= 0 || h <= 0 || b.Area() <= 0 {
		return 0
	}
	return w * h / b.Area()
}

// margin is how far the nearest landmark is from the border of the picture, in
// pixels. A detector squeezes a face that is cut through into what is left of
// it: its box then lies inside, with an eye where the picture ends.
func margin(l [5]engine.Point, width, height float64) float64 {
	least := math.Inf(1)
	for _, p := range l {
		least = min(least, p.X, p.Y, width-p.X, height-p.Y)
	}
	return least
}

// level is how far down from the eyes to the mouth the nose is in a frontal
// face: the median of the fixtures.
const level = 0.59

// pose reads the head's position from the five points, in the frame of the
// eyes. Yaw is how far the nose is off the middle between the eyes, 0 frontal
// and -1 or 1 under one eye. Pitch is how far it is off its level between eyes
// and mouth, in halves of that distance, 0 frontal. Roll is the slope of the
// eyes in degrees.
func pose(l [5]engine.Point) (eyes, yaw, pitch, roll float64) {
	dx, dy := l[1].X-l[0].X, l[1].Y-l[0].Y
	eyes = math.Hypot(dx, dy)
	if eyes < 1e-6 {
		return 0, 1, 1, 0
	}
	roll = math.Atan2(dy, dx) * 180 / math.Pi
	// along and down are coordinates in units of the eyes' distance, from the
	// middle between the eyes.
	mx, my := (l[0].X+l[1].X)/2, (l[0].Y+l[1].Y)/2
	along := func(p engine.Point) float64 { return ((p.X-mx)*dx + (p.Y-my)*dy) / (eyes * eyes) }
	down := func(p engine.Point) float64 { return ((p.Y-my)*dx - (p.X-mx)*dy) / (eyes * eyes) }
	yaw = min(max(2*along(l[2]), -1), 1)
	mouth := (down(l[3]) + down(l[4])) / 2
	if mouth < 1e-6 {
		return eyes, yaw, 1, roll
	}
	pitch = min(max(2*(down(l[2])/mouth-level), -1), 1)
	return eyes, yaw, pitch, roll
}

// region is a rectangle in the aligned square of 112 pixels.
type region struct{ x0, y0, x1, y1 int }

// Where the parts of an aligned face lie.
func parts() (face, leftEye, rightEye, leftCheek, rightCheek, mouth region) {
	return region{26, 36, 86, 102},
		region{30, 44, 47, 59}, region{65, 44, 82, 59},
		region{32, 66, 44, 78}, region{68, 66, 80, 78},
		region{42, 84, 70, 100}
}

// colour is the mean of a region: luma and the two differences of colour.
type colour struct{ y, u, v float64 }

// light measures brightness, contrast, sharpness and the colours of the parts
// in the crop.
func (m *Measured) light(crop *picture.Picture) {
	face, le, re, lc, rc, mo := parts()
	m.Brightness, m.Contrast, m.Sharpness = texture(crop, face)
	cheeks := middle(mean(crop, lc), mean(crop, rc))
	eyes := middle(mean(crop, le), mean(crop, re))
	mouth := mean(crop, mo)
	m.Eyes = eyes.y / max(cheeks.y, 1)
	m.Mouth = math.Hypot(mouth.u-cheeks.u, mouth.v-cheeks.v)
}

func middle(a, b colour) colour { return colour{(a.y + b.y) / 2, (a.u + b.u) / 2, (a.v + b.v) / 2} }

// in scales the region to a crop of another size.
func (r region) in(p *picture.Picture) region {
	sx, sy := p.Width, p.Height
	return region{r.x0 * sx / 112, r.y0 * sy / 112, r.x1 * sx / 112, r.y1 * sy / 112}
}

func mean(p *picture.Picture, r region) colour {
	r = r.in(p)
	var red, green, blue, n float64
	for y := r.y0; y < r.y1; y++ {
		for _, v := range p.Pix[y*p.Width+r.x0 : y*p.Width+r.x1] {
			red += float64(v & 0xFF)
			green += float64(v >> 8 & 0xFF)
			blue += float64(v >> 16 & 0xFF)
			n++
		}
	}
	red, green, blue = red/n, green/n, blue/n
	l := 0.299*red + 0.587*green + 0.114*blue
	return colour{l, blue - l, red - l}
}

// texture is the mean and the standard deviation of luma, and the sharpness:
// the mean square of the Laplacian (Pech-Pacheco et al., Diatom autofocusing in
// brightfield microscopy, 2000) over the variance of luma, so that contrast
// does not count as sharpness. The unit is per pixel of the crop.
func texture(p *picture.Picture, r region) (mean, deviation, sharpness float64) {
	r = r.in(p)
	r = region{max(r.x0, 1), max(r.y0, 1), min(r.x1, p.Width-1), min(r.y1, p.Height-1)}
	width := r.x1 - r.x0
	if width <= 0 || r.y1 <= r.y0 {
		return 0, 0, 0
	}
	// Three rows of luma, each made once: above, here, below.
	var rows [3][]int
	for i := range rows {
		rows[i] = make([]int, width+2)
	}
	luma(rows[1], p, r.x0-1, r.y0-1)
	luma(rows[2], p, r.x0-1, r.y0)
	var sum, squares, edges int
	for y := r.y0; y < r.y1; y++ {
		rows[0], rows[1], rows[2] = rows[1], rows[2], rows[0]
		luma(rows[2], p, r.x0-1, y+1)
		up, down, left, right := rows[0][1:], rows[2][1:], rows[1], rows[1][2:]
		for x, c := range rows[1][1 : width+1] {
			e := 4*c - up[x] - down[x] - left[x] - right[x]
			sum, squares, edges = sum+c, squares+c*c, edges+e*e
		}
	}
	n := float64(width * (r.y1 - r.y0))
	mean = float64(sum) / n
	variance := float64(squares)/n - mean*mean
	return mean, math.Sqrt(max(variance, 0)), float64(edges) / n / max(variance, 1)
}

// luma fills a row with the luma of pixels from x, y on.
func luma(row []int, p *picture.Picture, x, y int) {
	for i, v := range p.Pix[y*p.Width+x : y*p.Width+x+len(row)] {
		row[i] = picture.Luma(v)
	}
}
