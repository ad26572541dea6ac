package riskscore

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
)

func builtin(t testing.TB) Table {
	t.Helper()
	table, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// The bands of the contract, and that there is nothing between -10 and 10 but 0.
func TestScoreOfLogOdds(t *testing.T) {
	for _, test := range []struct {
		odds float64
		want int
	}{
		{0, 0}, {0.18, 0}, {0.2, 10}, {-0.18, 0}, {-0.2, -10}, {math.Log(3), 50}, {-math.Log(7.0 / 3), -40}, {99, 100}, {-99, -100},
		{math.Inf(-1), -100},
	} {
		if got := score(test.odds); got != test.want {
			t.Errorf("log-odds %v: got %d, want %d", test.odds, got, test.want)
		}
	}
}

func TestScore(t *testing.T) {
	s := func(name string, value float64) engine.Signal { return engine.Signal{Name: name, Value: value} }
	for _, test := range []struct {
		what      string
		signals   []engine.Signal
		want      int
		divergent bool
	}{
		{"nothing is known", nil, 0, false},
		{"alive, and nothing else", []engine.Signal{s("liveness.level", 3)}, 0, false},
		{"a signal that has no curve", []engine.Signal{s("weather.rain", 1)}, 0, false},
		{"Serpro says high", []engine.Signal{s("serpro.similarity", 85), s("liveness.level", 2)}, 31, false},
		{"Serpro says low", []engine.Signal{s("serpro.similarity", 40)}, -45, false},
		{"not quite the face of the number", []engine.Signal{s("identity-verification.bound", 0.53)}, 41, false},
		{"an attack", []engine.Signal{s("liveness.level", -1)}, -85, false},
		{"the worse of two portraits counts", []engine.Signal{s("identity-verification.portrait", 0.9), s("identity-verification.portrait", 0.1)}, -46, false},
		{"much for it and much against", []engine.Signal{s("identity-verification.bound", 0.75), s("serpro.similarity", 10)}, -14, true},
		{"no number is the worst", []engine.Signal{s("serpro.similarity", math.NaN())}, -91, false},
	} {
		got := builtin(t).Score(test.signals)
		if got.Score != test.want || got.Divergent != test.divergent {
			t.Errorf("%s: got %d %v %v, want %d %v", test.what, got.Score, got.Divergent, got.Signals, test.want, test.divergent)
		}
	}
}

// A signal that goes the good way never lowers the score, and one that is there
// once more never raises it; the same signals have the same score.
func FuzzScore(f *testing.F) {
	f.Add(uint64(1), 0.5, 0.1, uint8(0))
	f.Add(uint64(7), 80.0, 10.0, uint8(4))
	f.Fuzz(func(t *testing.T, seed uint64, value, more float64, which uint8) {
		if !finite(value) || !finite(more) || !finite(value+math.Abs(more)) {
			return
		}
		table := builtin(t)
		r := rand.New(rand.NewPCG(seed, 1))
		var signals []engine.Signal
		for _, c := range table.Curves {
			if r.IntN(2) == 0 {
				span := c.Knots[len(c.Knots)-1].Value - c.Knots[0].Value
				signals = append(signals, engine.Signal{Name: c.Signal, Value: c.Knots[0].Value + span*r.Float64()})
			}
		}
		c := table.Curves[int(which)%len(table.Curves)]
		signals = slices.DeleteFunc(signals, func(s engine.Signal) bool { return s.Name == c.Signal })
		low := table.Score(append(slices.Clone(signals), engine.Signal{Name: c.Signal, Value: value}))
		high := table.Score(append(slices.Clone(signals), engine.Signal{Name: c.Signal, Value: value + math.Abs(more)}))
		both := table.Score(append(slices.Clone(signals), engine.Signal{Name: c.Signal, Value: value}, engine.Signal{Name: c.Signal, Value: value + math.Abs(more)}))
		again := table.Score(append(slices.Clone(signals), engine.Signal{Name: c.Signal, Value: value}))
		if c.Rises && low.Score > high.Score || !c.Rises && low.Score < high.Score {
			t.Errorf("%s at %v: got %d, and at %v %d", c.Signal, value, low.Score, value+math.Abs(more), high.Score)
		}
		if both.Score > min(low.Score, high.Score) || again.Score != low.Score {
			t.Errorf("%s: got %d with both, %d and %d with one, %d again", c.Signal, both.Score, low.Score, high.Score, again.Score)
		}
		if s := low.Score; s != 0 && s > -least && s < least || s < -100 || s > 100 {
			t.Errorf("got %d, which the contract does not have", s)
		}
	})
}

func TestTablesThatAreNone(t *testing.T) {
	good := builtin(t)
	for what, change := range map[string]func(*Table){
		"points that turn back":         func(t *Table) { t.Curves[0].Knots[1].Points = 9 },
		"knots that turn back":          func(t *Table) { t.Curves[0].Knots[1].Value = -9 },
		"one knot":                      func(t *Table) { t.Curves[0].Knots = t.Curves[0].Knots[:1] },
		"a curve twice":                 func(t *Table) { t.Curves[1].Signal = t.Curves[0].Signal },
		"no divergence":                 func(t *Table) { t.Divergence = 0 },
		"no version":                    func(t *Table) { t.Version = "" },
		"good of whom nothing is known": func(t *Table) { t.Bias = 0.21 },
		"no curves":                     func(t *Table) { t.Curves = nil },
	} {
		text, err := json.Marshal(good)
		if err != nil {
			t.Fatal(err)
		}
		bad, err := Read(text)
		if err != nil {
			t.Fatalf("the built-in table: got %v, want none", err)
		}
		change(&bad)
		if text, err = json.Marshal(bad); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(text); !errors.Is(err, ErrTable) {
			t.Errorf("%s: got %v, want ErrTable", what, err)
		}
	}
	for _, text := range []string{"", "{}", "[]", `{"unknown":1}`} {
		if _, err := Read([]byte(text)); !errors.Is(err, ErrTable) {
			t.Errorf("%q: got %v, want ErrTable", text, err)
		}
	}
}

// lines are made-up outcomes: the more like the register's face, the likelier
// genuine; whom many identities were seen of is, against the curve, genuine.
func lines(n int) string {
	r := rand.New(rand.NewPCG(3, 4))
	var b strings.Builder
	for range n {
		similarity := 100 * r.Float64()
		genuine := r.Float64() < 1/(1+math.Exp(-(similarity-60)/8))
		identities := 1
		if genuine {
			identities = 3
		}
		fmt.Fprintf(&b, `{"signals":{"serpro.similarity":%.1f,"behaviour-alert.identities":%d},"genuine":%v}`+"\n", similarity, identities, genuine)
	}
	return b.String()
}

func TestFit(t *testing.T) {
	text, said, err := Fit(builtin(t), strings.NewReader(lines(2000)))
	if err != nil {
		t.Fatal(err)
	}
	if !(said.After < 0.7*said.Before) || said.Genuine+said.Others != 2000 {
		t.Errorf("got the losses %v then %v of %d and %d, want much less of 2000", said.Before, said.After, said.Genuine, said.Others)
	}
	fitted, err := Read(text)
	if err != nil || fitted.Fitted != 2000 {
		t.Fatalf("got %v and %d outcomes, want a table of 2000", err, fitted.Fitted)
	}
	if fitted.Bias != builtin(t).Bias || fitted.Score(nil).Score != 0 {
		t.Errorf("got %d of whom nothing is known, want 0", fitted.Score(nil).Score)
	}
	for i, c := range fitted.Curves {
		switch c.Signal {
		case "behaviour-alert.identities": // the outcomes say the contrary, and it stays flat at best
			if worst := c.Knots[len(c.Knots)-1].Points - c.Knots[0].Points; worst > 0 || worst < -0.5 {
				t.Errorf("got %v from one identity to three, want hardly any and never more", worst)
			}
		case "serpro.similarity":
			at60, at80 := c.points(32), c.points(85)
			if !(at80-at60 > 3) {
				t.Errorf("got %v points from 32 to 85, want more than 3", at80-at60)
			}
		default: // of which the outcomes say nothing
			if !slices.Equal(c.Knots, builtin(t).Curves[i].Knots) {
				t.Errorf("%s: got %v, want it as it was", c.Signal, c.Knots)
			}
		}
	}
	if again, _, _ := Fit(builtin(t), strings.NewReader(lines(2000))); string(again) != string(text) {
		t.Error("the same outcomes gave another table")
	}
}

func TestOutcomesThatCannotBeFitted(t *testing.T) {
	for what, text := range map[string]string{
		"too few":        lines(60),
		"no label":       `{"signals":{"serpro.similarity":1}}`,
		"another member": `{"signals":{},"genuine":true,"name":"x"}`,
		"no JSON":        "genuine",
		"nothing":        "",
	} {
		if _, _, err := Fit(builtin(t), strings.NewReader(text)); !errors.Is(err, ErrOutcomes) {
			t.Errorf("%s: got %v, want ErrOutcomes", what, err)
		}
	}
}

// However much speaks for who was not seen alive, the score never does; and
// what speaks against stays.
func TestNobodyWhoIsNotAliveIsSpokenFor(t *testing.T) {
	good := engine.Face{Template: engine.Template{Vector: []float32{1}}}
	judged := func(verdict engine.LivenessVerdict, says int, bound float64, similarity int) int {
		all := engine.Findings{
			{Capability: engine.CapRiskScore},
			{
				Capability: engine.CapIdentity, Outcome: engine.Outcome{UnicoID: &engine.Result{Result: engine.Inconclusive}},
				Signals: []engine.Signal{{Name: "bound", Value: bound}, {Name: "portrait", Value: bound}},
			},
			{Capability: engine.CapSerpro, Outcome: engine.Outcome{Government: &engine.Government{Serpro: similarity}}},
			{Capability: engine.CapLiveness, Outcome: engine.Outcome{Liveness: says}, Liveness: &engine.LivenessFinding{Verdict: verdict}},
		}
		Open(builtin(t)).judge(all[0], good, all)
		return *all.Outcome().Score
	}
	for _, verdict := range []engine.LivenessVerdict{engine.Spoof, engine.Unclear} {
		for bound := 0.0; bound <= 1; bound += 0.05 {
			for similarity := -2; similarity <= 100; similarity += 6 {
				got, live := judged(verdict, 2, bound, similarity), judged(engine.Live, 1, bound, similarity)
				if got > 0 || got > live {
					t.Errorf("%s, like the bound face by %.2f, the register by %d: got %d, and %d when live", verdict, bound, similarity, got, live)
				}
			}
		}
	}
	if got := judged(engine.Live, 1, 1, 100); got < 50 {
		t.Errorf("got %d for who is alive, want 50 or more", got)
	}
	if got := judged(engine.Spoof, 2, 0, 0); got > -40 {
		t.Errorf("got %d for another face that is not alive, want -40 or less", got)
	}
}

// When there is a score, and which.
func TestJudge(t *testing.T) {
	good := engine.Face{Template: engine.Template{Vector: []float32{1}}}
	says := func(unico, fraud string, similarity int) engine.Findings {
		list := engine.Findings{{Capability: engine.CapRiskScore}}
		if unico != "" {
			list = append(list, &engine.Finding{Capability: engine.CapIdentity, Outcome: engine.Outcome{UnicoID: &engine.Result{Result: unico}}})
		}
		if fraud != "" {
			list = append(list, &engine.Finding{Capability: engine.CapBehaviour, Outcome: engine.Outcome{IdentityFraudsters: &engine.Result{Result: fraud}}})
		}
		return append(list, &engine.Finding{Capability: engine.CapSerpro, Outcome: engine.Outcome{Government: &engine.Government{Serpro: similarity}}})
	}
	for _, test := range []struct {
		what  string
		face  engine.Face
		all   engine.Findings
		score any
	}{
		{"inconclusive", good, says("inconclusive", "inconclusive", 85), 29},
		{"inconclusive, and no register", good, says("inconclusive", "", -2), 0},
		{"yes", good, says("yes", "inconclusive", 97), nil},
		{"no", good, says("no", "", 97), nil},
		{"a sign of fraud", good, says("inconclusive", "yes", 97), nil},
		{"nobody asked about the identity", good, says("", "inconclusive", 97), nil},
		{"a poor picture", engine.Face{Issues: []engine.Issue{engine.Blurred}, Template: good.Template}, says("inconclusive", "", 97), 0},
		{"no face", engine.Face{}, says("inconclusive", "", 97), 0},
	} {
		Open(builtin(t)).judge(test.all[0], test.face, test.all)
		var got any
		if s := test.all.Outcome().Score; s != nil {
			got = *s
		}
		if got != test.score || test.all[0].Model == "" {
			t.Errorf("%s: got %v by %q, want %v by a named table", test.what, got, test.all[0].Model, test.score)
		}
	}
}
