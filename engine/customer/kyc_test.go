package customer

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func days(n int) time.Time { return noon.AddDate(0, 0, n) }

func ok(m engine.Method, day int) check {
	return check{Method: m, Status: engine.Verified, Assurance: engine.AssuranceLow, At: days(day)}
}

func TestLevels(t *testing.T) {
	plain := ok(engine.FaceMatch, -1)
	flash := plain
	flash.Assurance = engine.AssuranceStandard
	no := func(c check, day int) check {
		c.Status, c.At = engine.Failed, days(day)
		return c
	}
	short := ok(engine.DocumentSeen, -1)
	short.Until = days(10)
	passport, register := ok(engine.DocumentSeen, -2), ok(engine.RegisterCheck, -3)
	for _, tt := range []struct {
		name     string
		checks   []check
		want     engine.KYCLevel
		verified time.Time
		expires  time.Time
	}{
		{"nothing", nil, engine.KYCNone, time.Time{}, time.Time{}},
		{"a face", []check{plain}, engine.KYCBasic, days(-1), days(364)},
		{"liveness alone", []check{ok(engine.FaceLiveness, -1)}, engine.KYCBasic, days(-1), days(364)},
		{"a failed face", []check{no(plain, -1)}, engine.KYCNone, time.Time{}, time.Time{}},
		{"a document without a face", []check{passport}, engine.KYCNone, time.Time{}, time.Time{}},
		{"a number of the right form", []check{plain, ok(engine.NumberFormat, -1)}, engine.KYCBasic, days(-1), days(364)},
		{"face and document", []check{plain, passport}, engine.KYCStandard, days(-1), days(363)},
		{"face and register", []check{plain, register}, engine.KYCStandard, days(-1), days(362)},
		{"the document ends sooner", []check{plain, short}, engine.KYCStandard, days(-1), days(10)},
		{"all, by a plain picture", []check{plain, passport, register}, engine.KYCStandard, days(-1), days(363)},
		{"all, by a flash capture", []check{flash, passport, register}, engine.KYCPremium, days(-1), days(362)},
		{"a stranger failed with the face", []check{flash, passport, register, no(flash, 0)}, engine.KYCPremium, days(-1), days(362)},
		{"the document failed later", []check{plain, passport, no(passport, -1)}, engine.KYCBasic, days(-1), days(364)},
		{"and was seen again", []check{plain, passport, no(passport, -1), ok(engine.DocumentSeen, 0)}, engine.KYCStandard, days(0), days(364)},
		{"another document method failed", []check{plain, passport, no(ok(engine.DocumentCapture, 0), -1)}, engine.KYCStandard, days(-1), days(363)},
		{"a face of a year ago", []check{ok(engine.FaceMatch, -365)}, engine.KYCNone, time.Time{}, time.Time{}},
		{"a face of the future", []check{ok(engine.FaceMatch, 1)}, engine.KYCNone, time.Time{}, time.Time{}},
	} {
		got := judge(tt.checks, noon)
		if got.Level != tt.want || !got.Verified.Equal(tt.verified) || !got.Expires.Equal(tt.expires) {
			t.Errorf("%s: got %s %s %s, want %s %s %s", tt.name, got.Level, got.Verified, got.Expires, tt.want, tt.verified, tt.expires)
		}
	}
}

// FuzzLevels holds the rule to its laws: another verified check never lowers a
// level, the order of the checks says nothing, and a level holds until it
// expires and not longer.
func FuzzLevels(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Add(uint64(7), uint64(9))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := rand.New(rand.NewPCG(a, b))
		checks := make([]check, r.IntN(12))
		for i := range checks {
			checks[i] = random(r)
		}
		before := judge(checks, noon)
		more := random(r)
		more.Status = engine.Verified
		if after := judge(append(checks[:len(checks):len(checks)], more), noon); after.Level.Rank() < before.Level.Rank() {
			t.Errorf("with %+v: got %s, want at least %s", more, after.Level, before.Level)
		}
		shuffled := append([]check(nil), checks...)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if got := judge(shuffled, noon); got.Level != before.Level || !got.Expires.Equal(before.Expires) {
			t.Errorf("in another order: got %+v, want %+v", got, before)
		}
		if before.Level == engine.KYCNone {
			return
		}
		var past []check // nothing that is yet to come
		for _, c := range checks {
			if !c.At.After(noon) {
				past = append(past, c)
			}
		}
		if got := judge(past, before.Expires.Add(-1)); got.Level != before.Level {
			t.Errorf("before it expires: got %s, want %s", got.Level, before.Level)
		}
		if got := judge(past, before.Expires); got.Level.Rank() >= before.Level.Rank() {
			t.Errorf("when it expires: got %s, want less than %s", got.Level, before.Level)
		}
	})
}

func random(r *rand.Rand) check {
	pick := func(n int) int { return r.IntN(n) }
	methods := []engine.Method{engine.FaceMatch, engine.FaceLiveness, engine.DocumentSeen, engine.DocumentCapture, engine.NumberFormat, engine.RegisterCheck}
	tiers := []engine.AssuranceTier{"", engine.AssuranceLow, engine.AssuranceStandard, engine.AssuranceHigh}
	c := check{
		Method: methods[pick(len(methods))], Status: []engine.VerificationStatus{engine.Verified, engine.Verified, engine.Failed}[pick(3)],
		Assurance: tiers[pick(len(tiers))], At: days(-pick(500) + 20),
	}
	if pick(3) == 0 {
		c.Until = c.At.AddDate(0, 0, 1+pick(100))
	}
	return c
}
