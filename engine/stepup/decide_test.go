package stepup

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
)

var (
	modelA = engine.Digest{1}
	modelB = engine.Digest{2}
	noon   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	linear = engine.Calibration{{Cosine: 0, Score: 0}, {Cosine: 1, Score: 1}}
)

// at is a template whose cosine to the enrolled one, {1, 0}, is c.
func at(model engine.Digest, c float64) engine.Template {
	return engine.Template{Model: model, Vector: []float32{float32(c), float32(math.Sqrt(1 - c*c))}}
}

func ask(c float64, change func(*asked)) asked {
	a := asked{
		Tier:      engine.Tier{Level: engine.RiskHigh, Threshold: 0.55, GreyZone: 0.05, Assurance: engine.AssuranceLow},
		Face:      engine.Face{Faces: 1, Template: at(modelA, c)},
		Liveness:  engine.LivenessFinding{Verdict: engine.Live, Assurance: engine.AssuranceLow, Score: 0.9},
		Reference: engine.Reference{Templates: []engine.Template{at(modelA, 1)}, Newest: noon.Add(-time.Hour)},
		Knots:     linear,
		Now:       noon,
	}
	if change != nil {
		change(&a)
	}
	return a
}

func TestDecide(t *testing.T) {
	spoof := func(a *asked) { a.Liveness.Verdict = engine.Spoof }
	tests := []struct {
		name   string
		asked  asked
		allow  bool
		status engine.VerificationStatus
		match  engine.MatchVerdict // "" when not compared
		fails  bool
	}{
		{"same face", ask(1, nil), true, engine.Verified, engine.Match, false},
		{"just above the threshold", ask(0.5501, nil), true, engine.Verified, engine.Match, false},
		{"in the grey zone", ask(0.52, nil), false, engine.Pending, engine.GreyZone, false},
		{"no grey zone set", ask(0.52, func(a *asked) { a.Tier.GreyZone = 0 }), false, engine.Failed, engine.NoMatch, true},
		{"below the grey zone", ask(0.49, nil), false, engine.Failed, engine.NoMatch, true},
		{"another face", ask(-0.2, nil), false, engine.Failed, engine.NoMatch, true},
		{"template of another model", ask(1, func(a *asked) { a.Face.Template.Model = modelB }), false, engine.Failed, engine.NoMatch, true},
		{"no reference at all", ask(1, func(a *asked) { a.Reference = engine.Reference{} }), false, engine.Failed, engine.NoMatch, true},
		{"no calibration", ask(1, func(a *asked) { a.Knots = nil }), false, engine.Failed, engine.NoMatch, true},
		{"attack with the right face", ask(1, spoof), false, engine.Failed, engine.Match, true},
		{"attack in the grey zone is not for review", ask(0.52, spoof), false, engine.Failed, engine.GreyZone, true},
		{"unclear is not compared", ask(1, func(a *asked) { a.Liveness.Verdict = engine.Unclear }), false, engine.Failed, "", false},
		{"assurance too low", ask(1, func(a *asked) { a.Tier.Assurance = engine.AssuranceHigh }), false, engine.Failed, engine.Match, false},
		{"reference too old", ask(1, func(a *asked) { a.Tier.ReferenceMaxAge = 59 * time.Minute }), false, engine.Failed, engine.Match, false},
		{"reference just young enough", ask(1, func(a *asked) { a.Tier.ReferenceMaxAge = time.Hour }), true, engine.Verified, engine.Match, false},
		{"reference from the future", ask(1, func(a *asked) {
			a.Tier.ReferenceMaxAge, a.Reference.Newest = time.Hour, noon.Add(time.Minute)
		}), false, engine.Failed, engine.Match, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := decide(tt.asked)
			if got.Allow != tt.allow || got.Status != tt.status || got.Failure != tt.fails {
				t.Errorf("got allow %v, status %v, failure %v; want %v, %v, %v",
					got.Allow, got.Status, got.Failure, tt.allow, tt.status, tt.fails)
			}
			var match engine.MatchVerdict
			if got.Match != nil {
				match = got.Match.Verdict
			}
			if match != tt.match {
				t.Errorf("got match %q, want %q", match, tt.match)
			}
			if got.Allow == (len(got.Reasons) > 0) {
				t.Errorf("got allow %v with reasons %v", got.Allow, got.Reasons)
			}
		})
	}
}

// A comparison goes against the mean of all templates of the probe's model.
func TestCompareUsesTheMean(t *testing.T) {
	a := ask(1, func(a *asked) {
		a.Reference.Templates = []engine.Template{at(modelA, 1), at(modelA, 0), at(modelB, 1)}
	})
	if got, want := compare(a).Similarity, math.Sqrt(0.5); math.Abs(got-want) > 1e-6 {
		t.Errorf("got similarity %v, want %v", got, want)
	}
}

// Laws: never allowed when not live, monotone in the cosine and the threshold,
// and never a number that is none.
func FuzzDecide(f *testing.F) {
	f.Add(0.7, 0.55, 0.05, uint8(0))
	f.Add(-1.0, 0.0, 0.0, uint8(2))
	f.Fuzz(func(t *testing.T, cosine, threshold, grey float64, verdict uint8) {
		if !(cosine >= -1 && cosine <= 1) || !(threshold > 0 && threshold <= 1) || !(grey >= 0 && grey <= 1) {
			t.Skip("outside the domain")
		}
		verdicts := []engine.LivenessVerdict{engine.Live, engine.Spoof, engine.Unclear}
		ask := func(c, th float64) finding {
			return decide(ask(c, func(a *asked) {
				a.Tier.Threshold, a.Tier.GreyZone = th, grey
				a.Liveness.Verdict = verdicts[int(verdict)%3]
			}))
		}
		got := ask(cosine, threshold)
		if got.Allow && verdicts[int(verdict)%3] != engine.Live {
			t.Fatal("allowed without life")
		}
		if got.Match != nil && math.IsNaN(got.Match.Similarity) {
			t.Fatal("the similarity is not a number")
		}
		if !got.Allow && ask((cosine-1)/2, threshold).Allow {
			t.Fatal("a worse match was allowed")
		}
		if !got.Allow && ask(cosine, (threshold+1)/2).Allow {
			t.Fatal("a higher threshold allowed more")
		}
	})
}

func TestLockout(t *testing.T) {
	policy := engine.Lockout{After: 2, First: 15 * time.Minute, Factor: 2, Longest: time.Hour}
	var got []time.Duration
	now, tl := noon, tally{}
	for range 6 {
		tl = tl.failed(policy, now)
		got = append(got, tl.locked(now))
		now = now.Add(tl.locked(now))
		if left := tl.locked(now); left != 0 {
			t.Fatalf("still locked for %v when the lock has ended", left)
		}
	}
	want := []time.Duration{0, 15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour, time.Hour}
	if !slices.Equal(got, want) {
		t.Errorf("got locks %v, want %v", got, want)
	}
	if left := (tally{Failures: 50}).failed(engine.Lockout{}, noon).locked(noon); left != 0 {
		t.Errorf("locked for %v with the lockout switched off", left)
	}
	if d := lockTime(policy, 10_000); d != policy.Longest {
		t.Errorf("the 10,000th lock holds %v, want %v", d, policy.Longest)
	}
}

func TestStale(t *testing.T) {
	made := engine.Verification{
		Customer: "c1", Status: engine.Verified, RiskLevel: engine.RiskMedium,
		Created: noon, FreshUntil: noon.Add(time.Hour),
	}
	tier := engine.Tier{VerificationMaxAge: time.Hour}
	failed := made
	failed.Status = engine.Failed
	tests := []struct {
		name  string
		v     engine.Verification
		w     wanted
		after time.Duration
		tier  engine.Tier
		want  string
	}{
		{"at once", made, wanted{}, 0, tier, ""},
		{"just inside", made, wanted{}, time.Hour - time.Millisecond, tier, ""},
		{"exactly at its end", made, wanted{}, time.Hour, tier, staleExpired},
		{"same level", made, wanted{RiskLevel: engine.RiskMedium}, time.Minute, tier, ""},
		{"lower level", made, wanted{RiskLevel: engine.RiskLow}, time.Minute, tier, ""},
		{"higher level", made, wanted{RiskLevel: engine.RiskHigh}, time.Minute, tier, staleRiskLevel},
		{"younger asked for", made, wanted{MaxAge: time.Minute}, 2 * time.Minute, tier, staleTooOld},
		{"older asked for does not stretch it", made, wanted{MaxAge: 5 * time.Hour}, 2 * time.Hour, tier, staleExpired},
		{"tier tightened since", made, wanted{}, 11 * time.Minute, engine.Tier{VerificationMaxAge: 10 * time.Minute}, staleExpired},
		{"reuse switched off since", made, wanted{}, 0, engine.Tier{}, staleExpired},
		{"other customer", made, wanted{Customer: "c2"}, 0, tier, staleCustomer},
		{"same customer", made, wanted{Customer: "c1"}, 0, tier, ""},
		{"failed", failed, wanted{}, 0, tier, staleNotVerified},
		{"clock set back", made, wanted{}, -time.Minute, tier, staleClock},
	}
	for _, tt := range tests {
		if got := stale(tt.v, tt.w, tt.tier, noon.Add(tt.after)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
