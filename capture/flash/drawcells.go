package flash

import (
	"math"

	"github.com/rostod/rostod/engine"
)

// The face's grid in the drawing.
const (
	gridLeft = 60.0
	gridCell = 44.0
	gridTall = 36.0
	arrowOne = 62.0 // pixels of a pseudo-normal of 1
)

// grid draws which way each cell of the face looks: the measured pseudo-normal
// and the fitted head's, on a ground that is darker where the response is
// stronger.
func (p *picture) grid(e engine.FlashEvidence, top float64) {
	p.text("head", drawLeft-40, top+14, "Shape")
	p.text("soft", drawLeft+18, top+14, "which side of the screen each part of the face sees, as in the picture")
	y0 := top + 26
	for _, c := range e.Cells {
		x, y := gridLeft+float64(c.Column)*gridCell, y0+float64(c.Row)*gridTall
		shade := max(0, min(0.35, 0.2*c.Alpha))
		if !c.Used {
			p.add(`<rect class="grid" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x, y, gridCell, gridTall)
			p.line("grid", x, y, x+gridCell, y+gridTall)
			continue
		}
		p.add(`<rect class="cell" x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill-opacity="%.2f"/>`, x+0.5, y+0.5, gridCell-1, gridTall-1, shade)
	}
	for _, c := range e.Cells {
		if !c.Used {
			continue
		}
		x, y := gridLeft+(float64(c.Column)+0.5)*gridCell, y0+(float64(c.Row)+0.5)*gridTall
		p.arrow("model", x, y, c.Head)
		p.arrow("got", x, y, c.Normal)
	}
	y := y0 + rows*gridTall + 18
	p.arrow("got", gridLeft+6, y-4, [2]float64{0.5, 0})
	p.text("small", gridLeft+44, y, "measured (0.5)")
	p.arrow("model", gridLeft+136, y-4, [2]float64{0.5, 0})
	p.text("small", gridLeft+174, y, "fitted head")
	p.text("soft small", gridLeft, y+18, "darker: stronger response; crossed: not measured")
}

// arrow draws a pseudo-normal from a place; up is up.
func (p *picture) arrow(class string, x, y float64, n [2]float64) {
	long := math.Hypot(n[0], n[1]) * arrowOne
	if long < 1 {
		p.add(`<circle class="%s" cx="%.1f" cy="%.1f" r="1.2"/>`, class, x, y)
		return
	}
	if long > 1.6*arrowOne {
		n[0], n[1], long = n[0]*1.6*arrowOne/long, n[1]*1.6*arrowOne/long, 1.6*arrowOne
	}
	dx, dy := n[0]*arrowOne, -n[1]*arrowOne
	ux, uy := dx/long, dy/long
	head := min(6, long/2)
	p.add(`<path class="%s" d="M%.1f %.1fl%.1f %.1fm%.1f %.1fL%.1f %.1fl%.1f %.1f"/>`, class, x, y, dx, dy,
		-head*(ux+uy*0.6), -head*(uy-ux*0.6), x+dx, y+dy, -head*(ux-uy*0.6), -head*(uy+ux*0.6))
}

// numbers lists what the rule reads.
func (p *picture) numbers(e engine.FlashEvidence, top float64) {
	const left, value, note = 508.0, 654.0, 738.0
	p.text("head", left, top+14, "In numbers")
	y := top + 38
	row := func(name, remark string, format string, values ...any) {
		p.text("small", left, y, "%s", name)
		p.text("small", value, y, format, values...)
		p.text("soft small", note, y, "%s", remark)
		y += 18.5
	}
	c, a, s, q := e.Code, e.Around, e.Shape, e.Quality
	row("Correlation with the plan", "1 follows it exactly; estimator: "+c.Estimator, "%.3f", c.Rho)
	row("Response", "relative change per unit of screen light", "%.3f ± %.3f", c.Response, c.Error)
	row("Best of the wrong plans", "R²; beside it the plan's own", "%.2f / %.2f", c.NullMost, c.R2)
	row("Foreign changes", "sharp changes of colour that were not shown", "%d", c.Foreign)
	if a.Background {
		row("Background follows", "0 not at all, 1 as much as the face", "%.2f ± %.2f", a.Kappa, a.KappaError)
	} else {
		row("Background follows", "too little background, or it moves", "-")
	}
	if a.Ring {
		row("Hair and neck follow", "0 not at all, 1 as much as the face", "%.2f", a.KappaRing)
	} else {
		row("Hair and neck follow", "could not be measured", "-")
	}
	if s.Measured {
		row("Relief of a head", "standard errors; a sheet or a tint has none", "%.1f", s.Relief)
		row("Head against sheet", "log-likelihood ratio; above 0 is a head", "%+.0f", s.LambdaHead)
		row("Head against gradient", "log-likelihood ratio; above 0 is a head", "%+.0f", s.LambdaBil)
		row("Head against tint", "log-likelihood ratio; above 0 is a head", "%+.0f", s.LambdaFlat)
		row("Misfit of a head", "chi² a cell; about 1 fits", "%.2f", s.Chi2)
		row("Size of the relief", "against the generic head's; about 1", "%.2f", s.Scale)
		row("Fall-off at the sides", "spread of the response over the face", "%.2f", s.Spread)
		row("Error of a cell", "standard error of a pseudo-normal", "%.3f", s.CellError)
	} else {
		row("Shape", "too few parts of the face could be measured", "-")
	}
	row("Eyes apart", "distance in the picture", "%.0f px", q.EyeDistance)
	row("Skin", "mean luma; share that was too bright", "%.0f, %.0f %%", q.Luma, 100*q.Clipped)
	row("Display", "furthest a slot was shown off its plan", "%.0f ms", q.DisplayWorst)
}
