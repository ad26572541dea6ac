package bench

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Page collects what a bench prints for people. The first error of writing
// stays and is returned at the end.
type Page struct {
	w   io.Writer
	err error
}

// NewPage begins a page.
func NewPage(w io.Writer) *Page { return &Page{w: w} }

// Line writes one line.
func (p *Page) Line(format string, values ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", values...)
	}
}

// Table writes rows with columns of even width; numbers stand right.
func (p *Page) Table(rows ...[]string) {
	if p.err != nil {
		return
	}
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		if _, p.err = fmt.Fprintln(t, strings.Join(row, "\t")+"\t"); p.err != nil {
			return
		}
	}
	p.err = t.Flush()
}

// Bars writes the bars, and whether they hold.
func (p *Page) Bars(bars []Bar) {
	if p.err != nil {
		return
	}
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "BAR\tWANT\tGOT\t") //nolint:errcheck // Flush says it
	for _, b := range bars {
		word := "holds"
		if !b.Holds {
			word = "DOES NOT HOLD"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", b.Name, b.Want, b.Got, word) //nolint:errcheck // Flush says it
	}
	p.err = t.Flush()
}

// End is the first error of writing.
func (p *Page) End() error { return p.err }
