package daemon

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/capture/actor"
	"github.com/rostod/rostod/capture/peer/client"
	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/capture/visitor"
)

// stepUp is an answer, as much of it as the tests read.
type stepUpAnswered struct {
	Allow    bool     `json:"allow"`
	Code     string   `json:"code"`
	Reasons  []string `json:"reasons"`
	Liveness struct {
		Verdict       string   `json:"verdict"`
		AssuranceTier string   `json:"assuranceTier"`
		Reasons       []string `json:"reasons"`
	} `json:"liveness"`
	Match struct {
		Verdict string `json:"verdict"`
	} `json:"match"`
}

// post posts JSON and reads the answer into a value.
func (tg *target) post(t *testing.T, path string, ask, answer any) int {
	t.Helper()
	body, err := json.Marshal(ask)
	if err != nil {
		t.Fatal(err)
	}
	r := tg.send(t, asked{method: "POST", path: path, body: string(body)})
	if err := json.Unmarshal(r.body, answer); err != nil {
		t.Fatalf("%s answers %d %s", path, r.status, r.body)
	}
	return r.status
}

// visit passes a challenge with what stands before the camera.
func (tg *target) visit(t *testing.T, customer string, s *actor.Actor) visitor.Outcome {
	t.Helper()
	var made struct {
		FlashChallenge struct {
			WhipURL      string `json:"whipUrl"`
			CaptureToken string `json:"captureToken"`
		} `json:"flashChallenge"`
	}
	if status := tg.post(t, "/api/identity/face/flash-challenge", map[string]any{"customerId": customer}, &made); status != 201 {
		t.Fatalf("a challenge: got %d", status)
	}
	whip := &client.WHIP{URL: made.FlashChallenge.WhipURL, Token: made.FlashChallenge.CaptureToken}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var hints []string
	got, err := visitor.Visit(ctx, visitor.Config{Answer: whip.Answer, Camera: s.Film, Said: func(m visitor.Message) ([]string, bool) {
		if m.Type == "guide" {
			hints = append(hints, m.State+" "+m.Hint)
		}
		return nil, false
	}})
	if err != nil {
		t.Fatalf("%v after %q", err, hints)
	}
	return got
}

// A living customer passes the flash and steps up at the highest risk; what is
// not alive does not, and a bundle is good once, for one customer.
func TestFlash(t *testing.T) {
	if testing.Short() {
		t.Skip("films in real time, which the race detector is too slow for")
	}
	tg := start(t)
	alive := actor.Drawn(t, 1, sim.Live)
	image := base64.StdEncoding.EncodeToString(actor.New(t, alive, actor.Honest).Photo(t))
	enrol := func(t *testing.T, customer string) {
		t.Helper()
		var none struct{}
		if status := tg.post(t, "/api/identity/face/enroll", map[string]any{"customerId": customer, "image": image}, &none); status != 201 && status != 200 {
			t.Fatalf("enrol: got %d", status)
		}
	}
	enrol(t, "cus_flash")
	var plain stepUpAnswered
	tg.post(t, "/api/identity/auth/step-up", map[string]any{"customerId": "cus_flash", "riskLevel": "high", "image": image}, &plain)
	if plain.Allow || plain.Match.Verdict != "match" || !slices.Contains(plain.Reasons, "assurance_too_low") {
		t.Errorf("a plain picture at high risk: got %+v; want its match, and no", plain)
	}

	grey := [4]string{"#919191", "#919191", "#919191", "#919191"}
	wrong := map[string]string{"#e900ff": "#009e00", "#009e00": "#0087ff", "#0087ff": "#bb7a00", "#bb7a00": "#e900ff"}
	for _, tt := range []struct {
		what  string
		basis sim.Basis
		acts  actor.Behaviour
		allow bool
	}{
		{"the customer", alive, actor.Honest, true},
		{"a still", alive, func([4]string) [4]string { return grey }, false},
		{"colours in another order", alive, func(tiles [4]string) [4]string {
			for i, c := range tiles {
				if w, ok := wrong[c]; ok {
					tiles[i] = w
				}
			}
			return tiles
		}, false},
		{"left for right", alive, func(t [4]string) [4]string { return [4]string{t[1], t[0], t[3], t[2]} }, false},
		{"a print", actor.Drawn(t, 1, sim.Print), actor.Honest, false},
	} {
		t.Run(tt.what, func(t *testing.T) {
			customer := "cus_" + strings.ReplaceAll(tt.what, " ", "_")
			enrol(t, customer)
			var ask map[string]any
			var answer stepUpAnswered
			// A capture that the machine was too slow for is made again, three times at most.
			for try := 1; try == 1 || try <= 3 && slices.ContainsFunc(answer.Reasons, tooSlow); try++ {
				got := tg.visit(t, customer, actor.New(t, tt.basis, tt.acts))
				if got.Outcome != "captured" {
					t.Fatalf("got %+v, want a capture", got)
				}
				var foreign stepUpAnswered
				ask = map[string]any{"customerId": "cus_flash", "riskLevel": "high", "bundle": got.Bundle}
				if status := tg.post(t, "/api/identity/auth/step-up", ask, &foreign); status != 403 || foreign.Code != "bundle/foreign" {
					t.Errorf("another customer's bundle: got %d %s, want 403 bundle/foreign", status, foreign.Code)
				}
				ask["customerId"] = customer
				answer = stepUpAnswered{}
				status := tg.post(t, "/api/identity/auth/step-up", ask, &answer)
				t.Logf("try %d: %d %+v", try, status, answer)
				if status != 200 {
					t.Fatalf("got %d %+v, want 200", status, answer)
				}
			}
			if answer.Allow != tt.allow {
				t.Errorf("got %+v, want allow %v", answer, tt.allow)
			}
			if tt.allow && answer.Liveness.AssuranceTier == "low" {
				t.Errorf("a flash is worth %q", answer.Liveness.AssuranceTier)
			}
			var again stepUpAnswered
			if status := tg.post(t, "/api/identity/auth/step-up", ask, &again); status != 409 || again.Code != "bundle/used" {
				t.Errorf("the bundle again: got %d %s, want 409 bundle/used", status, again.Code)
			}
		})
	}
}

// tooSlow says whether a reason is one that a machine with other work brings
// about, whoever is in front of the camera.
func tooSlow(reason string) bool {
	return slices.Contains([]string{"frame_rate", "display_unstable", "low_bitrate"}, reason)
}

// Each door of a challenge opens to its own token, once.
func TestWhipDoors(t *testing.T) {
	tg := start(t)
	var made struct {
		FlashChallenge struct {
			ID           string `json:"id"`
			WhipURL      string `json:"whipUrl"`
			CaptureURL   string `json:"captureUrl"`
			CaptureToken string `json:"captureToken"`
		} `json:"flashChallenge"`
	}
	tg.post(t, "/api/identity/face/flash-challenge", map[string]any{"customerId": "cus_1"}, &made)
	path := "/whip/" + made.FlashChallenge.ID
	token := "Bearer " + made.FlashChallenge.CaptureToken
	sdp := map[string]string{"Content-Type": "application/sdp", "Authorization": token}
	for _, tt := range []struct {
		what   string
		ask    asked
		status int
		code   string
	}{
		{"no token", asked{path: path, key: "-", body: "v=0", header: map[string]string{"Content-Type": "application/sdp"}}, 401, "auth/token-missing"},
		{"a forged token", asked{path: path, key: "-", body: "v=0", header: map[string]string{"Content-Type": "application/sdp", "Authorization": "Bearer ct_forged"}}, 401, "whip/token"},
		{"the API key", asked{path: path, body: "v=0", header: map[string]string{"Content-Type": "application/sdp"}}, 401, "whip/token"},
		{"JSON", asked{path: path, key: "-", body: "{}", header: map[string]string{"Authorization": token}}, 415, "request/media-type"},
		{"no offer", asked{path: path, key: "-", body: "hello", header: sdp}, 422, "peer/offer-malformed"},
		{"10 MB", asked{path: path, key: "-", body: "v=0\r\n" + string(make([]byte, 10<<20)), header: sdp}, 413, "request/too-large"},
		{"another challenge", asked{path: "/whip/fc_none", key: "-", body: "v=0", header: sdp}, 404, "challenge/unknown"},
		{"no such session", asked{method: "DELETE", path: path + "/cap_none", key: "-", header: map[string]string{"Authorization": token}}, 404, "capture/no-session"},
		{"a session, with a forged token", asked{method: "DELETE", path: path + "/cap_none", key: "-", header: map[string]string{"Authorization": "Bearer ct_forged"}}, 401, "whip/token"},
		{"a session of another challenge", asked{method: "DELETE", path: "/whip/fc_none/cap_none", key: "-", header: map[string]string{"Authorization": token}}, 404, "challenge/unknown"},
		{"trickle", asked{method: "PATCH", path: path + "/cap_none", key: "-", body: "a=candidate", header: sdp}, 405, "request/method-not-allowed"},
		{"the page's data without a token", asked{method: "GET", path: "/capture/" + made.FlashChallenge.ID + "/config", key: "-"}, 401, "auth/token-missing"},
	} {
		r := tg.send(t, tt.ask)
		var p struct {
			Code string `json:"code"`
		}
		if err := json.Unmarshal(r.body, &p); err != nil || r.status != tt.status || p.Code != tt.code {
			t.Errorf("%s: got %d %s, want %d %s", tt.what, r.status, r.body, tt.status, tt.code)
		}
	}
}

// A page of an origin that is configured may publish to the daemon; another's
// browser keeps it from doing so, and no page reaches what an API key opens.
func TestOtherOrigins(t *testing.T) {
	tg := start(t)
	for _, tt := range []struct{ path, origin, allowed string }{
		{"/whip/fc_1", "https://teller.example", "https://teller.example"},
		{"/whip/fc_1/cap_1", "https://teller.example", "https://teller.example"},
		{"/capture/fc_1/config", "https://teller.example", "https://teller.example"},
		{"/whip/fc_1", "https://elsewhere.example", ""},
		{"/api/identity/face/flash-challenge", "https://teller.example", ""},
	} {
		r := tg.send(t, asked{method: "OPTIONS", path: tt.path, key: "-", header: map[string]string{
			"Origin": tt.origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type",
		}})
		if got := r.header.Get("Access-Control-Allow-Origin"); got != tt.allowed || (r.status == 204) != (tt.allowed != "") {
			t.Errorf("%s from %s: got %d for %q, want it for %q", tt.path, tt.origin, r.status, got, tt.allowed)
		}
	}
}

// The challenge says how its page behaves, and not who opens it.
func TestPageOfAChallenge(t *testing.T) {
	tg := start(t)
	for _, tt := range []struct {
		body map[string]any
		want string
	}{
		{map[string]any{"customerId": "c"}, "{true false false}"},
		{map[string]any{"customerId": "c", "allowOtherWay": true}, "{true false false}"},
		{map[string]any{"customerId": "c", "allowOtherWay": false, "noflash": true, "soft": true}, "{false true true}"},
	} {
		var made struct {
			FlashChallenge struct {
				ID           string `json:"id"`
				CaptureToken string `json:"captureToken"`
			} `json:"flashChallenge"`
		}
		tg.post(t, "/api/identity/face/flash-challenge", tt.body, &made)
		r := tg.send(t, asked{
			method: "GET", path: "/capture/" + made.FlashChallenge.ID + "/config", key: "-",
			header: map[string]string{"Authorization": "Bearer " + made.FlashChallenge.CaptureToken},
		})
		var p struct {
			AllowOtherWay bool `json:"allowOtherWay"`
			NoFlash       bool `json:"noflash"`
			Soft          bool `json:"soft"`
		}
		if err := json.Unmarshal(r.body, &p); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(p); got != tt.want {
			t.Errorf("%v: the page is told %s, want %s", tt.body, r.body, tt.want)
		}
	}
}

// A token opens one of many sessions at the same moment.
func TestOneSessionOfMany(t *testing.T) {
	tg := start(t)
	var made struct {
		FlashChallenge struct {
			ID           string `json:"id"`
			WhipURL      string `json:"whipUrl"`
			CaptureToken string `json:"captureToken"`
		} `json:"flashChallenge"`
	}
	tg.post(t, "/api/identity/face/flash-challenge", map[string]any{"customerId": "cus_1"}, &made)
	var opened, refused int
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			whip := &client.WHIP{URL: made.FlashChallenge.WhipURL, Token: made.FlashChallenge.CaptureToken}
			c, err := client.Dial(t.Context(), client.Config{Answer: whip.Answer})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				refused++
				return
			}
			opened++
			c.Close()
		})
	}
	all.Wait()
	if got := fmt.Sprint(opened, refused); got != "1 3" {
		t.Errorf("opened and refused: got %s, want 1 3", got)
	}
	// A page that comes too late still learns whom it may tell; one without the token does not.
	path := "/capture/" + made.FlashChallenge.ID + "/config"
	for token, want := range map[string]string{
		made.FlashChallenge.CaptureToken: "whip/used 409 [https://teller.example]", "ct_forged": "whip/token 401 []",
	} {
		r := tg.send(t, asked{method: "GET", path: path, key: "-", header: map[string]string{"Authorization": "Bearer " + token}})
		var p struct {
			Code    string   `json:"code"`
			Status  int      `json:"status"`
			TraceID string   `json:"traceId"`
			Origins []string `json:"origins"`
		}
		if err := json.Unmarshal(r.body, &p); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(p.Code, " ", r.status, " ", p.Origins); got != want || p.Status != r.status || p.TraceID == "" {
			t.Errorf("the page's data: got %s in %s, want %s", got, r.body, want)
		}
	}
}
