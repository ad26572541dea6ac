package liveness

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
)

// good is a capture of a living person in good light.
func good() engine.Capture {
	c := engine.Capture{Profile: engine.ProfileFlash, Flash: engine.FlashEvidence{
		Frames: 190, FPS: 29.8, Lag: 150, Seconds: 6.5,
		Quality: engine.FlashQuality{
			Expected: 192, Gap: 40, EyeDistance: 66, Inside: 1, Luma: 110, BitsPerPixel: 0.22, Motion: 0.2,
			DisplayWorst: 12, DisplayOrder: true, DisplaySaid: 10,
		},
		Code: engine.FlashCode{
			Estimator: "raw", Beta: [2][2]float64{{0.4, 0}, {0, 0.4}}, Response: 0.4, Error: 0.005, T: 80, R2: 0.98, Rho: 0.99,
			R2Slots: 0.985, Accuracy: 1, Margin: 60, P: 0.005, NullMean: 0.3, NullMost: 0.65, Steps: 11,
		},
		Around: engine.FlashAround{Background: true, Pixels: 40000, Raw: 0.4, Against: 0.38, Kappa: 0.05, KappaError: 0.01, Ring: true, KappaRing: 0.2},
		Shape: engine.FlashShape{
			Measured: true, Valid: 0.97, CellError: 0.05, Distance: 500, LambdaHead: 12, LambdaBil: 14, LambdaFlat: 230,
			Relief: 5.7, ReliefShare: 0.7, ReliefError: 0.12, ReliefAxes: [2]float64{0.6, 0.95}, AxesError: [2]float64{0.12, 0.28}, Chi2: 0.8, Scale: 1.2, Amplitude: 0.65, Spread: 0.35,
		},
		Slots: make([]engine.FlashSlot, 10),
	}}
	c.Others = []engine.Sight{
		{Slot: -1, Colour: "K", Faces: 1, Cosine: 1, Passive: 0.9},
		{Slot: 1, Colour: "M", Faces: 1, Cosine: 0.8, Passive: 0.9},
		{Slot: 3, Colour: "G", Faces: 1, Cosine: 0.8, Passive: 0.9},
		{Slot: 5, Colour: "A", Faces: 1, Cosine: 0.8, Passive: 0.9},
		{Slot: 10, Colour: "K", Faces: 1, Cosine: 0.9, Passive: 0.9},
	}
	return c
}

// still makes a capture in which nothing answers.
func still(c *engine.Capture) {
	f := &c.Flash
	f.Code = engine.FlashCode{Beta: [2][2]float64{{0.001, 0}, {0, -0.001}}, Error: 0.004, T: 0.2, R2: 0.1, Rho: 0.3, R2Slots: 0.3, Accuracy: 0.1, NullMost: 0.5}
	f.Shape = engine.FlashShape{Measured: true, Valid: 0.9, CellError: 0.2}
}

var tier = engine.Tier{Liveness: 0.5, Spoof: 0.2}

func TestFlash(t *testing.T) {
	known := engine.Site{Sessions: 40, Lag: 145, LagSpread: 8, Response: 0.35, Noise: 0.006}
	tests := []struct {
		name   string
		change func(*engine.Capture)
		site   engine.Site
		want   engine.LivenessVerdict
		reason string
	}{
		{"a living person", func(*engine.Capture) {}, engine.Site{}, engine.Live, ""},
		{"at a known kiosk", func(*engine.Capture) {}, known, engine.Live, ""},

		{"too few frames a second", func(c *engine.Capture) { c.Flash.FPS = 12.9 }, engine.Site{}, engine.Unclear, ReasonFrameRate},
		{"frames lost", func(c *engine.Capture) { c.Flash.Frames = 150 }, engine.Site{}, engine.Unclear, ReasonFrameRate},
		{"a gap", func(c *engine.Capture) { c.Flash.Quality.Gap = 800 }, engine.Site{}, engine.Unclear, ReasonFrameRate},
		{"far away", func(c *engine.Capture) { c.Flash.Quality.EyeDistance = 40 }, engine.Site{}, engine.Unclear, ReasonTooFar},
		{"half out of the picture", func(c *engine.Capture) { c.Flash.Quality.Inside = 0.8 }, engine.Site{}, engine.Unclear, ReasonFraming},
		{"skin too bright", func(c *engine.Capture) { c.Flash.Quality.Clipped = 0.3 }, engine.Site{}, engine.Unclear, ReasonTooBright},
		{"coarse video", func(c *engine.Capture) { c.Flash.Quality.BitsPerPixel = 0.02 }, engine.Site{}, engine.Unclear, ReasonBitrate},
		{"turned away", func(c *engine.Capture) { c.Flash.Quality.Yaw = -35 }, engine.Site{}, engine.Unclear, ReasonTurned},
		{"moving", func(c *engine.Capture) { c.Flash.Quality.Motion = 2 }, engine.Site{}, engine.Unclear, ReasonMotion},
		{"a jump of the face", func(c *engine.Capture) { c.Flash.Quality.Jumps = 4 }, engine.Site{}, engine.Unclear, ReasonTrackLost},
		{"a cut", func(c *engine.Capture) { c.Flash.Quality.Cuts = 1 }, engine.Site{}, engine.Unclear, ReasonTrackLost},
		{"colours shown late", func(c *engine.Capture) { c.Flash.Quality.DisplayWorst = 130 }, engine.Site{}, engine.Unclear, ReasonDisplay},
		{"colours out of order", func(c *engine.Capture) { c.Flash.Quality.DisplayOrder = false }, engine.Site{}, engine.Unclear, ReasonDisplay},
		{"a page that says nothing", func(c *engine.Capture) { c.Flash.Quality.DisplaySaid = 0 }, engine.Site{}, engine.Unclear, ReasonDisplay},
		{"shape not measured", func(c *engine.Capture) { c.Flash.Shape.Measured = false }, engine.Site{}, engine.Unclear, ReasonShape},
		{"shape too noisy", func(c *engine.Capture) { c.Flash.Shape.CellError = 0.9 }, engine.Site{}, engine.Unclear, ReasonShape},
		{"half the face covered", func(c *engine.Capture) { c.Flash.Shape.Valid = 0.4 }, engine.Site{}, engine.Unclear, ReasonShape},
		{"two faces", func(c *engine.Capture) { c.Others[2].Faces = 2 }, engine.Site{}, engine.Unclear, ReasonSeveral},
		{"never seen in colour", func(c *engine.Capture) { c.Others = c.Others[:1] }, engine.Site{}, engine.Unclear, ReasonTrackLost},
		{"one moment that looks like somebody else", func(c *engine.Capture) { c.Others[2].Cosine = 0.1 }, engine.Site{}, engine.Unclear, ReasonIdentity},

		{"late, without a history", func(c *engine.Capture) { c.Flash.Lag = 310 }, engine.Site{}, engine.Unclear, ReasonLag},
		{"just not late", func(c *engine.Capture) { c.Flash.Lag = 300 }, engine.Site{}, engine.Live, ""},
		{"late for this kiosk", func(c *engine.Capture) { c.Flash.Lag = 206 }, known, engine.Unclear, ReasonLag},
		{"soon for this kiosk", func(c *engine.Capture) { c.Flash.Lag = 84 }, known, engine.Unclear, ReasonLag},
		{"late for this kiosk, whose lag varies", func(c *engine.Capture) { c.Flash.Lag = 206 },
			engine.Site{Sessions: 40, Lag: 145, LagSpread: 20, Response: 0.35}, engine.Live, ""},

		{"somebody else is matched", func(c *engine.Capture) {
			for i := range c.Others[1:] {
				c.Others[i+1].Cosine = 0.05
			}
		}, engine.Site{}, engine.Spoof, ReasonIdentity},
		{"nothing answers", still, engine.Site{}, engine.Unclear, ""},
		{"nothing answers where it always does", still, known, engine.Spoof, ReasonExpected},
		{"nothing answers, but little ever does", still, engine.Site{Sessions: 40, Lag: 145, Response: 0.05}, engine.Unclear, ""},
		{"other colours", func(c *engine.Capture) {
			still(c)
			c.Flash.Code.Foreign, c.Flash.Code.ForeignT, c.Flash.Code.R2Slots = 6, 30, 0.7
		}, engine.Site{}, engine.Spoof, ReasonWrongCode},
		{"the opposite colours", func(c *engine.Capture) {
			c.Flash.Code.Rho, c.Flash.Code.T = -0.99, -80
			c.Flash.Code.Beta = [2][2]float64{{-0.4, 0}, {0, -0.4}}
		}, engine.Site{}, engine.Unclear, ""},
		{"a tint over everything", func(c *engine.Capture) {
			c.Flash.Around.Kappa, c.Flash.Around.KappaRing = 1, 1
			c.Flash.Shape.LambdaFlat, c.Flash.Shape.ReliefAxes, c.Flash.Shape.Spread = -25, [2]float64{}, 0.02
			c.Flash.Shape.LambdaHead, c.Flash.Shape.LambdaBil, c.Flash.Shape.Scale = -25, -25, 0.05
			c.Flash.Shape.Amplitude = 0.1
		}, engine.Site{}, engine.Spoof, ReasonTinted},
		{"a flat print", func(c *engine.Capture) {
			c.Flash.Around.KappaRing = 0.98
			c.Flash.Shape.LambdaHead, c.Flash.Shape.LambdaBil, c.Flash.Shape.LambdaFlat = -13, -14, 21
			c.Flash.Shape.ReliefAxes = [2]float64{0.02, -0.1}
			c.Flash.Shape.Spread, c.Flash.Shape.Amplitude, c.Flash.Shape.Scale = 0.05, -0.1, 0.37
		}, engine.Site{}, engine.Spoof, ReasonFlat},
		{"a bent print with a stripe of gloss", func(c *engine.Capture) {
			c.Flash.Around.KappaRing = 0.66
			c.Flash.Shape.LambdaHead, c.Flash.Shape.LambdaBil, c.Flash.Shape.LambdaFlat = -8, 17, 100
			c.Flash.Shape.ReliefAxes, c.Flash.Shape.AxesError = [2]float64{0.78, 0.07}, [2]float64{0.11, 0.26}
			c.Flash.Shape.Chi2, c.Flash.Shape.Spread, c.Flash.Shape.Amplitude = 2.2, 0.18, 0.38
		}, engine.Site{}, engine.Unclear, ReasonShape},
		{"a screen that is covered, in the dark", func(c *engine.Capture) {
			c.Flash.Code.Response, c.Flash.Code.T, c.Flash.Code.Accuracy = 0.018, 13.7, 0.9
			c.Flash.Code.Beta = [2][2]float64{{0.018, 0}, {0, 0.018}}
		}, engine.Site{}, engine.Unclear, ReasonLowResponse},
		{"the same under a warm lamp, with little blue", func(c *engine.Capture) {
			c.Flash.Code.Response, c.Flash.Code.T = 0.05, 63
			c.Flash.Code.Beta = [2][2]float64{{0.012, 0.001}, {-0.013, 0.088}}
		}, engine.Site{}, engine.Unclear, ReasonLowResponse},
		{"a screen that is whole, in a bright room", func(c *engine.Capture) {
			c.Flash.Code.Response, c.Flash.Code.T = 0.07, 60
			c.Flash.Code.Beta = [2][2]float64{{0.06, 0.001}, {-0.005, 0.08}}
		}, engine.Site{}, engine.Live, ""},
		{"a smooth digital gradient", func(c *engine.Capture) {
			c.Flash.Shape.LambdaHead, c.Flash.Shape.LambdaBil, c.Flash.Shape.Chi2 = 50, -1000, 20
			c.Flash.Shape.ReliefAxes, c.Flash.Shape.Spread, c.Flash.Shape.Scale = [2]float64{}, 0.03, 3.4
		}, engine.Site{}, engine.Unclear, ReasonShape},
		{"not better than wrong sequences", func(c *engine.Capture) { c.Flash.Code.NullMost = 0.99 }, engine.Site{}, engine.Unclear, ""},
		{"half the slots read wrongly", func(c *engine.Capture) { c.Flash.Code.Accuracy = 0.5 }, engine.Site{}, engine.Unclear, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := good()
			tt.change(&c)
			got := Open().Flash(c, tt.site, tier)
			if got.Verdict != tt.want {
				t.Fatalf("got %v (%.1f, %v), want %v", got.Verdict, got.LogOdds, got.Reasons, tt.want)
			}
			if tt.reason != "" && !slices.Contains(got.Reasons, tt.reason) {
				t.Errorf("got reasons %v, want %s", got.Reasons, tt.reason)
			}
			if got.Verdict == engine.Live && len(got.Reasons) > 0 {
				t.Errorf("live with reasons %v", got.Reasons)
			}
			if got.Verdict != engine.Live && len(got.Reasons) == 0 {
				t.Error("got no reason, want one")
			}
		})
	}
}

func TestAssurance(t *testing.T) {
	known := engine.Site{Sessions: 20, Lag: 145, LagSpread: 8, Response: 0.35}
	tests := []struct {
		name   string
		change func(*engine.Capture)
		site   engine.Site
		want   engine.AssuranceTier
	}{
		{"every control", func(*engine.Capture) {}, known, engine.AssuranceHigh},
		{"no history yet", func(*engine.Capture) {}, engine.Site{Sessions: 19, Lag: 145}, engine.AssuranceStandard},
		{"no background", func(c *engine.Capture) { c.Flash.Around.Background = false }, known, engine.AssuranceStandard},
		{"colours known in advance", func(c *engine.Capture) { c.Profile = engine.ProfileCompat }, known, engine.AssuranceLow},
		{"a profile that nobody knows", func(c *engine.Capture) { c.Profile = "" }, known, engine.AssuranceLow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := good()
			tt.change(&c)
			got := Open().Flash(c, tt.site, tier)
			if got.Verdict != engine.Live {
				t.Fatalf("got %v %v, want live", got.Verdict, got.Reasons)
			}
			if got.Assurance != tt.want {
				t.Errorf("got %v, want %v", got.Assurance, tt.want)
			}
		})
	}
}

// TestWithoutABackgroundMoreIsAsked finds a capture that is just good enough
// and takes its background away.
func TestWithoutABackgroundMoreIsAsked(t *testing.T) {
	table, err := InUse()
	if err != nil {
		t.Fatal(err)
	}
	c := good()
	for c.Flash.Shape.Spread > 0 && table.Judge(c, engine.Site{}, tier).LogOdds >= table.Live+table.NoBackdrop/2 {
		c.Flash.Shape.Spread -= 0.001
		c.Flash.Around.KappaRing += 0.002
	}
	c.Flash.Around.Background = false
	got := table.Judge(c, engine.Site{}, tier)
	if got.Verdict != engine.Unclear || !slices.Equal(got.Reasons, []string{ReasonNoBackground}) {
		t.Errorf("got %v %v at %.2f, want unclear for want of a background", got.Verdict, got.Reasons, got.LogOdds)
	}
}

func TestPassiveIsAWeakVoter(t *testing.T) {
	score := func(passive float64) float64 {
		c := good()
		for i := range c.Others {
			c.Others[i].Passive = passive
		}
		return Open().Flash(c, engine.Site{}, tier).LogOdds
	}
	best, worst := score(1), score(0)
	if math.Abs(best-worst-1) > 1e-9 {
		t.Errorf("passive texture moves the score by %v, want at most 1", best-worst)
	}
	if score(0.5) != best || score(0.2) != worst || score(math.NaN()) != worst {
		t.Error("the thresholds of the tier do not bound it")
	}
}

// TestMoreIsNeverLess moves every feature up by itself: no log-likelihood ratio
// falls.
func TestMoreIsNeverLess(t *testing.T) {
	table, err := InUse()
	if err != nil {
		t.Fatal(err)
	}
	up := map[string]func(*engine.FlashEvidence, float64){
		"rho":       func(e *engine.FlashEvidence, by float64) { e.Code.Rho += by },
		"accuracy":  func(e *engine.FlashEvidence, by float64) { e.Code.Accuracy += by },
		"t":         func(e *engine.FlashEvidence, by float64) { e.Code.T += 50 * by },
		"kappa":     func(e *engine.FlashEvidence, by float64) { e.Around.Kappa -= by },
		"ring":      func(e *engine.FlashEvidence, by float64) { e.Around.KappaRing -= by },
		"nose":      func(e *engine.FlashEvidence, by float64) { e.Shape.ReliefAxes[0] += by },
		"brows":     func(e *engine.FlashEvidence, by float64) { e.Shape.ReliefAxes[1] += by },
		"response":  func(e *engine.FlashEvidence, by float64) { e.Code.Response += by },
		"lambda":    func(e *engine.FlashEvidence, by float64) { e.Shape.LambdaHead += 100 * by },
		"gradient":  func(e *engine.FlashEvidence, by float64) { e.Shape.LambdaBil += 100 * by },
		"chi2":      func(e *engine.FlashEvidence, by float64) { e.Shape.Chi2 *= 1 - by },
		"spread":    func(e *engine.FlashEvidence, by float64) { e.Shape.Spread += by },
		"amplitude": func(e *engine.FlashEvidence, by float64) { e.Shape.Amplitude += by },
	}
	for name, move := range up {
		for _, by := range []float64{0.01, 0.1, 0.5} {
			low, high := good().Flash, good().Flash
			move(&high, by)
			for _, h := range table.Hypotheses {
				if h.Against(high) < h.Against(low) {
					t.Errorf("more %s makes %s likelier", name, h.Name)
				}
			}
		}
	}
}

func FuzzFlash(f *testing.F) {
	f.Add(0.9, 10.0, 0.1, 5.0, 100.0, -20.0)
	f.Add(math.NaN(), math.Inf(1), math.Inf(-1), 0.0, -1.0, 1e300)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g float64) {
		x := good()
		x.Flash.Code.Rho, x.Flash.Code.T, x.Flash.Around.Kappa = a, b, c
		x.Flash.Shape.ReliefAxes[0], x.Flash.Shape.LambdaHead, x.Flash.Shape.Chi2 = d, e, g
		got := Open().Flash(x, engine.Site{}, tier)
		if math.IsNaN(got.Score) || got.Score < 0 || got.Score > 1 || math.IsNaN(got.LogOdds) || math.IsInf(got.LogOdds, 0) {
			t.Errorf("got score %v and log-odds %v", got.Score, got.LogOdds)
		}
		if got.Verdict == engine.Live && !(b > clearResponse) {
			t.Errorf("live with a response of %v standard errors", b)
		}
	})
}

func TestReadTable(t *testing.T) {
	sound := string(inUse)
	tests := []struct {
		name, from, to, want string
	}{
		{"as it is", "", "", ""},
		{"a weight below zero", `"accuracy": `, `"accuracy": -`, "negative"},
		{"a feature that nobody knows", `"accuracy"`, `"exactness"`, "not known"},
		{"a hypothesis that nobody knows", `"static"`, `"statue"`, "not known"},
		{"a hypothesis twice", `"static"`, `"replay"`, "twice"},
		{"a member that nobody knows", `"live"`, `"alive"`, "alive"},
		{"no JSON", "{", "(", "read the flash table"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readTable([]byte(strings.Replace(sound, tt.from, tt.to, 1)))
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("got %v, want none", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want an error about %s", err, tt.want)
			}
		})
	}
	if got := (&Liveness{}).Flash(good(), engine.Site{}, tier); got.Verdict != engine.Unclear || !slices.Contains(got.Reasons, ReasonUncalibrated) {
		t.Errorf("without a table: got %v %v, want unclear", got.Verdict, got.Reasons)
	}
}

func TestHint(t *testing.T) {
	tests := []struct {
		reasons []string
		want    string
	}{
		{nil, ""},
		{[]string{ReasonWrongCode}, ""},
		{[]string{ReasonFlat}, ""},
		{[]string{ReasonIdentity}, ""},
		{[]string{ReasonLowResponse}, HintCloser},
		{[]string{ReasonLowResponse, ReasonBright}, HintLessLight},
		{[]string{ReasonShape, ReasonMotion}, HintHoldStill},
		{[]string{ReasonTurned}, HintForward},
		{[]string{ReasonBitrate}, HintBitrate},
		{[]string{ReasonSeveral, ReasonTooFar}, HintOneFace},
	}
	for _, tt := range tests {
		if got := Hint(tt.reasons); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.reasons, got, tt.want)
		}
	}
}

// TestGoldenScenes judges the evidence that package capture/flash measures of
// its own test scenes and keeps.
func TestGoldenScenes(t *testing.T) {
	notLive := []engine.LivenessVerdict{engine.Spoof, engine.Unclear}
	tests := []struct {
		name string
		want []engine.LivenessVerdict
	}{
		{"live", []engine.LivenessVerdict{engine.Live}},
		{"live-dim", []engine.LivenessVerdict{engine.Live}},
		// Nothing stands behind these sheets and tints, as if they were cut out
		// along the face: that they are no head is seen from their shape alone.
		{"print", notLive},
		{"bent", notLive},
		{"bent-up", notLive},
		{"bent-askew", notLive},
		{"tint", []engine.LivenessVerdict{engine.Spoof}},
		{"face-tint", []engine.LivenessVerdict{engine.Spoof}},
		{"face-blend", notLive},
		{"still", []engine.LivenessVerdict{engine.Unclear}},
		{"replay", notLive},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("..", "..", "capture", "flash", "testdata", tt.name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			c := good()
			c.Flash = engine.FlashEvidence{}
			if err := json.Unmarshal(data, &c.Flash); err != nil {
				t.Fatal(err)
			}
			c.Flash.Quality.EyeDistance = 66 // the scenes are filmed small, to be fast
			got := Open().Flash(c, engine.Site{}, tier)
			if !slices.Contains(tt.want, got.Verdict) {
				t.Errorf("got %v (%.1f, %v), want %v", got.Verdict, got.LogOdds, got.Reasons, tt.want)
			}
		})
	}
}
