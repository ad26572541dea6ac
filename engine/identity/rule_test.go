package identity

import (
	"slices"
	"testing"

	"github.com/rostod/rostod/engine"
)

// high and low are the bars of the default policy.
var bar055 = bars{Same: 0.55, Other: 0.40}

func at[T any](v T) *T { return &v }

func TestDecide(t *testing.T) {
	for _, test := range []struct {
		what   string
		known  evidence
		want   string
		reason string
	}{
		{"nothing is known", evidence{Number: true}, engine.Inconclusive, reasonUnbound},
		{"no number", evidence{Bound: at(0.9)}, engine.Inconclusive, reasonNoNumber},
		{"the face of the number", evidence{Number: true, Bound: at(0.9)}, engine.Yes, reasonMated},
		{"exactly at the threshold", evidence{Number: true, Bound: at(0.55)}, engine.Yes, reasonMated},
		{"just below it", evidence{Number: true, Bound: at(0.5499)}, engine.Inconclusive, ""},
		{"just not another", evidence{Number: true, Bound: at(0.40)}, engine.Inconclusive, ""},
		{"another face", evidence{Number: true, Bound: at(0.3999)}, engine.No, reasonNotBound},
		{"a binding of another model", evidence{Number: true, Unlike: true}, engine.Inconclusive, reasonUnlike},
		{"a poor picture of the right face", evidence{Number: true, Bound: at(0.9), Issues: []engine.Issue{engine.Blurred}}, engine.Inconclusive, "blurred"},
		{"a poor picture of another face", evidence{Number: true, Bound: at(0.1), Issues: []engine.Issue{engine.TooDark}}, engine.Inconclusive, "too_dark"},
		{"a photograph of the right face", evidence{Number: true, Bound: at(0.9), NotLive: true}, engine.Inconclusive, reasonNotLive},
		{"a photograph of another face", evidence{Number: true, Bound: at(0.1), NotLive: true}, engine.No, reasonNotBound},
		{"a portrait that is vouched for", evidence{Number: true, Portraits: []portrait{{0.6, true}}}, engine.Yes, reasonPortrait},
		{"a portrait that nobody vouches for", evidence{Number: true, Portraits: []portrait{{0.6, false}}}, engine.Inconclusive, reasonUnbound},
		{"the portrait of somebody else", evidence{Number: true, Portraits: []portrait{{0.2, true}}}, engine.Inconclusive, reasonNoDoc},
		{"a binding, and the portrait of somebody else", evidence{Number: true, Bound: at(0.9), Portraits: []portrait{{0.2, true}}}, engine.Inconclusive, reasonDisagree},
		{"Serpro says very high", evidence{Number: true, Register: at(93)}, engine.Yes, reasonRegister},
		{"Serpro says high", evidence{Number: true, Register: at(92)}, engine.Inconclusive, reasonUnbound},
		{"Serpro says high, and the face is bound", evidence{Number: true, Bound: at(0.9), Register: at(85)}, engine.Yes, reasonMated},
		{"Serpro says low", evidence{Number: true, Register: at(84)}, engine.Inconclusive, reasonUnsure},
		{"Serpro says low, and the face is bound", evidence{Number: true, Bound: at(0.9), Register: at(32)}, engine.Inconclusive, reasonDisagree},
		{"Serpro says very low", evidence{Number: true, Register: at(31)}, engine.No, reasonNotReg},
		{"Serpro says very low of the face that is bound", evidence{Number: true, Bound: at(0.9), Register: at(31)}, engine.Inconclusive, reasonDisagree},
		{"Serpro says very high of a face that is not the bound one", evidence{Number: true, Bound: at(0.1), Register: at(98)}, engine.Inconclusive, reasonDisagree},
		{"bound to another number too", evidence{Number: true, Bound: at(0.9), Elsewhere: at(0.55)}, engine.Inconclusive, reasonElsewhere},
		{"bound to another number only", evidence{Number: true, Elsewhere: at(0.7)}, engine.Inconclusive, reasonElsewhere},
		{"hardly like one of another number", evidence{Number: true, Bound: at(0.9), Elsewhere: at(0.54)}, engine.Yes, reasonMated},
		{"not the face of the account", evidence{Number: true, Account: at(0.1)}, engine.Inconclusive, reasonAccount},
	} {
		got, reasons, _ := decide(test.known, bar055)
		if got != test.want || test.reason != "" && !slices.Contains(reasons, test.reason) {
			t.Errorf("%s: got %s %v, want %s %s", test.what, got, reasons, test.want, test.reason)
		}
	}
}

func TestBinds(t *testing.T) {
	for _, test := range []struct {
		what  string
		known evidence
		alive engine.LivenessVerdict
		want  bool
	}{
		{"the first of a number, alive", evidence{Number: true}, engine.Live, true},
		{"nobody asked whether it is alive", evidence{Number: true}, "", false},
		{"unclear", evidence{Number: true, NotLive: true}, engine.Unclear, false},
		{"a spoof", evidence{Number: true, NotLive: true}, engine.Spoof, false},
		{"no number", evidence{}, engine.Live, false},
		{"a poor picture", evidence{Number: true, Issues: []engine.Issue{engine.TooDark}}, engine.Live, false},
		{"bound already", evidence{Number: true, Bound: at(0.9)}, engine.Live, false},
		{"bound by another model", evidence{Number: true, Unlike: true}, engine.Live, false},
		{"bound to another number", evidence{Number: true, Elsewhere: at(0.9)}, engine.Live, false},
		{"not the account's face", evidence{Number: true, Account: at(0.1)}, engine.Live, false},
		{"the account's face", evidence{Number: true, Account: at(0.8)}, engine.Live, true},
		{"the register knows it", evidence{Number: true, Register: at(97)}, engine.Live, true},
		{"the register knows it hardly", evidence{Number: true, Register: at(50)}, engine.Live, false},
		{"the document is another's", evidence{Number: true, Portraits: []portrait{{0.1, true}}}, engine.Live, false},
	} {
		_, _, h := decide(test.known, bar055)
		if got := binds(test.known, h, test.alive); got != test.want {
			t.Errorf("%s: got %v, want %v", test.what, got, test.want)
		}
	}
}

// rank orders the results.
func rank(result string) int {
	return slices.Index([]string{engine.No, engine.Inconclusive, engine.Yes}, result)
}

// made is the evidence that some bytes make, and whether it has a mated
// comparison.
func made(b []byte) evidence {
	e := evidence{Number: true}
	some := func(i int) *float64 {
		if i >= len(b) || b[i] == 0 {
			return nil
		}
		return at(float64(b[i]) / 255)
	}
	e.Bound, e.Account, e.Elsewhere = some(0), some(1), some(2)
	if p := some(3); p != nil {
		e.Portraits = append(e.Portraits, portrait{*p, b[3]%2 == 0})
	}
	if r := some(4); r != nil {
		e.Register = at(int(*r * 100))
	}
	e.NotLive = len(b) > 5 && b[5]%2 == 1
	return e
}

// Yes needs a mated comparison; whatever is added against, or in doubt, never
// raises a result; and what is more like, where likeness speaks for it, never
// lowers it.
func FuzzDecide(f *testing.F) {
	f.Add([]byte{200, 0, 0, 0, 0, 0}, byte(10))
	f.Add([]byte{140, 0, 0, 150, 240, 0}, byte(200))
	f.Add([]byte{20, 0, 0, 0, 240, 1}, byte(90))
	f.Fuzz(func(t *testing.T, b []byte, more byte) {
		e := made(b)
		got, _, _ := decide(e, bar055)
		mated := e.Bound != nil && *e.Bound >= bar055.Same || e.Register != nil && *e.Register >= registerSame ||
			slices.ContainsFunc(e.Portraits, func(p portrait) bool { return p.Vouched && p.Score >= bar055.Same })
		if got == engine.Yes && !mated {
			t.Errorf("%+v: got yes without a mated comparison", e)
		}
		for what, worse := range map[string]func(*evidence){
			"not live":           func(e *evidence) { e.NotLive = true },
			"bound elsewhere":    func(e *evidence) { e.Elsewhere = at(1.0) },
			"another portrait":   func(e *evidence) { e.Portraits = append(slices.Clone(e.Portraits), portrait{0.1, true}) },
			"another account":    func(e *evidence) { e.Account = at(0.1) },
			"less like the one":  func(e *evidence) { lower(e.Bound, &e.Bound, more) },
			"less like the face": func(e *evidence) { register(e, more) },
		} {
			after := e
			worse(&after)
			if then, _, _ := decide(after, bar055); rank(then) > rank(got) {
				t.Errorf("%s: %+v was %s and became %s", what, e, got, then)
			}
		}
	})
}

func lower(from *float64, to **float64, by byte) {
	if from != nil {
		*to = at(max(*from-float64(by)/255, 0))
	}
}

func register(e *evidence, by byte) {
	if e.Register != nil {
		e.Register = at(max(*e.Register-int(by)/2, 0))
	}
}
