package engine

import (
	"bytes"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"
)

func unit(v ...float32) Template { return Template{Model: Digest{1}, Vector: v} }

func TestCosine(t *testing.T) {
	other := Template{Model: Digest{2}, Vector: []float32{1, 0}}
	nan := float32(math.NaN())
	tests := []struct {
		name string
		a, b Template
		want float64
	}{
		{"same", unit(1, 0), unit(1, 0), 1},
		{"opposite", unit(1, 0), unit(-1, 0), -1},
		{"right angle", unit(1, 0), unit(0, 1), 0},
		{"length does not count", unit(3, 0), unit(0.5, 0), 1},
		{"template of another model", unit(1, 0), other, -1},
		{"other size", unit(1, 0), unit(1, 0, 0), -1},
		{"empty", Template{}, Template{}, -1},
		{"without direction", unit(0, 0), unit(1, 0), -1},
		{"not a number", unit(nan, 0), unit(1, 0), -1},
	}
	for _, tt := range tests {
		if got := Cosine(tt.a, tt.b); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func FuzzCosine(f *testing.F) {
	f.Add(float32(1), float32(2), float32(-3), float32(0))
	f.Fuzz(func(t *testing.T, a, b, c, d float32) {
		x, y := unit(a, b), unit(c, d)
		got := Cosine(x, y)
		if math.IsNaN(got) || got < -1 || got > 1 {
			t.Fatalf("got %v, want a number in [-1, 1]", got)
		}
		if back := Cosine(y, x); back != got {
			t.Fatalf("got %v and %v, want the same both ways", got, back)
		}
	})
}

func TestMean(t *testing.T) {
	got := Mean(unit(1, 0), unit(0, 1))
	if c := Cosine(got, unit(1, 1)); math.Abs(c-1) > 1e-6 {
		t.Errorf("got cosine %v to the diagonal, want 1", c)
	}
	for name, list := range map[string][]Template{
		"none":          nil,
		"cancelling":    {unit(1, 0), unit(-1, 0)},
		"two models":    {unit(1, 0), {Model: Digest{2}, Vector: []float32{1, 0}}},
		"not a number":  {unit(float32(math.NaN()), 0)},
		"sizes differ":  {unit(1, 0), unit(1)},
		"no directions": {unit(0, 0)},
	} {
		if got := Mean(list...); !got.Empty() {
			t.Errorf("%s: got a template, want none", name)
		}
	}
}

func TestReferenceOfOneModel(t *testing.T) {
	r := Reference{Templates: []Template{unit(1, 0), {Model: Digest{2}, Vector: []float32{0, 1}}}}
	if got := r.Of(Digest{1}); Cosine(got, unit(1, 0)) < 0.999 {
		t.Error("got a mean mixed from two models")
	}
	if got := r.Of(Digest{3}); !got.Empty() {
		t.Error("got a template of a model that made none")
	}
}

func TestCalibration(t *testing.T) {
	c := Calibration{{0, 0}, {0.40, 0.45}, {0.48, 0.55}, {1, 1}}
	for cosine, want := range map[float64]float64{-1: 0, 0: 0, 0.2: 0.225, 0.40: 0.45, 0.44: 0.50, 0.48: 0.55, 1: 1, 1.5: 1} {
		if got := c.Score(cosine); math.Abs(got-want) > 1e-9 {
			t.Errorf("score of %v: got %v, want %v", cosine, got, want)
		}
	}
	for score, want := range map[float64]float64{-1: -1, 0: -1, 0.45: 0.40, 0.50: 0.44, 0.55: 0.48, 1: 1, 1.1: 2} {
		if got := c.Cosine(score); math.Abs(got-want) > 1e-9 {
			t.Errorf("cosine of the score %v: got %v, want %v", score, got, want)
		}
	}
	if got := c.Score(math.NaN()); got != 0 {
		t.Errorf("score of not-a-number: got %v, want 0", got)
	}
	if got := Calibration(nil).Score(1); got != 0 {
		t.Errorf("score without knots: got %v, want 0", got)
	}
}

// Personal and biometric values print as their name, whichever way they are
// printed.
func TestPersonalDataDoesNotPrint(t *testing.T) {
	const marker = "MARKER-7781"
	values := []any{
		CustomerID(marker), DeviceID(marker), Holder(marker), Case{Reference: CustomerID(marker)}, Declared{Number: marker, Name: marker},
		Template{Vector: []float32{0.7781}}, Face{Passive: 0.7781, Template: Template{Vector: []float32{0.7781}}},
	}
	for _, v := range values {
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		printed := fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v) + log.String()
		for _, secret := range []string{marker, "0.7781", fmt.Sprintf("%x", marker)} {
			if strings.Contains(printed, secret) {
				t.Errorf("%T prints its content: %s", v, printed)
			}
		}
	}
}

func TestNewIDSortsByTime(t *testing.T) {
	zero := bytes.NewReader(make([]byte, 20))
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	a, err := NewID[VerificationID]("ver", at, zero)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewID[VerificationID]("ver", at.Add(time.Millisecond), zero)
	if err != nil {
		t.Fatal(err)
	}
	if len(a) != len("ver_")+26 || a >= b {
		t.Errorf("got %q then %q, want 26 characters that sort by time", a, b)
	}
	if _, err := NewID[VerificationID]("ver", at, zero); err == nil {
		t.Error("got an id without randomness, want an error")
	}
}

func TestProcessIDsAreUUIDsThatSortByTime(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	a, err1 := NewProcessID(at, bytes.NewReader(bytes.Repeat([]byte{0xFF}, 10)))
	b, err2 := NewProcessID(at.Add(time.Millisecond), bytes.NewReader(make([]byte, 10)))
	if err1 != nil || err2 != nil || a >= b || !strings.HasSuffix(string(a), "-7fff-bfff-ffffffffffff") || len(a) != 36 {
		t.Errorf("got %s then %s (%v, %v), want UUIDs of version 7 that sort by time", a, b, err1, err2)
	}
	if _, err := NewProcessID(at, bytes.NewReader(nil)); err == nil {
		t.Error("got an id without randomness, want an error")
	}
}

func TestFindingsSpeakTogether(t *testing.T) {
	alive := &Finding{Capability: CapLiveness, Outcome: Outcome{Liveness: 2}}
	twice := &Finding{Capability: CapMultiAccounts, Outcome: Outcome{IDCloud: &Result{Reproved}}}
	all := Findings{alive, twice}
	if got := all.Outcome(); got.Liveness != 2 || got.IDCloud == nil || got.IDCloud.Result != Reproved || got.UnicoID != nil {
		t.Errorf("got %+v, want what both filled and nothing else", got)
	}
	if all.Of(CapMultiAccounts) != twice || all.Of("other") != nil {
		t.Error("a finding is not found by its capability's name")
	}
}

func TestRanks(t *testing.T) {
	for i, l := range RiskLevels() {
		if got := l.Rank(); got != i {
			t.Errorf("rank of %s: got %d, want %d", l, got, i)
		}
	}
	if RiskLevel("huge").Rank() != -1 || AssuranceTier("").Rank() != -1 {
		t.Error("an unknown word has a rank")
	}
}

func TestEveryIssueHasItsOwnSentence(t *testing.T) {
	seen := map[string]Issue{}
	for _, i := range []Issue{NoFace, SeveralFaces, TooSmall, TooDark, TooBright, Blurred, TurnedAway, Covered, AtTheBorder, "other"} {
		if was, twice := seen[i.Sentence()]; twice {
			t.Errorf("%s and %s say the same", was, i)
		}
		seen[i.Sentence()] = i
	}
}

func TestMade(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 123e6, time.UTC)
	id, err := NewID[AttemptID]("att", at.Add(999*time.Microsecond), bytes.NewReader(make([]byte, 10)))
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := Made(id); !ok || !got.Equal(at) {
		t.Errorf("got %v, %v, want %v", got, ok, at)
	}
	for _, bad := range []AttemptID{"", "att", "att_", "att_1", id[4:], id + "0", "att_IIIIIIIIIIIIIIIIIIIIIIIIII"} {
		if got, ok := Made(bad); ok {
			t.Errorf("%q: got %v, want no moment", bad, got)
		}
	}
}

// Each scope is listed once: the list is what the command line shows.
func TestScopesOnce(t *testing.T) {
	seen := map[Scope]bool{}
	for _, s := range Scopes() {
		if seen[s] {
			t.Errorf("got %s twice", s)
		}
		seen[s] = true
	}
}
