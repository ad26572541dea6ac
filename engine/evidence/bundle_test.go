package evidence_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const stepUpPath = "/api/identity/auth/step-up"

// bank is an org with one customer, Ana as cus_1.
func bank(t *testing.T) (*enginetest.Rooms, enginetest.Caller) {
	t.Helper()
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	return r, c
}

// use steps up with a bundle where most is at stake.
func use(t testing.TB, c enginetest.Caller, customer string, bundle any) enginetest.Answer {
	t.Helper()
	return c.Post(t, stepUpPath, enginetest.Body{"customerId": customer, "riskLevel": "high", "bundle": bundle})
}

// members reads one of the first two parts of a bundle.
func members(t *testing.T, bundle string, part int) map[string]any {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(bundle, ".")[part])
	if err != nil {
		t.Fatalf("part %d of the bundle: got %v, want base64", part, err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("part %d of the bundle: got %s, want JSON", part, text)
	}
	return m
}

// with is the bundle with a member of a part changed, and the signature as it
// was.
func with(t *testing.T, bundle string, part int, name string, value any) string {
	t.Helper()
	m := members(t, bundle, part)
	m[name] = value
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(bundle, ".")
	parts[part] = base64.RawURLEncoding.EncodeToString(text)
	return strings.Join(parts, ".")
}

// A bundle says whose capture it opens, but not by name, and nothing of what
// was found.
func TestWhatABundleSays(t *testing.T) {
	r, _ := bank(t)
	before := r.Journal(t)
	ch := r.Challenge(t, challengeOf("bank", "cus_1"))
	if _, err := r.Evidence.Begin(t.Context(), ch.ID, enginetest.Token, enginetest.SessionOf(ch.ID)); err != nil {
		t.Fatal(err)
	}
	bundle := r.Keep(t, ch, enginetest.Ana())
	head, said := members(t, bundle, 0), members(t, bundle, 1)
	if head["alg"] != "EdDSA" || head["typ"] != "rostod-capture+jwt" || head["kid"] == "" || len(head) != 3 {
		t.Errorf("got the header %v, want alg, typ and kid", head)
	}
	for _, name := range []string{"jti", "fc", "cap", "cus", "org", "iat", "exp", "aud", "frame", "record"} {
		if said[name] == nil || said[name] == "" {
			t.Errorf("got no %s in %v", name, said)
		}
	}
	if len(said) != 10 || said["fc"] != string(ch.ID) || said["org"] != "bank" {
		t.Errorf("got %v, want ten members of this challenge and org", said)
	}
	if noon := float64(enginetest.Noon().Unix()); said["iat"] != noon || said["exp"] != noon+600 {
		t.Errorf("got iat %v and exp %v, want noon and ten minutes later", said["iat"], said["exp"])
	}
	for part := range 2 {
		text, _ := base64.RawURLEncoding.DecodeString(strings.Split(bundle, ".")[part])
		for _, word := range []string{"cus_1", "live", "score", "verdict"} {
			if strings.Contains(string(text), word) {
				t.Errorf("part %d of the bundle has %q", part, word)
			}
		}
	}
	for _, leaf := range r.Leaves(t, before) {
		for _, word := range []string{"cus_1", "kiosk-7"} {
			if strings.Contains(string(leaf.Raw), word) {
				t.Errorf("the journal entry %s has %q", leaf.Kind, word)
			}
		}
	}
	leaves := r.Leaves(t, before)
	kept := leaves[len(leaves)-1]
	if kept.Kind != "capture.kept" || !strings.Contains(string(kept.Public), fmt.Sprint(said["record"])) {
		t.Errorf("got the journal entry %s, want capture.kept with the record's digest", kept.Public)
	}
}

// A bundle is taken once, for what it was captured for.
func TestOnce(t *testing.T) {
	r, c := bank(t)
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana(), "kiosk-7")
	a := use(t, c, "cus_1", bundle).Want(t, http.StatusOK, "")
	if a.At("allow") != true || a.Text("liveness.assuranceTier") != "standard" || a.Number("liveness.score") != 0.9999 || a.Number("match.similarity") != 1 {
		t.Errorf("got %s, want a live match that is allowed", a.Body)
	}
	for _, body := range []enginetest.Body{
		{"customerId": "cus_1", "riskLevel": "high", "bundle": bundle},
		{"customerId": "cus_1", "riskLevel": "low", "bundle": bundle},
	} {
		c.Post(t, stepUpPath, body).Want(t, http.StatusConflict, "bundle/used")
	}
	c.Post(t, "/api/identity/face/enroll", enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusConflict, "bundle/used")
	c.Post(t, "/api/identity/face/liveness", enginetest.Body{"customerId": "cus_1", "bundle": bundle}).Want(t, http.StatusConflict, "bundle/used")
	if got := c.Get(t, "/api/identity/attempts").Number("total"); got != 1 {
		t.Errorf("got %v attempts, want 1", got)
	}
}

// Whatever the verdict, the bundle is used up by it.
func TestUsedUpByEveryVerdict(t *testing.T) {
	for name, found := range map[string]engine.LivenessFinding{
		"spoof":   {Verdict: engine.Spoof, Assurance: engine.AssuranceStandard, Score: -9, Reasons: []string{"wrong_code"}},
		"unclear": {Verdict: engine.Unclear, Assurance: engine.AssuranceStandard, Score: 1, Reasons: []string{"low_response"}},
	} {
		r, c := bank(t)
		r.Judge.Finds(found)
		bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
		if a := use(t, c, "cus_1", bundle).Want(t, http.StatusOK, ""); a.At("allow") != false || a.Text("liveness.verdict") != name {
			t.Errorf("%s: got %s, want it not allowed", name, a.Body)
		}
		use(t, c, "cus_1", bundle).Want(t, http.StatusConflict, "bundle/used")
	}
}

// TestRefusedBundles are the bundles that are not taken. None leaves anything,
// and the sound one is taken afterwards all the same.
func TestRefusedBundles(t *testing.T) {
	r, c := bank(t)
	c.Enrol(t, "cus_2", enginetest.Ana())
	shop := r.Caller(t, "shop")
	shop.Enrol(t, "cus_1", enginetest.Ana())
	elsewhere := enginetest.OpenElsewhere(t)

	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	second := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	budis := r.Bundle(t, "bank", "cus_2", enginetest.Ana())
	foreign := elsewhere.Bundle(t, "bank", "cus_1", enginetest.Ana())
	parts, others := strings.Split(bundle, "."), strings.Split(second, ".")
	kid := fmt.Sprint(members(t, bundle, 0)["kid"])
	unsigned := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"rostod-capture+jwt","kid":"` + kid + `"}`))
	mac := hmac.New(sha256.New, []byte("public"))
	hmacHead := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"rostod-capture+jwt","kid":"` + kid + `"}`))
	mac.Write([]byte(hmacHead + "." + parts[1]))
	_, own, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	ownSigned := parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(own, []byte(parts[0]+"."+parts[1])))
	flipped := []byte(bundle)
	flipped[len(flipped)-10] ^= 1

	before := r.Journal(t)
	for _, tt := range []struct {
		name     string
		caller   enginetest.Caller
		customer string
		bundle   any
		status   int
		code     string
	}{
		{"another customer's", c, "cus_2", bundle, 403, "bundle/foreign"},
		{"another org's", shop, "cus_1", bundle, 403, "bundle/foreign"},
		{"another daemon's", c, "cus_1", foreign, 403, "bundle/foreign"},
		{"another audience said", c, "cus_1", with(t, bundle, 1, "aud", "rostod/0000"), 403, "bundle/foreign"},
		{"without an algorithm", c, "cus_1", unsigned + "." + parts[1] + ".", 422, "bundle/altered"},
		{"without an algorithm, with a signature", c, "cus_1", unsigned + "." + parts[1] + "." + parts[2], 422, "bundle/altered"},
		{"signed by a word", c, "cus_1", hmacHead + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), 422, "bundle/altered"},
		{"signed by somebody", c, "cus_1", ownSigned, 422, "bundle/altered"},
		{"one bit of the signature", c, "cus_1", string(flipped), 422, "bundle/altered"},
		{"the claims of another bundle", c, "cus_1", parts[0] + "." + others[1] + "." + parts[2], 422, "bundle/altered"},
		{"the signature of another bundle", c, "cus_1", parts[0] + "." + parts[1] + "." + others[2], 422, "bundle/altered"},
		{"the capture of another bundle", c, "cus_1", with(t, bundle, 1, "cap", members(t, second, 1)["cap"]), 422, "bundle/altered"},
		{"another customer said", c, "cus_2", with(t, bundle, 1, "cus", members(t, budis, 1)["cus"]), 422, "bundle/altered"},
		{"a longer life said", c, "cus_1", with(t, bundle, 1, "exp", 4e9), 422, "bundle/altered"},
		{"another record said", c, "cus_1", with(t, bundle, 1, "record", strings.Repeat("0", 64)), 422, "bundle/altered"},
		{"one claim more", c, "cus_1", with(t, bundle, 1, "verdict", "live"), 422, "bundle/altered"},
		{"another key named", c, "cus_1", with(t, bundle, 0, "kid", "0000000000000000"), 422, "bundle/altered"},
		{"no key named", c, "cus_1", with(t, bundle, 0, "kid", ""), 422, "bundle/altered"},
		{"another type", c, "cus_1", with(t, bundle, 0, "typ", "JWT"), 422, "bundle/altered"},
		{"a critical header", c, "cus_1", with(t, bundle, 0, "crit", []string{"exp"}), 422, "bundle/altered"},
		{"a key of its own", c, "cus_1", with(t, bundle, 0, "jwk", map[string]string{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(own[32:])}), 422, "bundle/altered"},
		{"cut short", c, "cus_1", bundle[:len(bundle)-5], 422, "bundle/altered"},
		{"without a signature", c, "cus_1", parts[0] + "." + parts[1], 422, "bundle/altered"},
		{"a part too many", c, "cus_1", bundle + ".e30", 422, "bundle/altered"},
		{"too long", c, "cus_1", bundle + strings.Repeat("A", 5000), 422, "bundle/altered"},
		{"empty", c, "cus_1", "", 422, "bundle/altered"},
		{"words", c, "cus_1", "not a bundle", 422, "bundle/altered"},
		{"a number", c, "cus_1", 7781, 422, "bundle/malformed"},
		{"a list", c, "cus_1", []string{bundle}, 422, "bundle/malformed"},
	} {
		a := use(t, tt.caller, tt.customer, tt.bundle)
		if a.Status != tt.status || a.Text("code") != tt.code || a.Text("hint") == "" {
			t.Errorf("%s: got %d %s, want %d %s and a hint", tt.name, a.Status, a.Text("code"), tt.status, tt.code)
		}
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	if got := c.Get(t, "/api/identity/customers/cus_1/lock").Number("failures"); got != 0 {
		t.Errorf("got %v failures counted, want none", got)
	}
	if got := use(t, c, "cus_1", bundle).At("allow"); got != true {
		t.Errorf("the sound bundle: got allow %v, want true", got)
	}
	if got := use(t, elsewhere.Caller(t, "bank"), "cus_1", foreign).Text("code"); got != "stepup/no-enrolment" {
		t.Errorf("the foreign bundle at home: got %s, want only that nobody is enrolled there", got)
	}
}

// A bundle lives for ten minutes, to the second, also over a restart.
func TestExpiry(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	one, two := r.Bundle(t, "bank", "cus_1", enginetest.Ana()), r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}
	r = enginetest.OpenIn(t, dir, clock)
	c = r.With(c.Secret)
	r.Clock.Move(10*time.Minute - time.Second)
	if got := use(t, c, "cus_1", one).Want(t, http.StatusOK, "").At("allow"); got != true {
		t.Errorf("a second before its end: got allow %v, want true", got)
	}
	r.Clock.Move(time.Second)
	use(t, c, "cus_1", two).Want(t, http.StatusGone, "bundle/expired")
	r.Clock.Move(-12 * time.Minute)
	use(t, c, "cus_1", two).Want(t, http.StatusGone, "bundle/expired")
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}
	clock.Move(5 * time.Minute)
	r = enginetest.OpenIn(t, dir, clock)
	use(t, r.With(c.Secret), "cus_1", one).Want(t, http.StatusConflict, "bundle/used")
}

// Of several uses at one moment exactly one wins.
func TestRace(t *testing.T) {
	r, c := bank(t)
	bundle := r.Bundle(t, "bank", "cus_1", enginetest.Ana())
	const callers = 8
	var all sync.WaitGroup
	answers := make([]enginetest.Answer, callers)
	for i := range callers {
		all.Go(func() {
			path := stepUpPath
			if i%2 == 1 {
				path = "/api/identity/face/match"
			}
			answers[i] = c.Post(t, path, enginetest.Body{"customerId": "cus_1", "bundle": bundle})
		})
	}
	all.Wait()
	won := 0
	for _, a := range answers {
		if a.Status == http.StatusOK {
			won++
			continue
		}
		a.Want(t, http.StatusConflict, "bundle/used")
	}
	if won != 1 {
		t.Errorf("got %d uses, want 1", won)
	}
	if got := c.Get(t, "/api/identity/attempts").Number("total"); got != 1 {
		t.Errorf("got %v attempts, want 1", got)
	}
}

// With an Idempotency-Key the same request gets the same answer, and another
// one does not get the bundle again.
func TestReplayOfABundle(t *testing.T) {
	r, c := bank(t)
	body := enginetest.Body{"customerId": "cus_1", "riskLevel": "high", "bundle": r.Bundle(t, "bank", "cus_1", enginetest.Ana())}
	first := c.Post(t, stepUpPath, body, "Idempotency-Key", "k1").Want(t, http.StatusOK, "")
	again := c.Post(t, stepUpPath, body, "Idempotency-Key", "k1").Want(t, http.StatusOK, "")
	if string(again.Body) != string(first.Body) || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("got %s, want the first answer %s", again.Body, first.Body)
	}
	c.Post(t, stepUpPath, body, "Idempotency-Key", "k2").Want(t, http.StatusConflict, "bundle/used")
}
