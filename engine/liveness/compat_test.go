package liveness

import (
	"math"
	"slices"
	"testing"

	"github.com/rostod/rostod/engine"
)

func TestCompat(t *testing.T) {
	tier := engine.Tier{Liveness: 0.5, Spoof: 0.2}
	for _, tt := range []struct {
		name    string
		change  func(*engine.Capture)
		want    engine.LivenessVerdict
		reasons []string
	}{
		{"alive", func(*engine.Capture) {}, engine.Live, nil},
		{"no response", func(c *engine.Capture) { c.Flash = engine.FlashEvidence{} }, engine.Unclear, []string{"low_response"}},
		{"nothing measured at all", func(c *engine.Capture) { c.Flash.Code = engine.FlashCode{P: 1} }, engine.Unclear, []string{"low_response"}},
		{"as well by chance", func(c *engine.Capture) { c.Flash.Code.P = 0.06 }, engine.Unclear, []string{"low_response"}},
		{"loosely", func(c *engine.Capture) { c.Flash.Code.Rho = 0.79 }, engine.Unclear, []string{"low_response"}},
		{"weakly", func(c *engine.Capture) { c.Flash.Code.T = 3.9 }, engine.Unclear, []string{"low_response"}},
		{"the opposite in blue", func(c *engine.Capture) { c.Flash.Code.Beta[1][1] = -0.1 }, engine.Unclear, []string{"low_response"}},
		{"not a number", func(c *engine.Capture) { c.Flash.Code.Rho = math.NaN() }, engine.Unclear, []string{"low_response"}},
		{"an attack by its picture", func(c *engine.Capture) { c.Best.Passive = 0.1 }, engine.Spoof, []string{"passive_texture"}},
		{"between life and attack", func(c *engine.Capture) { c.Best.Passive = 0.3 }, engine.Unclear, []string{"passive_texture"}},
		{"between, and no response", func(c *engine.Capture) { c.Best.Passive, c.Flash.Code.T = 0.3, 0 }, engine.Unclear, []string{"passive_texture", "low_response"}},
		{"poor", func(c *engine.Capture) { c.Best.Issues = []engine.Issue{engine.Blurred} }, engine.Unclear, []string{"blurred"}},
		{"another face", func(c *engine.Capture) { c.Others[1].Cosine = 0.34 }, engine.Spoof, []string{"identity_break"}},
		{"a face that is no number", func(c *engine.Capture) { c.Others[1].Cosine = math.NaN() }, engine.Spoof, []string{"identity_break"}},
		{"nobody in between", func(c *engine.Capture) { c.Others[1].Faces, c.Others[1].Cosine = 0, -1 }, engine.Unclear, []string{"track_lost"}},
		{"two in between", func(c *engine.Capture) { c.Others[0].Faces = 2 }, engine.Unclear, []string{"several_faces"}},
	} {
		c := engine.Capture{
			Profile: engine.ProfileCompat, Best: engine.Face{Faces: 1, Passive: 0.98},
			Others: []engine.Sight{{Faces: 1, Cosine: 0.9, Passive: 0.9}, {Slot: 3, Faces: 1, Cosine: 0.8, Passive: 0.9}},
			Flash:  engine.FlashEvidence{Code: engine.FlashCode{Rho: 0.9, T: 8, P: 0.01, Beta: [2][2]float64{{0.2, 0}, {0, 0.3}}}},
		}
		tt.change(&c)
		got := Open().Compat(c, tier)
		if got.Verdict != tt.want || !slices.Equal(got.Reasons, tt.reasons) {
			t.Errorf("%s: got %v %v, want %v %v", tt.name, got.Verdict, got.Reasons, tt.want, tt.reasons)
		}
		if got.Assurance != engine.AssuranceLow {
			t.Errorf("%s: got assurance %v, want low", tt.name, got.Assurance)
		}
	}
}
