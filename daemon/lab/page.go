package lab

import (
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/daemon/bench"
)

//go:embed page.html
var pageSource string

// page is the report as one HTML file that needs nothing else.
func (r Report) page() (string, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"percent": percent, "between": between, "said": said, "reasons": topReasons, "heat": heat, "warmth": warmth,
		"luxes": luxNames, "isBar": func(g Group) bool { return g == Bars },
		"ptr": func(c Count) *Count { return &c },
		"num": func(v float64) string { return fmt.Sprintf("%.0f", v) },
		"two": func(v float64) string { return fmt.Sprintf("%.2f", v) },
	}).Parse(pageSource)
	if err != nil {
		return "", fmt.Errorf("read the report's page: %w", err)
	}
	var out strings.Builder
	if err := t.Execute(&out, view{Report: r, Det: template.HTML(det(r.Curves)), Outcomes: template.HTML(outcomes(r)), Species: r.signalSpecies(), Names: signalNames()}); err != nil { //nolint:gosec // drawn here, of numbers and of names that are constants
		return "", fmt.Errorf("write the report's page: %w", err)
	}
	return out.String(), nil
}

// view is what the page reads.
type view struct {
	Report
	Det      template.HTML
	Outcomes template.HTML
	Species  []signalRow
	Names    []string
}

// Held is how many bars hold.
func (v view) Held() int {
	n := 0
	for _, b := range v.Bars {
		if b.Holds {
			n++
		}
	}
	return n
}

// Broken are the bars that do not hold.
func (v view) Broken() []bench.Bar {
	var list []bench.Bar
	for _, b := range v.Bars {
		if !b.Holds {
			list = append(list, b)
		}
	}
	return list
}

// Attacks are the lines of what is not alive.
func (v view) Attacks() []Line {
	var list []Line
	for _, l := range v.Lines {
		if l.Name != string(sim.Live) {
			list = append(list, l)
		}
	}
	return list
}

// Living is the line of the living.
func (v view) Living() *Line {
	for i, l := range v.Lines {
		if l.Name == string(sim.Live) {
			return &v.Lines[i]
		}
	}
	return nil
}

func luxNames() []string {
	var list []string
	for _, l := range Luxes() {
		list = append(list, luxName(l))
	}
	return list
}

// topReasons are the three reasons that were given most.
func topReasons(c *Count) string {
	names := reasonsOf(c.Reasons)
	var list []string
	for _, n := range names[:min(3, len(names))] {
		list = append(list, fmt.Sprintf("%s %d", n, c.Reasons[n]))
	}
	return strings.Join(list, ", ")
}

// heat is the class of a cell in which so large a share of attacks passed.
func heat(share float64) string {
	switch {
	case share == 0:
		return "cold"
	case share <= 0.01:
		return "mild"
	case share <= 0.1:
		return "warm"
	default:
		return "hot"
	}
}

// warmth is the class of an error rate of one signal alone.
func warmth(rate float64) string {
	switch {
	case math.IsNaN(rate):
		return ""
	case rate < 0.02:
		return "best"
	case rate < 0.1:
		return "good"
	case rate < 0.3:
		return "some"
	default:
		return ""
	}
}

// signalRow is one species and how well each signal alone tells it.
type signalRow struct {
	Name  string
	Rates []float64
}

func signalNames() []string {
	var list []string
	for _, s := range signals() {
		list = append(list, s.name)
	}
	return list
}

func (r Report) signalSpecies() []signalRow {
	var list []signalRow
	for _, s := range r.Signals {
		if len(list) == 0 || list[len(list)-1].Name != string(s.Species) {
			list = append(list, signalRow{Name: string(s.Species)})
		}
		last := &list[len(list)-1]
		last.Rates = append(last.Rates, s.EER)
	}
	return list
}
