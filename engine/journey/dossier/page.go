package dossier

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// colour is red, green, blue, 0..255.
type colour [3]int

// The colours of the page: those of the customers' pages.
var (
	ink    = colour{20, 33, 46}
	soft   = colour{70, 86, 106}
	accent = colour{11, 79, 138}
	line   = colour{219, 226, 234}
	ground = colour{242, 245, 249}
	good   = colour{10, 107, 65}
	bad    = colour{160, 40, 30}
	white  = colour{255, 255, 255}
)

func (t Tone) colour() colour {
	switch t {
	case Good:
		return good
	case Bad:
		return bad
	default:
		return soft
	}
}

func (p sheet) ink(c colour)  { p.SetTextColor(c[0], c[1], c[2]) }
func (p sheet) fill(c colour) { p.SetFillColor(c[0], c[1], c[2]) }
func (p sheet) draw(c colour) { p.SetDrawColor(c[0], c[1], c[2]) }

// say writes one line at a place; y is its top.
func (p sheet) say(x, y, size float64, style string, c colour, text string) {
	p.SetFont("sans", style, size)
	p.ink(c)
	p.Text(x, y+size*0.33, text)
}

// head is the band at the top of the first page.
func (p sheet) head(s Set) {
	p.fill(accent)
	p.Rect(0, 0, 210, 34, "F")
	p.say(margin, 10, 19, "B", white, s.Title)
	p.say(margin, 21, 10, "", white, s.About)
	p.SetFont("sans", "B", 11)
	wide := p.GetStringWidth(s.Result) + 10
	p.fill(white)
	p.RoundedRect(right-wide, 11, wide, 10, 5, "1234", "F")
	p.say(right-wide+5, 14.2, 11, "B", s.Tone.colour(), s.Result)
	p.SetY(42)
}

func (p sheet) foot(s Set) {
	p.draw(line)
	p.Line(margin, bottom+3, right, bottom+3)
	p.say(margin, bottom+6, 8, "", soft, s.Title+" · "+s.About)
	page := fmt.Sprintf("%d / {pages}", p.PageNo())
	p.SetFont("sans", "", 8)
	p.say(right-14, bottom+6, 8, "", soft, page)
}

// section is a heading, with so much room below it that it does not stand alone.
func (p sheet) section(title string, room float64) {
	if p.GetY()+room > bottom {
		p.AddPage()
	}
	y := p.GetY() + 3
	p.say(margin, y, 13, "B", accent, title)
	p.SetY(y + 8)
}

// summary is the picture beside the facts.
func (p sheet) summary(s Set) error {
	const wide = 58.0
	top := p.GetY()
	x, high := margin, 0.0
	switch {
	case len(s.Picture) > 0:
		picture, c, err := readable(s.Picture)
		if err != nil {
			return err
		}
		high = min(wide*float64(c.Height)/float64(c.Width), 90)
		options := fpdf.ImageOptions{ImageType: "JPG"}
		p.RegisterImageOptionsReader("picture", options, bytes.NewReader(picture))
		p.ImageOptions("picture", margin, top, high*float64(c.Width)/float64(c.Height), high, false, options, 0, "")
		p.caption(s.Caption, top+high+2, wide)
	case s.Missing != "":
		high = 40
		p.fill(ground)
		p.Rect(margin, top, wide, high, "F")
		p.caption(s.Missing, top+high/2-4, wide)
	}
	if high > 0 {
		x += wide + 8
		high = p.GetY() - top
	}
	p.SetY(top)
	p.facts(s.Facts, x, 36)
	p.SetY(max(p.GetY(), top+high) + 3)
	return nil
}

func (p sheet) caption(text string, y, wide float64) {
	p.SetFont("sans", "", 8)
	p.ink(soft)
	p.SetXY(margin, y)
	p.MultiCell(wide, 3.8, text, "", "L", false)
}

// facts are names and values in two columns from x on.
func (p sheet) facts(list []Fact, x, name float64) {
	for _, f := range list {
		if f.Value == "" {
			continue
		}
		if p.GetY() > bottom-8 {
			p.AddPage()
		}
		y := p.GetY()
		p.say(x, y+0.9, 9, "", soft, f.Name)
		p.SetFont("sans", "", 9.5)
		p.ink(ink)
		p.SetXY(x+name, y)
		p.MultiCell(right-x-name, 5, f.Value, "", "L", false)
		p.SetY(p.GetY() + 1)
	}
}

// findings is a table: what was asked, what was found, why.
func (p sheet) findings(list []Finding) {
	p.section("Findings", 20)
	for _, f := range list {
		if p.GetY() > bottom-16 {
			p.AddPage()
		}
		top := p.GetY()
		p.say(margin+3, top+2.2, 10, "B", ink, f.Name)
		p.say(margin+62, top+2.2, 10, "B", f.Tone.colour(), f.Verdict)
		p.say(margin+104, top+2.4, 9, "", soft, f.Score)
		p.SetY(top + 8)
		if len(f.Reasons) > 0 {
			p.SetFont("sans", "", 8.5)
			p.ink(soft)
			p.SetX(margin + 3)
			p.MultiCell(inside-6, 4.2, strings.Join(f.Reasons, " · "), "", "L", false)
			p.SetY(p.GetY() + 1.5)
		}
		p.draw(line)
		p.Line(margin, p.GetY(), right, p.GetY())
	}
}

// digests are what the decision was made by, and what the seal is.
func (p sheet) digests(s Set) {
	p.section("Made by, and what can be checked", 30)
	for _, d := range s.Digests {
		if p.GetY() > bottom-8 {
			p.AddPage()
		}
		y := p.GetY()
		p.say(margin, y+0.9, 8.5, "", soft, d.Name)
		p.SetFont("code", "", 7.5)
		p.ink(ink)
		p.SetXY(margin+46, y)
		p.MultiCell(inside-46, 4.2, d.Value, "", "L", false)
		p.SetY(p.GetY() + 0.8)
	}
	p.SetY(p.GetY() + 2)
	for _, text := range s.Sealed {
		p.SetFont("sans", "", 9)
		p.ink(ink)
		p.SetX(margin)
		p.MultiCell(inside, 4.6, text, "", "L", false)
		p.SetY(p.GetY() + 1.5)
	}
}
