package flash

import (
	"fmt"
	"strings"

	"github.com/rostod/rostod/engine"
)

// The two strips of the course over time.
const (
	stripTop  = 58.0 // below the section's heading
	stripHigh = 92.0
	stripGap  = 22.0
)

// overTime draws the colours over the answer of the face, red and blue, each
// against green.
func (p *picture) overTime(e engine.FlashEvidence, top float64) {
	p.text("head", drawLeft-40, top+14, "Over time")
	p.text("soft", drawLeft+50, top+14, "skin of the face, change against green; broad line: what the plan predicts, thin line: measured. Colours are shifted by the lag.")
	from, to := 0.0, e.Seconds*1000
	if n := len(e.Trace); n > 1 {
		from, to = e.Trace[0].At, max(e.Trace[n-1].At, e.Trace[0].At+1)
	}
	x := func(at float64) float64 { return drawLeft + (drawRight-drawLeft)*min(1, max(0, (at-from)/(to-from))) }
	for _, s := range e.Slots {
		left, right := x(s.Start+s.Shift+e.Lag), x(s.Start+s.Shift+s.Length+e.Lag)
		p.tiles(s, left, top+24, max(1, right-left), 26)
	}
	for k, name := range [2]string{"red", "blue"} {
		y := top + stripTop + float64(k)*(stripHigh+stripGap)
		p.strip(e, k, name, x, y)
	}
	bottom := top + stripTop + 2*stripHigh + stripGap
	for second := 1.0; second*1000 < to; second++ {
		if second*1000 < from {
			continue
		}
		p.line("grid", x(second*1000), top+stripTop, x(second*1000), bottom)
		p.text("soft small", x(second*1000)-9, bottom+14, "%g s", second)
	}
}

// strip draws one chroma.
func (p *picture) strip(e engine.FlashEvidence, k int, name string, x func(float64) float64, y float64) {
	values := make([]float64, 0, 2*len(e.Trace))
	for _, t := range e.Trace {
		values = append(values, t.Face[k], t.Plan[k])
	}
	most := reach(0.005, values...)
	at := func(v float64) float64 { return y + stripHigh/2 - v/most*stripHigh/2 }
	p.add(`<rect class="panel" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, drawLeft, y, drawRight-drawLeft, stripHigh)
	p.line("grid", drawLeft, at(0), drawRight, at(0))
	p.text("soft small", drawLeft-48, y+9, "%s", percent(most))
	p.text("soft small", drawLeft-48, y+stripHigh, "%s", percent(-most))
	p.text("small", drawLeft-48, y+stripHigh/2+4, "%s", name)
	var plan, face strings.Builder
	for i, t := range e.Trace {
		pen := "L"
		if i == 0 {
			pen = "M"
		}
		fmt.Fprintf(&plan, "%s%.1f %.1f", pen, x(t.At), at(t.Plan[k]))
		fmt.Fprintf(&face, "%s%.1f %.1f", pen, x(t.At), at(t.Face[k]))
	}
	if len(e.Trace) > 0 {
		p.add(`<path class="%s plan" d="%s"/>`, name, plan.String())
		p.add(`<path class="%s" d="%s"/>`, name, face.String())
	}
}
