package antifraud

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
)

func decided(s seen, b book) finding {
	return decide(asked{Lane: "transaction", Channel: "transfer", Seen: s, Book: b})
}

func TestDefaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		seen  seen
		want  decision
		score int
		codes string
	}{
		{"nothing is known", seen{}, allow, 3, ""},
		{"an ordinary transfer", seen{amount: 5e6, customerCount1h: 1, customerCount24h: 2, beneficiaryCount24h: 1, beneficiaryPayers24h: 1}, allow, 5, ""},
		{"a VPN", seen{vpn: 1}, allow, 13, "DV-004"},
		{"a rooted device", seen{rooted: 1}, allow, 29, "DV-002"},
		{"an emulator", seen{emulator: 1}, flag, 45, "DV-003"},
		{"an emulator, rooted", seen{emulator: 1, rooted: 1}, review, 71, "DV-002 DV-003"},
		{"many in an hour, many on the device", seen{customerCount1h: 10, deviceCustomers24h: 4}, review, 84, "VL-001 VL-002"},
		{"five times the usual to a new beneficiary", seen{newBeneficiary: 1, amountRatio: 5}, flag, 37, "BN-001"},
		{"ten times the usual to a known one", seen{amountRatio: 10}, allow, 27, "AM-001"},
		{"suspended", seen{suspended: 1}, block, 100, "CU-001"},
	} {
		got := decided(tt.seen, defaults())
		var codes []string
		for _, r := range got.Applied {
			codes = append(codes, r.Code)
		}
		if got.Decision != tt.want || got.Score != tt.score || strings.Join(codes, " ") != tt.codes {
			t.Errorf("%s: got %s %d %v, want %s %d %s", tt.name, got.Decision, got.Score, codes, tt.want, tt.score, tt.codes)
		}
	}
}

func TestBars(t *testing.T) {
	b := bars{Flag: 30, Review: 60, Block: 101}
	for score, want := range map[int]decision{0: allow, 29: allow, 30: flag, 59: flag, 60: review, 100: review} {
		if got := b.of(score); got != want {
			t.Errorf("%d: got %s, want %s", score, got, want)
		}
	}
}

// A rule that bypasses the scores makes the decision at least its own; one that
// does not only adds its score. Lanes and channels narrow a rule.
func TestRules(t *testing.T) {
	one := rule{Code: "A", When: []condition{{amount, 100}}, Action: block, Score: 5}
	forced := one
	forced.Bypass = true
	off, other, elsewhere := forced, forced, forced
	off.Off, other.Lanes, elsewhere.Channels = true, []string{"onboarding"}, []string{"qris", "atm"}
	here := forced
	here.Lanes, here.Channels = []string{"transaction"}, []string{"atm", "transfer"}
	for _, tt := range []struct {
		name string
		rule rule
		seen seen
		want decision
	}{
		{"below the bar", forced, seen{amount: 99.9}, allow},
		{"at the bar", forced, seen{amount: 100}, block},
		{"only adds", one, seen{amount: 100}, allow},
		{"disabled", off, seen{amount: 100}, allow},
		{"another lane", other, seen{amount: 100}, allow},
		{"another channel", elsewhere, seen{amount: 100}, allow},
		{"this lane and channel", here, seen{amount: 100}, block},
		{"no number", forced, seen{amount: math.NaN()}, allow},
	} {
		if got := decided(tt.seen, book{Bars: defaults().Bars, Rules: []rule{tt.rule}}); got.Decision != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got.Decision, tt.want)
		}
	}
}

// Velocity and the model alone, at their worst, do not block: neither was
// measured against fraud that happened.
func TestAloneTheyDoNotBlock(t *testing.T) {
	worst := seen{}
	for _, s := range signals() {
		worst[s] = 1e12
	}
	none := book{Bars: defaults().Bars}
	if got := decided(worst, none); got.Sub.Velocity != 100 || got.Sub.ML < 95 || got.Decision != block && got.Decision != review {
		t.Errorf("got %+v, want both at their most", got)
	}
	for name, s := range map[string]scores{"velocity": {Velocity: 100}, "model": {ML: 100}} {
		if got := none.Bars.of(combine(s)); got.rank() > review.rank() || name == "model" && got != flag {
			t.Errorf("%s alone: got %s", name, got)
		}
	}
}

func TestStepUps(t *testing.T) {
	for d, want := range map[decision]engine.RiskLevel{allow: "", flag: engine.RiskMedium, review: engine.RiskHigh, block: ""} {
		if got := d.stepUp(); got != want {
			t.Errorf("%s: got %q, want %q", d, got, want)
		}
	}
}

// The words in the document are the vocabulary.
func TestVocabulary(t *testing.T) {
	f, _ := reflect.TypeFor[condition]().FieldByName("Signal")
	var want []string
	for _, s := range signals() {
		want = append(want, string(s))
	}
	if got := f.Tag.Get("enum"); got != strings.Join(want, ",") {
		t.Errorf("got %s, want %s", got, strings.Join(want, ","))
	}
	for _, term := range terms() {
		if term.weight <= 0 || term.most <= 0 {
			t.Errorf("%s: got the weight %v, want one above 0", term.of, term.weight)
		}
	}
}

// FuzzMoreRiskIsNotMilder holds the decision to its law: a signal that grows, a
// rule that is added, a bar that is lowered never makes it milder, nor the score
// less; and scores stay within 0..100.
func FuzzMoreRiskIsNotMilder(f *testing.F) {
	f.Add(uint64(1), uint64(2), 3.0)
	f.Add(uint64(5), uint64(8), 0.001)
	f.Add(uint64(9), uint64(4), math.Inf(1))
	f.Fuzz(func(t *testing.T, x, y uint64, more float64) {
		r := rand.New(rand.NewPCG(x, y))
		s, b := someSignals(r), someBook(r)
		before := decided(s, b)
		for _, n := range []int{before.Score, before.Sub.Rules, before.Sub.Velocity, before.Sub.ML} {
			if n < 0 || n > 100 {
				t.Fatalf("got %+v, want scores within 0..100", before)
			}
		}
		if !(more > 0) || math.IsInf(more, 0) {
			more = 1
		}
		grown := seen{}
		for k, v := range s {
			grown[k] = v
		}
		name := signals()[r.IntN(len(signals()))]
		grown[name] += more
		if after := decided(grown, b); after.Decision.rank() < before.Decision.rank() || after.Score < before.Score {
			t.Errorf("%s grew from %v to %v: got %s %d, before %s %d", name, s[name], grown[name], after.Decision, after.Score, before.Decision, before.Score)
		}
		added := b
		added.Rules = append(b.Rules[:len(b.Rules):len(b.Rules)], someRule(r))
		if after := decided(s, added); after.Decision.rank() < before.Decision.rank() || after.Score < before.Score {
			t.Errorf("a rule was added: got %s %d, before %s %d", after.Decision, after.Score, before.Decision, before.Score)
		}
		lower := b
		lower.Bars = bars{Flag: b.Bars.Flag / 2, Review: b.Bars.Review / 2, Block: b.Bars.Block / 2}
		if after := decided(s, lower); after.Decision.rank() < before.Decision.rank() {
			t.Errorf("the bars were lowered: got %s, before %s", after.Decision, before.Decision)
		}
	})
}

func someSignals(r *rand.Rand) seen {
	s := seen{}
	for _, name := range signals() {
		if r.IntN(2) == 0 {
			s[name] = math.Exp2(r.Float64()*30 - 2)
		}
	}
	return s
}

func someRule(r *rand.Rand) rule {
	one := rule{
		Code: "R", Action: []decision{flag, review, block}[r.IntN(3)], Score: r.IntN(101), Bypass: r.IntN(4) == 0, Off: r.IntN(6) == 0,
	}
	for range 1 + r.IntN(3) {
		one.When = append(one.When, condition{signals()[r.IntN(len(signals()))], math.Exp2(r.Float64() * 20)})
	}
	return one
}

func someBook(r *rand.Rand) book {
	b := book{Bars: bars{Flag: 1 + r.IntN(50)}}
	b.Bars.Review = b.Bars.Flag + r.IntN(30)
	b.Bars.Block = min(101, b.Bars.Review+r.IntN(30))
	for range r.IntN(6) {
		b.Rules = append(b.Rules, someRule(r))
	}
	return b
}
