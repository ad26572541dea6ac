package liveness

import (
	"math"
	"testing"

	"github.com/rostod/rostod/engine"
)

func TestPicture(t *testing.T) {
	tier := engine.Tier{Liveness: 0.5, Spoof: 0.2}
	tests := []struct {
		name string
		face engine.Face
		want engine.LivenessVerdict
	}{
		{"genuine", engine.Face{Faces: 1, Passive: 0.98}, engine.Live},
		{"exactly at the threshold", engine.Face{Faces: 1, Passive: 0.5}, engine.Live},
		{"just below it", engine.Face{Faces: 1, Passive: 0.4999}, engine.Unclear},
		{"exactly at the spoof threshold", engine.Face{Faces: 1, Passive: 0.2}, engine.Unclear},
		{"attack", engine.Face{Faces: 1, Passive: 0.01}, engine.Spoof},
		{"genuine but blurred", engine.Face{Faces: 1, Passive: 0.98, Issues: []engine.Issue{engine.Blurred}}, engine.Unclear},
		{"no face, whatever the number", engine.Face{Passive: 0.98}, engine.Unclear},
		{"not a number", engine.Face{Faces: 1, Passive: math.NaN()}, engine.Unclear},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Open().Picture(tt.face, tier)
			if got.Verdict != tt.want {
				t.Errorf("got %v, want %v", got.Verdict, tt.want)
			}
			if got.Assurance != engine.AssuranceLow {
				t.Errorf("a plain picture got assurance %v, want low", got.Assurance)
			}
			if got.Verdict != engine.Live && len(got.Reasons) == 0 {
				t.Error("got no reason, want one")
			}
		})
	}
}
