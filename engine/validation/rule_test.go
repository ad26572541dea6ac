package validation

import (
	"math"
	"slices"
	"testing"

	"github.com/rostod/rostod/engine"
)

func like(score float64) compared {
	return compared{KnownFace: engine.KnownFace{Template: engine.Template{Vector: []float32{1}}}, Score: score, Alike: true}
}

func judged(c compared, v engine.LivenessVerdict) compared { c.Liveness = v; return c }

func TestDecide(t *testing.T) {
	unlike, crowd := like(0.9), like(0.9)
	unlike.Alike = false
	crowd.Issues = []engine.Issue{engine.SeveralFaces}
	for _, test := range []struct {
		what   string
		issues []engine.Issue
		alive  engine.LivenessVerdict
		list   []compared
		want   bool
		reason string
	}{
		{"the same face", nil, "", []compared{like(0.7)}, true, ""},
		{"exactly at the threshold", nil, engine.Live, []compared{like(0.55)}, true, ""},
		{"just below it", nil, engine.Live, []compared{like(0.5499)}, false, reasonOther},
		{"no number at all", nil, engine.Live, []compared{like(math.NaN())}, false, reasonOther},
		{"one of two references is another face", nil, "", []compared{like(0.7), like(0.2)}, false, reasonOther},
		{"nobody to compare with", nil, "", nil, false, reasonNone},
		{"a reference without a face", nil, "", []compared{{}}, false, reasonFaceless},
		{"a reference of another model", nil, "", []compared{unlike}, false, reasonUncompared},
		{"a reference with several faces", nil, engine.Live, []compared{crowd}, false, reasonPoor},
		{"a reference that was an attack", nil, "", []compared{judged(like(0.9), engine.Spoof)}, false, reasonReference},
		{"a reference that was unclear", nil, "", []compared{judged(like(0.9), engine.Unclear)}, false, reasonReference},
		{"a reference that was live", nil, engine.Live, []compared{judged(like(0.9), engine.Live)}, true, ""},
		{"an attack", nil, engine.Spoof, []compared{like(0.9)}, false, reasonNotLive},
		{"unclear liveness", nil, engine.Unclear, []compared{like(0.9)}, false, reasonNotLive},
		{"a poor picture", []engine.Issue{engine.Blurred}, "", []compared{like(0.9)}, false, "blurred"},
	} {
		got, reasons := decide(test.issues, test.alive, test.list, 0.55)
		if got != test.want || test.reason != "" && !slices.Contains(reasons, test.reason) {
			t.Errorf("%s: got %v %v, want %v %s", test.what, got, reasons, test.want, test.reason)
		}
	}
}

// Whatever is seen besides, nobody is authenticated whose score is below the
// threshold, and a better score never takes an authentication back.
func FuzzDecide(f *testing.F) {
	f.Add(0.6, 0.1, true, true)
	f.Add(0.54, 0.02, false, true)
	f.Fuzz(func(t *testing.T, score, more float64, live, good bool) {
		var issues []engine.Issue
		if !good {
			issues = []engine.Issue{engine.TooDark}
		}
		alive := engine.Spoof
		if live {
			alive = engine.Live
		}
		before, _ := decide(issues, alive, []compared{like(score)}, 0.55)
		after, _ := decide(issues, alive, []compared{like(score + math.Abs(more))}, 0.55)
		if before && (!live || !good || !(score >= 0.55)) || before && !after && !math.IsNaN(more) {
			t.Errorf("score %v then %v, live %v, good %v: got %v then %v", score, score+math.Abs(more), live, good, before, after)
		}
	})
}
