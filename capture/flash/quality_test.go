package flash

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
)

func TestMotion(t *testing.T) {
	moving := func(perFrame float64) *measuring {
		m := &measuring{record: frames(60), session: Session{Width: 640, Height: 480}}
		for i, s := range m.samples {
			s.IOD, s.Middle = 64, [2]float32{0.5 + float32(perFrame*64*float64(i)/640), 0.5}
		}
		return m
	}
	fast, jumps, cuts := moving(0.02).motion()
	if math.Abs(fast-0.6) > 0.02 || jumps+cuts != 0 {
		t.Errorf("a fiftieth of the eyes' distance a frame: got %v a second, %d jumps, %d cuts, want 0.6", fast, jumps, cuts)
	}
	if _, jumps, _ := moving(0.4).motion(); jumps != 59 {
		t.Errorf("0.4 a frame: got %d jumps, want 59", jumps)
	}
	m := moving(0)
	m.samples[30].Change = 0.9
	if _, _, cuts := m.motion(); cuts != 1 {
		t.Errorf("one great change: got %d cuts, want 1", cuts)
	}
}

func TestGapAndRate(t *testing.T) {
	m := &measuring{record: frames(60), session: Session{Timeline: three()}}
	if got := rate(m.at); math.Abs(got-30) > 0.1 {
		t.Errorf("got %v frames a second, want 30", got)
	}
	// From the end of the settling at 300 ms to the first frame at 1000 ms.
	if got := m.gap(); math.Abs(got-700) > 1 {
		t.Errorf("got a gap of %v, want 700", got)
	}
	if got := interval(nil); got != 0 {
		t.Errorf("no frames: got %v", got)
	}
}

func TestTidy(t *testing.T) {
	e := engine.FlashEvidence{Lag: math.NaN(), FPS: 29.97002997, Slots: []engine.FlashSlot{{Distance: math.Inf(1)}}}
	e.Code.Beta[1][0] = math.Inf(-1)
	e.Code.Rho = 1e-300
	tidy(&e)
	if e.Lag != 0 || e.FPS != 29.97 || e.Slots[0].Distance != 0 || e.Code.Beta[1][0] != 0 || e.Code.Rho != 0 {
		t.Errorf("got %+v", e)
	}
}

// TestDraw reads the drawing as XML: of a measured session, of nothing, and of
// evidence that somebody has tampered with.
func TestDraw(t *testing.T) {
	data, err := readGolden("live")
	if err != nil {
		t.Fatal(err)
	}
	var live engine.FlashEvidence
	if err := json.Unmarshal(data, &live); err != nil {
		t.Fatal(err)
	}
	hostile := live
	hostile.Slots = append([]engine.FlashSlot(nil), live.Slots...)
	hostile.Slots[0].Tiles[0] = `"/><script>alert(1)</script>`
	hostile.Slots[0].Read, hostile.Slots[0].Kind = "<b>", "&"
	for name, e := range map[string]engine.FlashEvidence{"live": live, "nothing": {}, "hostile": hostile} {
		svg := string(Draw(e))
		decoder := xml.NewDecoder(strings.NewReader(svg))
		for {
			_, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if strings.Contains(svg, "<script") || strings.Contains(svg, "NaN") {
			t.Errorf("%s: the drawing has a script, or a number that is none", name)
		}
	}
	for _, want := range []string{"Over time", "Slot by slot", "forehead", "Relief of a head", live.Slots[3].Kind + live.Slots[3].Colour + ", read"} {
		if !strings.Contains(string(Draw(live)), want) {
			t.Errorf("the drawing does not say %q", want)
		}
	}
}
