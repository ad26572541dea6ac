package dossier

import (
	"fmt"
	"math"

	"github.com/rostod/rostod/engine"
)

// The colours in which red and blue are drawn, each against green.
var (
	redLine  = colour{200, 50, 31}
	blueLine = colour{31, 95, 191}
)

// flash draws what the screen showed and what came back: over time, and slot by
// slot, what a living face would send back against what was measured.
func (p sheet) flash(e engine.FlashEvidence) {
	p.section("Flash challenge: what was shown and what came back", 60)
	p.SetFont("sans", "", 9)
	p.ink(soft)
	p.SetX(margin)
	p.MultiCell(inside, 4.6, fmt.Sprintf(
		"%d frames, %.1f a second, over %.1f s. The light came back %.0f ms after the screen. %d of %d colours were read as they were shown. The face followed the plan with correlation %.3f.",
		e.Frames, e.FPS, e.Seconds, e.Lag, int(math.Round(e.Code.Accuracy*float64(len(e.Slots)))), len(e.Slots), e.Code.Rho), "", "L", false)
	p.overTime(e, p.GetY()+4)
	p.bySlot(e, p.GetY()+6)
}

// tiles draws four colours as the customer saw them.
func (p sheet) tiles(s engine.FlashSlot, x, y, wide, high float64) {
	for q, text := range s.Tiles {
		var c colour
		if _, err := fmt.Sscanf(text, "#%02x%02x%02x", &c[0], &c[1], &c[2]); err != nil {
			continue
		}
		p.fill(c)
		p.Rect(x+float64(q%2)*wide/2, y+float64(q/2)*high/2, wide/2, high/2, "F")
	}
}

// overTime draws the change of red and of blue against green: broad what the
// plan predicts, thin what was measured.
func (p sheet) overTime(e engine.FlashEvidence, top float64) {
	const high = 30.0
	from, to := 0.0, max(1, e.Seconds*1000)
	if n := len(e.Trace); n > 1 {
		from, to = e.Trace[0].At, max(e.Trace[n-1].At, e.Trace[0].At+1)
	}
	left := margin + 12
	x := func(at float64) float64 { return left + (right-left)*min(1, max(0, (at-from)/(to-from))) }
	for _, s := range e.Slots {
		begin, end := x(s.Start+s.Shift+e.Lag), x(s.Start+s.Shift+s.Length+e.Lag)
		p.tiles(s, begin, top, max(0.3, end-begin), 7)
	}
	for k, c := range [2]colour{redLine, blueLine} {
		y := top + 9 + float64(k)*(high+3)
		p.fill(ground)
		p.Rect(left, y, right-left, high, "F")
		p.say(margin, y+high/2-1.5, 8.5, "B", c, [2]string{"red", "blue"}[k])
		most := 0.004
		for _, t := range e.Trace {
			most = max(most, math.Abs(t.Face[k]), math.Abs(t.Plan[k]))
		}
		at := func(v float64) float64 { return y + high/2 - finite(v)/most*high*0.46 }
		p.draw(line)
		p.SetLineWidth(0.2)
		p.Line(left, y+high/2, right, y+high/2)
		p.course(e.Trace, x, func(t engine.FlashTrace) float64 { return at(t.Plan[k]) }, faint(c), 0.9)
		p.course(e.Trace, x, func(t engine.FlashTrace) float64 { return at(t.Face[k]) }, c, 0.25)
	}
	p.SetLineWidth(0.2)
	y := top + 9 + 2*(high+3)
	p.say(left, y, 8, "", soft, "skin of the face, change against green; broad: what the plan predicts; thin: measured")
	p.SetY(y + 4)
}

// course draws one line over time.
func (p sheet) course(trace []engine.FlashTrace, x func(float64) float64, y func(engine.FlashTrace) float64, c colour, wide float64) {
	p.draw(c)
	p.SetLineWidth(wide)
	for i, t := range trace {
		if i == 0 {
			p.MoveTo(x(t.At), y(t))
			continue
		}
		p.LineTo(x(t.At), y(t))
	}
	if len(trace) > 1 {
		p.DrawPath("D")
	}
}

func faint(c colour) colour {
	for i := range c {
		c[i] = 255 - (255-c[i])/3
	}
	return c
}

// finite keeps what is no number out of a page.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// bySlot draws a column for each slot and a row for each region.
func (p sheet) bySlot(e engine.FlashEvidence, top float64) {
	const rowHigh, left = 13.0, margin + 22
	most, rows := 0.005, []engine.FlashRegion{}
	for _, s := range e.Slots {
		if len(s.Regions) > len(rows) {
			rows = s.Regions
		}
		for _, r := range s.Regions {
			for k := range 2 {
				most = max(most, math.Abs(finite(r.Expected[k])), math.Abs(finite(r.Measured[k])))
			}
		}
	}
	wide := (right - left) / float64(len(e.Slots))
	for i, r := range rows {
		y := top + 12 + float64(i)*rowHigh
		p.say(margin, y+rowHigh/2-1.5, 8.5, "", ink, r.Name)
		p.draw(line)
		p.Line(left, y+rowHigh/2, right, y+rowHigh/2)
	}
	for i, s := range e.Slots {
		x := left + float64(i)*wide
		p.tiles(s, x+wide/2-5, top, 10, 6)
		for j, r := range s.Regions {
			zero := top + 12 + (float64(j)+0.5)*rowHigh
			for k, c := range [2]colour{redLine, blueLine} {
				p.bar(x+wide/2-4+float64(k)*4.2, zero, r.Measured[k]/most*rowHigh*0.48, r.Expected[k]/most*rowHigh*0.48, c)
			}
		}
	}
	y := top + 13 + float64(len(rows))*rowHigh
	p.say(left, y, 8, "", soft, "bars: measured, red left and blue right; frames: what a living face would send back")
	p.SetY(y + 5)
}

// bar draws a measured bar and the frame of what was expected, up or down.
func (p sheet) bar(x, zero, measured, expected float64, c colour) {
	const wide = 3.8
	measured, expected = finite(measured), finite(expected)
	p.fill(c)
	p.Rect(x, zero-max(measured, 0), wide, math.Abs(measured), "F")
	p.draw(ink)
	p.SetLineWidth(0.2)
	p.Rect(x, zero-max(expected, 0), wide, math.Abs(expected), "D")
}
