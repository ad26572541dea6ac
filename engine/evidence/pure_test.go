package evidence

import (
	"bytes"
	"errors"
	"math"
	"math/rand"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
)

func TestTries(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		was   tries
		after time.Duration // since the last
		count int
		wait  time.Duration
	}{
		{"the first", tries{}, 0, 1, 0},
		{"the second, at once", tries{1, noon}, 0, 2, 0},
		{"the third", tries{2, noon}, 30 * time.Second, 3, 0},
		{"one too many", tries{3, noon}, 20 * time.Second, 3, 40 * time.Second},
		{"still one too many", tries{3, noon}, time.Minute - time.Millisecond, 3, time.Millisecond},
		{"after the pause", tries{3, noon}, time.Minute, 1, 0},
		{"slowly, it is a new row each time", tries{2, noon}, time.Minute, 1, 0},
		{"the clock was set back", tries{3, noon}, -time.Hour, 1, 0},
	} {
		got, wait := tt.was.next(noon.Add(tt.after), 3, time.Minute)
		if got.Count != tt.count || wait != tt.wait {
			t.Errorf("%s: got %d and %v to wait, want %d and %v", tt.name, got.Count, wait, tt.count, tt.wait)
		}
	}
	if _, wait := (tries{50, noon}).next(noon, -1, time.Minute); wait != 0 {
		t.Errorf("without a limit: got %v to wait, want none", wait)
	}
}

func TestAbout(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	ours := claims{Audience: "rostod/a", Org: "bank", Customer: "c", Issued: noon.Unix(), Expires: noon.Unix() + 600}
	for _, tt := range []struct {
		name               string
		audience, customer string
		org                engine.OrgID
		after              time.Duration
		want               error
	}{
		{"at once", "rostod/a", "c", "bank", 0, nil},
		{"in its last second", "rostod/a", "c", "bank", 600*time.Second - 1, nil},
		{"at its end", "rostod/a", "c", "bank", 600 * time.Second, ErrExpired},
		{"our clock was set back a little", "rostod/a", "c", "bank", -time.Minute, nil},
		{"our clock was set back", "rostod/a", "c", "bank", -61 * time.Second, ErrExpired},
		{"another daemon", "rostod/b", "c", "bank", 0, ErrForeign},
		{"another customer", "rostod/a", "d", "bank", 0, ErrForeign},
		{"another org", "rostod/a", "c", "shop", 0, ErrForeign},
		{"foreign before expired", "rostod/b", "c", "bank", time.Hour, ErrForeign},
	} {
		if err := ours.about(tt.audience, tt.org, tt.customer, noon.Add(tt.after)); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestSpread(t *testing.T) {
	for n, want := range map[int][]int{
		1: {0}, 2: {0, 1}, 5: {0, 1, 2, 3, 4}, 6: {0, 1, 2, 3, 5}, 9: {0, 2, 4, 6, 8}, 60: {0, 14, 29, 44, 59},
	} {
		if got := spread(n, 5); !slices.Equal(got, want) {
			t.Errorf("of %d: got %v, want %v", n, got, want)
		}
	}
}

// The canonical form is RFC 8785's, of all members but the signature.
func TestCanonical(t *testing.T) {
	bundle := jsontext.Value(`{ "version":"1.0", "signature":"00",
		"n":[1e2, 0.10, -0, 1E-7, 333333333.33333329], "é":"\u00e9\/\u000a", "a":{"z":null,"b":true} }`)
	got, err := canonical(bundle)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"a":{"b":true,"z":null},"n":[100,0.1,0,1e-7,333333333.3333333],"version":"1.0","é":"é/\n"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// printf '%s' "$CANONICAL" | openssl dgst -sha256 -hmac whsec_example
	const secret, signature = "whsec_example", "a53a7b3b0c56ee9cc923ba31868d03ab40985cdf587b051ee8769f7b14a12957"
	for said, ok := range map[string]bool{signature: true, strings.ToUpper(signature): true, signature[2:]: false, "": false, "x" + signature[1:]: false} {
		if signed, err := signedWith(secret, bundle, said); err != nil || signed != ok {
			t.Errorf("signature %q: got %v and %v, want %v", said, signed, err, ok)
		}
	}
	if signed, _ := signedWith("whsec_other", bundle, signature); signed {
		t.Error("another secret has signed it, too")
	}
}

// The worked example of docs/COMPAT.md holds, as it is printed there.
func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/COMPAT.md")
	if err != nil {
		t.Fatal(err)
	}
	bundle := jsontext.Value(`{"version":"1.0","sdkVersion":"example@1","platform":"web","frames":["/9j/4AAQSkZJRg=="],
 "capturedAt":"2026-11-22T12:00:03.000Z","flashChallengeNonce":"Zm9yLXRoZS1kb2Nz",
 "flashSamples":[{"tMs":250.0,"meanR":120,"meanG":80,"meanB":70}],"signature":"517950de…"}`)
	const signature = "517950decff3d40360eee0d03f6820e24b67c975f07bb03e9b440605d2b350d5"
	line, err := canonical(bundle)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{string(bundle), string(line), signature} {
		if !strings.Contains(string(page), part) {
			t.Errorf("docs/COMPAT.md does not have %s", part)
		}
	}
	if signed, err := signedWith("whsec_ZXhhbXBsZQ", bundle, signature); err != nil || !signed {
		t.Errorf("the example's signature: got %v and %v, want it to hold", signed, err)
	}
}

func TestTimes(t *testing.T) {
	hold := []int{400, 600}
	even := []float64{125, 375, 625, 875}
	for _, tt := range []struct {
		name    string
		samples string
		want    []float64
	}{
		{"none", "", even},
		{"as many", `[{"tMs":10},{"tMs":300.5},{"tMs":700},{"tMs":1900}]`, []float64{10, 300.5, 700, 1900}},
		{"too few", `[{"tMs":10}]`, even},
		{"not rising", `[{"tMs":10},{"tMs":10},{"tMs":700},{"tMs":900}]`, even},
		{"just before the first colour", `[{"tMs":-0.5},{"tMs":10},{"tMs":700},{"tMs":900}]`, even},
		{"long after the last", `[{"tMs":10},{"tMs":300},{"tMs":700},{"tMs":2001}]`, even},
		{"no numbers", `[{"tMs":"10"},{"tMs":300},{"tMs":700},{"tMs":900}]`, even},
		{"no list", `{"tMs":10}`, even},
	} {
		got := envelope{Samples: jsontext.Value(tt.samples)}.times(4, hold)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Whatever is sent as a bundle is refused or read, and never signed by chance.
func FuzzRead(f *testing.F) {
	f.Add("eyJhbGciOiJFZERTQSIsInR5cCI6InJvc3RvZC1jYXB0dXJlK2p3dCJ9.e30.AAAA")
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := read(text)
		if err != nil {
			return
		}
		if l.signedBy(bytes.Repeat([]byte{1}, 32)) {
			t.Fatal("a bundle from nowhere is signed")
		}
	})
}

// Whatever is sent as a compatible bundle is refused or dated.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(`{"version":"1","sdkVersion":"a","platform":"web","frames":["AAAA"],"capturedAt":"2026-11-22T12:00:00Z","flashChallengeNonce":"n","signature":"00"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v := jsontext.Value(text)
		if !v.IsValid() || v.Kind() != '{' {
			t.Skip("no object")
		}
		e, err := open(v)
		if err != nil {
			return
		}
		if _, err := signedWith("secret", v, e.Signature); err != nil {
			return
		}
		stills, err := e.stills([]int{400, 500})
		if err != nil {
			return
		}
		last := math.Inf(-1)
		for _, s := range stills {
			if !(s.At > last) {
				t.Fatalf("got %v after %v, want rising times", s.At, last)
			}
			last = s.At
		}
	})
}

// A capture comes back as it was kept, to the last digit.
func TestPackKeepsEverything(t *testing.T) {
	whole := func(light engine.FlashEvidence, face engine.Face, others []engine.Sight, picture []byte) bool {
		c := engine.Capture{
			ID: "cap_1", Challenge: "fc_1", Org: "bank", Customer: "cus_1", Device: "kiosk-7", Profile: engine.ProfileFlash,
			Created: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Flash: light, Best: face, Others: others, Picture: append(picture, 1),
		}
		s, err := pack(c)
		if err != nil {
			t.Fatal(err)
		}
		back, err := unpack(s.record, s.picture)
		if err != nil {
			t.Fatal(err)
		}
		again, err := pack(back)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Equal(again.Record, s.Record) && bytes.Equal(again.Picture, s.Picture) &&
			reflect.DeepEqual(back.Best.Template.Vector, face.Template.Vector) && back.Best.Picture == face.Picture && back.Customer == c.Customer
	}
	if err := quick.Check(whole, &quick.Config{MaxCount: 50, Rand: rand.New(rand.NewSource(1))}); err != nil {
		t.Error("a capture that was kept comes back as another")
	}
}
