package flash

import "github.com/rostod/rostod/engine"

// bySlot draws each slot: what was shown, what it was read as, and for each
// region the change of red and of blue, expected as a frame and measured as a
// bar.
func (p *picture) bySlot(e engine.FlashEvidence, top float64) {
	p.text("head", drawLeft-40, top+14, "Slot by slot")
	p.text("soft", drawLeft+66, top+14, "bars: measured change of red (left) and blue (right) against green; frames: what a living face would send back.")
	if len(e.Slots) == 0 {
		p.text("soft", drawLeft, top+40, "Nothing was measured.")
		return
	}
	var names []string
	var values []float64
	for _, s := range e.Slots {
		for _, r := range s.Regions {
			values = append(values, r.Expected[0], r.Expected[1], r.Measured[0], r.Measured[1])
		}
		if len(s.Regions) > len(names) {
			names = nil
			for _, r := range s.Regions {
				names = append(names, r.Name)
			}
		}
	}
	most := reach(0.005, values...)
	const rowHigh = 42.0
	left := drawLeft + 30
	wide := (drawRight - left) / float64(len(e.Slots))
	for i, name := range names {
		y := top + 78 + float64(i)*rowHigh
		p.text("small", drawLeft-40, y+rowHigh/2+4, "%s", name)
		p.line("grid", left, y+rowHigh/2, drawRight, y+rowHigh/2)
	}
	p.text("soft small", drawLeft-40, top+78+float64(len(names))*rowHigh+14, "full height of a row: %s to %s", percent(-most), percent(most))
	for i, s := range e.Slots {
		p.slot(s, left+float64(i)*wide, wide, top+24, rowHigh, most)
	}
}

// slot draws one column.
func (p *picture) slot(s engine.FlashSlot, x, wide, top, rowHigh, most float64) {
	p.tiles(s, x+wide/2-20, top, 40, 24)
	class, read := "soft small", s.Read
	if read == "" {
		read = "-"
	}
	if s.Read != s.Kind+s.Colour {
		class = "wrong small"
	}
	p.text(class, x+wide/2-30, top+40, "%s, read %s", s.Kind+s.Colour, read)
	for i, r := range s.Regions {
		zero := top + 54 + float64(i)*rowHigh + rowHigh/2
		for k, class := range [2]string{"redfill", "bluefill"} {
			left := x + wide/2 - 19 + float64(k)*20
			p.bar(class, left, 18, zero, r.Measured[k]/most*rowHigh/2)
			p.bar("want", left, 18, zero, r.Expected[k]/most*rowHigh/2)
		}
	}
}

// bar draws a bar up or down from a line.
func (p *picture) bar(class string, x, wide, zero, up float64) {
	up = max(-40, min(40, up))
	p.add(`<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, class, x, zero-max(up, 0), wide, max(0.6, max(up, -up)))
}
