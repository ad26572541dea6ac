package lab

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// drawing is an SVG in the making.
type drawing struct{ strings.Builder }

func (d *drawing) add(format string, values ...any) {
	d.WriteString(fmt.Sprintf(format, values...) + "\n")
}

// The frame of the DET curves in pixels. Both axes are logarithmic; a strip
// beside each holds what was never seen.
const (
	detLeft, detTop, detSide, detStrip = 64.0, 16.0, 430.0, 36.0
	detLeast                           = 6e-4
)

// along is where a rate lies on an axis.
func along(rate float64) float64 {
	if rate <= 0 {
		return detStrip / 2
	}
	share := math.Log(rate/detLeast) / math.Log(1/detLeast)
	return detStrip + (detSide-detStrip)*min(max(share, 0), 1)
}

// hue is a colour for each of many lines, far from its neighbours.
func hue(i int) string { return fmt.Sprintf("hsl(%d 65%% 48%%)", (i*137+210)%360) }

// det draws the curves of all species.
func det(curves []Curve) string {
	if len(curves) == 0 {
		return ""
	}
	d := &drawing{}
	right, bottom := detLeft+detSide, detTop+detSide
	d.add(`<svg class="det" viewBox="0 0 760 520" role="img" aria-label="Detection error trade-off of each species">`)
	d.add(`<rect class="strip" x="%g" y="%g" width="%g" height="%g"/><rect class="strip" x="%g" y="%g" width="%g" height="%g"/>`,
		detLeft, detTop, detStrip, detSide, detLeft, bottom-detStrip, detSide, detStrip)
	for _, t := range []float64{0, 0.001, 0.01, 0.1, 1} {
		x, y := detLeft+along(t), bottom-along(t)
		if t > 0 {
			d.add(`<path class="grid" d="M%.1f %g V%g M%g %.1f H%g"/>`, x, detTop, bottom, detLeft, y, right)
		}
		d.add(`<text text-anchor="middle" x="%.1f" y="%g">%g&#8239;%%</text><text text-anchor="end" x="%g" y="%.1f" dominant-baseline="middle">%g&#8239;%%</text>`,
			x, bottom+18, 100*t, detLeft-8, y, 100*t)
	}
	d.add(`<rect class="frame" x="%g" y="%g" width="%g" height="%g"/>`, detLeft, detTop, detSide, detSide)
	d.add(`<text text-anchor="middle" x="%g" y="%g">attacks accepted (sim-APCER)</text>`, detLeft+detSide/2, bottom+40)
	d.add(`<text text-anchor="middle" transform="translate(14 %g) rotate(-90)">living refused (sim-BPCER)</text>`, detTop+detSide/2)
	for i, c := range curves {
		d.curve(c, hue(i))
		y := detTop + 12 + 22*float64(i)
		d.add(`<path d="M%g %g h18" stroke="%s" stroke-width="3"/><text x="%g" y="%g" dominant-baseline="middle">%s</text><text class="soft" text-anchor="end" x="750" y="%g" dominant-baseline="middle">EER %s</text>`,
			right+24, y, hue(i), right+50, y, html.EscapeString(string(c.Species)), y, percent(c.EER))
	}
	d.add(`</svg>`)
	return d.String()
}

// curve draws steps: between two thresholds a rate stays what it is.
func (d *drawing) curve(c Curve, colour string) {
	if len(c.Points) == 0 {
		return
	}
	bottom := detTop + detSide
	var path strings.Builder
	fmt.Fprintf(&path, "M%.1f %.1f", detLeft+along(c.Points[0].FMR), bottom-along(c.Points[0].FNMR))
	x, y := -1.0, -1.0
	for _, p := range c.Points[1:] {
		nx, ny := detLeft+along(p.FMR), bottom-along(p.FNMR)
		if math.Abs(nx-x) < 0.5 && math.Abs(ny-y) < 0.5 {
			continue
		}
		x, y = nx, ny
		fmt.Fprintf(&path, " H%.1f V%.1f", x, y)
	}
	d.add(`<path d="%s" fill="none" stroke="%s" stroke-width="1.6"/>`, path.String(), colour)
}

// outcomes draws what was said of each species, as shares of one bar.
func outcomes(r Report) string {
	const left, wide, row = 150.0, 480.0, 26.0
	d := &drawing{}
	d.add(`<svg class="outcomes" viewBox="0 0 760 %g" role="img" aria-label="What was said of each species">`, row*float64(len(r.Lines))+8)
	for i, l := range r.Lines {
		c, y := l.At["all"], row*float64(i)+6
		d.add(`<text text-anchor="end" x="%g" y="%g" dominant-baseline="middle">%s</text>`, left-10, y+9, html.EscapeString(l.Name))
		x := left
		for _, part := range []struct {
			class string
			rate  Rate
		}{{"live", c.Live}, {"unclear", c.Unclear}, {"spoof", c.Spoof}} {
			w := wide * part.rate.Rate
			d.add(`<rect class="%s" x="%.1f" y="%g" width="%.1f" height="18"><title>%s: %d of %d</title></rect>`, part.class, x, y, w, part.class, part.rate.K, part.rate.N)
			x += w
		}
		d.add(`<text class="soft" x="%g" y="%g" dominant-baseline="middle">%d</text>`, left+wide+10, y+9, c.N)
	}
	d.add(`</svg>`)
	return d.String()
}
