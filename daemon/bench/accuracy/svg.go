package accuracy

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The plot's frame in pixels. Both axes are logarithmic; a rate of zero has
// no place on them, so that a strip beside each holds what was never seen.
const (
	plotLeft, plotTop   = 86.0, 78.0
	plotSide            = 460.0
	plotStrip           = 40.0
	plotWidth, plotHigh = 640.0, 690.0
)

// axis is one axis: rates from least to most, and beside it the zero.
type axis struct{ least, most float64 }

// along is where a rate lies, from 0 at the zero's strip to plotSide.
func (a axis) along(rate float64) float64 {
	if rate <= 0 {
		return plotStrip / 2
	}
	share := math.Log(rate/a.least) / math.Log(a.most/a.least)
	return plotStrip + (plotSide-plotStrip)*min(max(share, 0), 1)
}

// ticks are the decades on an axis.
func (a axis) ticks() []float64 {
	list := []float64{0}
	for e := math.Ceil(math.Log10(a.least) - 1e-9); math.Pow(10, e) <= a.most*1.0001; e++ {
		list = append(list, math.Pow(10, e))
	}
	return list
}

// plot is an SVG in the making.
type plot struct {
	strings.Builder
	fmr, fnmr axis
}

func (p *plot) x(rate float64) float64 { return plotLeft + p.fmr.along(rate) }
func (p *plot) y(rate float64) float64 { return plotTop + plotSide - p.fnmr.along(rate) }

func (p *plot) add(format string, values ...any) {
	p.WriteString(fmt.Sprintf(format, values...) + "\n")
}

// plotStyle is plain rules, which every viewer reads, and their dark turns for
// those that know of it.
const plotStyle = `<style>
  text { font: 13px system-ui, sans-serif; fill: #1b1f24 } .title { font-size: 17px; font-weight: 600 }
  .soft { fill: #5b6570; font-size: 12px } .paper { fill: #ffffff } .strip { fill: #f1f3f5 }
  .grid { stroke: #d9dee4; fill: none } .frame { stroke: #5b6570; fill: none }
  .curve { stroke: #1f5fbf; stroke-width: 2; fill: none } .mark { fill: #c2410c }
  .bound { stroke: #c2410c; stroke-width: 1.5; stroke-dasharray: 4 3; fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e9ed } .soft { fill: #9aa4af } .paper { fill: #15181c } .strip { fill: #20252b }
    .grid { stroke: #343a42 } .frame { stroke: #9aa4af } .curve { stroke: #7fb2ff } .mark { fill: #ff9d5c } .bound { stroke: #ff9d5c }
  }
</style>`

// Plot draws the curve as SVG, with the thresholds in use and the 95 %
// intervals of their rates.
func Plot(curve []Point, levels []Level, mated, nonMated int) string {
	// One false match of so many is still on the axis.
	p := &plot{fmr: axis{0.4 / float64(max(nonMated, 1)), 1}, fnmr: axis{0.4 / float64(max(mated, 1)), 1}}
	p.add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img" aria-labelledby="title">`, plotWidth, plotHigh, plotWidth, plotHigh)
	p.add(plotStyle)
	p.add(`<rect class="paper" width="%g" height="%g"/>`, plotWidth, plotHigh)
	p.add(`<title id="title">Detection error trade-off: false match rate against false non-match rate</title>`)
	p.add(`<text class="title" x="%g" y="34">Detection error trade-off</text>`, plotLeft)
	p.add(`<text class="soft" x="%g" y="56">%d mated and %d non-mated comparisons over HTTP</text>`, plotLeft, mated, nonMated)
	p.axes()
	p.curve(curve)
	p.marks(levels)
	p.add(`</svg>`)
	return p.String()
}

func (p *plot) axes() {
	const right, bottom = plotLeft + plotSide, plotTop + plotSide
	p.add(`<rect class="strip" x="%g" y="%g" width="%g" height="%g"/>`, plotLeft, plotTop, plotStrip, plotSide)
	p.add(`<rect class="strip" x="%g" y="%g" width="%g" height="%g"/>`, plotLeft, bottom-plotStrip, plotSide, plotStrip)
	for _, t := range p.fmr.ticks() {
		if t > 0 {
			p.add(`<path class="grid" d="M%.1f %g V%g"/>`, p.x(t), plotTop, bottom)
		}
		p.add(`<text text-anchor="middle" x="%.1f" y="%g">%s</text>`, p.x(t), bottom+20, percent(t))
	}
	for _, t := range p.fnmr.ticks() {
		if t > 0 {
			p.add(`<path class="grid" d="M%g %.1f H%g"/>`, plotLeft, p.y(t), right)
		}
		p.add(`<text text-anchor="end" dominant-baseline="middle" x="%g" y="%.1f">%s</text>`, plotLeft-9, p.y(t), percent(t))
	}
	p.add(`<rect class="frame" x="%g" y="%g" width="%g" height="%g"/>`, plotLeft, plotTop, plotSide, plotSide)
	p.add(`<text text-anchor="middle" x="%g" y="%g">False match rate</text>`, plotLeft+plotSide/2, bottom+44)
	p.add(`<text text-anchor="middle" transform="translate(24 %g) rotate(-90)">False non-match rate</text>`, plotTop+plotSide/2)
}

// percent is a tick's label.
func percent(rate float64) string { return fmt.Sprintf("%g\u202f%%", math.Round(rate*1e6)/1e4) }

// curve draws steps: between two thresholds a rate stays what it is.
func (p *plot) curve(curve []Point) {
	if len(curve) == 0 {
		return
	}
	var d strings.Builder
	d.WriteString(fmt.Sprintf("M%.1f %.1f", p.x(curve[0].FMR), p.y(curve[0].FNMR)))
	for _, c := range curve[1:] {
		d.WriteString(fmt.Sprintf(" H%.1f V%.1f", p.x(c.FMR), p.y(c.FNMR)))
	}
	p.add(`<path class="curve" d="%s"/>`, d.String())
}

// marks draws a point for each threshold in use, with its intervals. Levels
// that share a threshold share the point.
func (p *plot) marks(levels []Level) {
	type mark struct {
		Level
		names string
	}
	var marks []mark
	for _, l := range levels {
		if n := len(marks); n > 0 && marks[n-1].Threshold == l.Threshold {
			marks[n-1].names += ", " + string(l.Risk)
			continue
		}
		marks = append(marks, mark{l, string(l.Risk)})
	}
	const legend = plotTop + plotSide + 76
	for i, m := range marks {
		x, y := p.x(m.FMR.Rate), p.y(m.FNMR.Rate)
		p.add(`<path class="bound" d="M%.1f %.1f H%.1f M%.1f %.1f V%.1f"/>`,
			p.x(m.FMR.Low), y, p.x(m.FMR.High), x, p.y(m.FNMR.Low), p.y(m.FNMR.High))
		p.add(`<circle class="mark" cx="%.1f" cy="%.1f" r="5"/>`, x, y)
		p.add(`<text x="%.1f" y="%.1f">%.2f</text>`, x+9, y-9, m.Threshold)
		p.add(`<circle class="mark" cx="%g" cy="%g" r="5"/>`, plotLeft+5, legend+22*float64(i)-4)
		p.add(`<text x="%g" y="%g">%s</text>`, plotLeft+18, legend+22*float64(i), html.EscapeString(fmt.Sprintf(
			"%.2f (%s): FMR %d of %d, FNMR %d of %d", m.Threshold, m.names, m.FMR.K, m.FMR.N, m.FNMR.K, m.FNMR.N)))
	}
	p.add(`<text class="soft" x="%g" y="%g">Dashed: 95 %% Clopper-Pearson intervals. The shaded strips hold rates of zero.</text>`,
		plotLeft, legend+22*float64(len(marks))+4)
}
