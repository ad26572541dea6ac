package flash

import (
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/rostod/rostod/engine"
)

// The drawing's frame in pixels.
const (
	drawWide  = 1000.0
	drawHigh  = 1024.0
	drawLeft  = 64.0
	drawRight = 976.0
)

// drawStyle is plain rules, which every viewer reads, and their dark turns for
// those that know of it. Red and blue are told apart by dashes as well.
const drawStyle = `<style>
  text { font: 12px system-ui, sans-serif; fill: #1b1f24 } .title { font-size: 19px; font-weight: 600 }
  .head { font-size: 14px; font-weight: 600 } .soft { fill: #5b6570 } .small { font-size: 10.5px } .wrong { fill: #b42318; font-weight: 600 }
  .paper { fill: #ffffff } .panel { fill: #f6f7f9 } .grid { stroke: #d9dee4; fill: none } .frame { stroke: #9aa4af; fill: none }
  .red { stroke: #c8321f } .blue { stroke: #1f5fbf } .red, .blue { fill: none; stroke-width: 1.4 } .plan { stroke-width: 3.2; opacity: 0.3 }
  .redfill { fill: #c8321f } .bluefill { fill: #1f5fbf } .want { fill: none; stroke: #1b1f24; stroke-width: 1.3 }
  .got { stroke: #0b6e4f; stroke-width: 2.2; fill: none } .model { stroke: #d97706; stroke-width: 2; fill: none; stroke-dasharray: 3 2 } .cell { fill: #0b6e4f }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e9ed } .soft { fill: #9aa4af } .paper { fill: #15181c } .panel { fill: #1d2126 } .grid { stroke: #343a42 } .frame { stroke: #5b6570 }
    .red { stroke: #ff7a66 } .blue { stroke: #7fb2ff } .redfill { fill: #ff7a66 } .bluefill { fill: #7fb2ff } .want { stroke: #e6e9ed }
    .got { stroke: #4fd1a5 } .model { stroke: #ffb454 } .cell { fill: #4fd1a5 } .wrong { fill: #ff9b8f }
  }
</style>`

// picture is an SVG in the making.
type picture struct{ strings.Builder }

func (p *picture) add(format string, values ...any) {
	_, _ = fmt.Fprintf(p, format+"\n", values...) // memory takes everything
}

func (p *picture) text(class string, x, y float64, format string, values ...any) {
	p.add(`<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, x, y, html.EscapeString(fmt.Sprintf(format, values...)))
}

func (p *picture) line(class string, x1, y1, x2, y2 float64) {
	p.add(`<path class="%s" d="M%.1f %.1fL%.1f %.1f"/>`, class, x1, y1, x2, y2)
}

// Draw draws what was expected against what was measured, as SVG, for the
// person who reviews a capture: the colours and the face's answer over time,
// each slot by region, and which way each part of the face was found to look.
// It shows numbers only, and no part of any picture of the customer.
func Draw(e engine.FlashEvidence) []byte {
	p := &picture{}
	p.add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img" aria-labelledby="title">`, drawWide, drawHigh, drawWide, drawHigh)
	p.add(`%s`, drawStyle)
	p.add(`<title id="title">Flash challenge: colours shown, expected and measured response of the face</title>`)
	p.add(`<rect class="paper" width="%g" height="%g"/>`, drawWide, drawHigh)
	p.text("title", drawLeft-40, 34, "Flash challenge: what was shown and what came back")
	p.text("soft", drawLeft-40, 54, "%d frames, %.1f a second, over %.1f s. The light came back %.0f ms after the screen. Read %d of %d slots as shown.",
		e.Frames, e.FPS, e.Seconds, e.Lag, int(math.Round(e.Code.Accuracy*float64(len(e.Slots)))), len(e.Slots))
	p.overTime(e, 78)
	p.bySlot(e, 392)
	p.grid(e, 660)
	p.numbers(e, 660)
	p.add(`</svg>`)
	return []byte(p.String())
}

// tiles draws a slot's four tiles as the customer saw them.
func (p *picture) tiles(s engine.FlashSlot, x, y, wide, high float64) {
	for q, c := range s.Tiles {
		p.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`,
			x+float64(q%2)*wide/2, y+float64(q/2)*high/2, wide/2+0.3, high/2+0.3, html.EscapeString(c))
	}
	p.add(`<rect class="frame" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x, y, wide, high)
}

// reach is the largest of some numbers, either way, rounded up to one that
// reads well; at least the least.
func reach(least float64, values ...float64) float64 {
	most := least
	for _, v := range values {
		most = math.Max(most, math.Abs(v))
	}
	step := math.Pow(10, math.Floor(math.Log10(most)))
	for _, k := range []float64{1, 2, 2.5, 5, 10} {
		if most <= k*step*1.0001 {
			return k * step
		}
	}
	return most
}

// percent is a share as a reviewer reads it.
func percent(share float64) string {
	if math.Abs(share) < 0.095 {
		return fmt.Sprintf("%+.2g %%", 100*share)
	}
	return fmt.Sprintf("%+.0f %%", 100*share)
}
