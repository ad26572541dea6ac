package accuracy

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
)

func TestPlotIsXML(t *testing.T) {
	levels := []Level{
		{Risk: engine.RiskLow, Threshold: 0.45, FMR: RateOf(1, 1690), FNMR: RateOf(0, 140)},
		{Risk: engine.RiskMedium, Threshold: 0.45, FMR: RateOf(1, 1690), FNMR: RateOf(0, 140)},
		{Risk: engine.RiskHigh, Threshold: 0.55, FMR: RateOf(0, 1690), FNMR: RateOf(1, 140)},
	}
	for _, plot := range []string{
		Plot(Curve([]float64{0.5, 0.9}, []float64{0.1, 0.6}), levels, 140, 1690),
		Plot(nil, nil, 0, 0),
	} {
		for d := xml.NewDecoder(strings.NewReader(plot)); ; {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if strings.Contains(plot, "NaN") || strings.Contains(plot, "Inf") {
			t.Errorf("the plot has places that are none:\n%s", plot)
		}
	}
	if got := Plot(nil, levels, 140, 1690); strings.Count(got, "<circle") != 4 || !strings.Contains(got, "(low, medium)") {
		t.Error("levels of one threshold do not share a mark")
	}
}

// A rate of zero lies in the strip, every other one beside it, in order.
func TestAxis(t *testing.T) {
	a := axis{0.001, 1}
	last := -1.0
	for _, rate := range []float64{0, 0.001, 0.01, 0.5, 1} {
		got := a.along(rate)
		if got <= last || got > plotSide {
			t.Errorf("%v: got %v after %v", rate, got, last)
		}
		if (rate == 0) != (got < plotStrip) {
			t.Errorf("%v: got %v, want zero alone in the strip", rate, got)
		}
		last = got
	}
}
