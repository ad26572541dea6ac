package daemon

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/capture/flash"
	"github.com/rostod/rostod/internal/fixture"
)

// told is what a client of another maker is told.
type told struct {
	FlashChallenge struct {
		Nonce      string   `json:"nonce"`
		Colours    []string `json:"colors"`
		HoldMs     []int    `json:"holdMs"`
		HMACSecret string   `json:"hmacSecret"`
	} `json:"flashChallenge"`
}

// TestCompat is a client of another maker, written from docs/COMPAT.md alone,
// against a daemon with the real models: light that follows the colours is
// live, with low assurance; a still picture and other colours are not; and
// nothing that the client asserts changes that.
func TestCompat(t *testing.T) {
	tg := start(t)
	faces := fixture.Faces(t)
	face := scaled(pixels(t, photo(t, faces, "img20.jpg")), 640, 640)
	for _, tt := range []struct {
		name    string
		gain    float64
		shown   func([]string) []string // instead of what was told
		risk    string
		allow   bool
		verdict string
	}{
		{"lit as told", 0.35, slices.Clone[[]string], "low", true, "live"},
		{"lit as told, where most is at stake", 0.35, slices.Clone[[]string], "high", false, "live"},
		{"a still picture", 0, slices.Clone[[]string], "low", false, "unclear"},
		{"lit by the opposite colours", 0.35, opposite, "low", false, "unclear"},
	} {
		customer := "cus_" + hex.EncodeToString([]byte(tt.name))[:12]
		tg.enrol(t, customer, asJPEG(t, face))
		var challenge told
		r := tg.send(t, asked{path: "/api/identity/face/flash-challenge", body: object("customerId", customer, "profile", "compat", "steps", 10)})
		if err := json.Unmarshal(r.body, &challenge); err != nil || challenge.FlashChallenge.HMACSecret == "" {
			t.Fatalf("create a challenge: got %d %s", r.status, r.body)
		}
		c := challenge.FlashChallenge
		bundle := signedBundle(t, face, c.Nonce, c.HMACSecret, tt.shown(c.Colours), c.HoldMs, tt.gain)
		ask := object("customerId", customer, "riskLevel", tt.risk, "bundle", bundle, "hmacKey", "mine")
		var a struct {
			Allow    bool     `json:"allow"`
			Reasons  []string `json:"reasons"`
			Liveness struct {
				Verdict       string `json:"verdict"`
				AssuranceTier string `json:"assuranceTier"`
			} `json:"liveness"`
		}
		r = tg.send(t, asked{path: stepUpPath, body: ask})
		if err := json.Unmarshal(r.body, &a); err != nil || r.status != http.StatusOK {
			t.Fatalf("%s: got %d %s", tt.name, r.status, r.body)
		}
		if a.Allow != tt.allow || a.Liveness.Verdict != tt.verdict || a.Liveness.AssuranceTier != "low" {
			t.Errorf("%s: got %s, want allow %v and %s with low assurance", tt.name, r.body, tt.allow, tt.verdict)
		}
		if r := tg.send(t, asked{path: stepUpPath, body: ask}); r.status != http.StatusConflict {
			t.Errorf("%s, again: got %d %s, want 409", tt.name, r.status, r.body)
		}
	}
}

// opposite are the colours that were told, each in its complement's place.
func opposite(colours []string) []string {
	out := make([]string, len(colours))
	for i, hex := range colours {
		for _, c := range []flash.Colour{flash.Magenta, flash.Green, flash.Cyan, flash.Amber} {
			if c.Hex() == hex {
				out[i] = c.Complement().Hex()
			}
		}
	}
	return out
}

// signedBundle films a picture under colours and signs what came of it.
func signedBundle(t *testing.T, face *image.RGBA, nonce, secret string, colours []string, holdMs []int, gain float64) map[string]any {
	t.Helper()
	const frames, lag = 24, 90.0
	total := 0.0
	for _, ms := range holdMs {
		total += float64(ms)
	}
	var list [][]byte
	var samples []map[string]any
	for i := range frames {
		at := total * (float64(i) + 0.5) / frames
		list = append(list, asJPEG(t, litBy(t, face, colourAt(colours, holdMs, at-lag), gain)))
		samples = append(samples, map[string]any{"tMs": at, "meanR": 255, "meanG": 0, "meanB": 255})
	}
	b := map[string]any{
		"version": "1.0", "sdkVersion": "test@1", "platform": "web", "frames": list, "flashSamples": samples,
		"capturedAt": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "flashChallengeNonce": nonce,
		"passiveLivenessScores": []float64{1}, "responses": []map[string]any{{"challenge": "blink", "satisfied": true}},
	}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	canonical := jsontext.Value(text)
	if err := canonical.Canonicalize(); err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(canonical)
	b["signature"] = hex.EncodeToString(mac.Sum(nil))
	return b
}

// colourAt is what the screen shows at a time, in milliseconds.
func colourAt(colours []string, holdMs []int, at float64) string {
	if at < 0 {
		return "#919191"
	}
	for i, ms := range holdMs {
		if at -= float64(ms); at < 0 {
			return colours[i]
		}
	}
	return "#919191"
}

// litBy is a picture with a share of a screen's light added to its own.
func litBy(t *testing.T, m *image.RGBA, colour string, gain float64) *image.RGBA {
	t.Helper()
	rgb, err := hex.DecodeString(colour[1:])
	if err != nil {
		t.Fatal(err)
	}
	linear := func(v uint8) float64 { return math.Pow(float64(v)/255, 2.2) }
	var table [3][256]uint8
	for c := range table {
		for v := range table[c] {
			light := linear(uint8(v)) * (1 + gain*(linear(rgb[c])-0.285))
			table[c][v] = uint8(255*math.Pow(min(1, light), 1/2.2) + 0.5)
		}
	}
	out := image.NewRGBA(m.Rect)
	for i := 0; i < len(m.Pix); i += 4 {
		out.Pix[i], out.Pix[i+1], out.Pix[i+2], out.Pix[i+3] = table[0][m.Pix[i]], table[1][m.Pix[i+1]], table[2][m.Pix[i+2]], 255
	}
	return out
}
