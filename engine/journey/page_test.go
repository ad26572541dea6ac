package journey_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/enginetest"
)

// Who may open a page, in which order, and what each is told.
func TestDoors(t *testing.T) {
	r, c := bank(t)
	a := c.Post(t, at, ask()).Want(t, http.StatusOK, "")
	id, link := a.Text("process.id"), a.Text("process.token")
	for what, token := range map[string]string{
		"a forged link": "jl_forged", "a forged page": "jp_forged", "a forged code": "jh_forged", "the API key": c.Secret, "another journey's link": c.Post(t, at, ask()).Text("process.token"),
	} {
		for _, does := range []string{"open", "consent", "challenge", "handover", "leave"} {
			r.Page(id, token).Does(t, does, enginetest.Body{}).Want(t, http.StatusUnauthorized, "journey/token")
		}
		r.Page(id, token).State(t).Want(t, http.StatusUnauthorized, "journey/token")
		if t.Failed() {
			t.Fatalf("%s opens a door", what)
		}
	}
	r.Page("019283aa-0000-7000-8000-000000000001", link).State(t).Want(t, http.StatusUnauthorized, "journey/token")
	r.Page(id, link).Does(t, "challenge", enginetest.Body{}).Want(t, http.StatusConflict, "journey/elsewhere")

	first, opened := r.Page(id, link).Open(t)
	opened.Want(t, http.StatusOK, "")
	for path, want := range map[string]any{
		"processId": id, "state": "going", "consent": false, "phone": true, "callbackUri": "https://app.example/back", "origins.0": "https://teller.example",
	} {
		if got := opened.At(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if a := first.State(t).Want(t, http.StatusOK, ""); a.At("leads") != true {
		t.Errorf("the first page: got %s, want it to lead", a.Body)
	}
	if again := first.Does(t, "open", enginetest.Body{}).Want(t, http.StatusOK, ""); again.Text("token") != "" {
		t.Errorf("a reload: got %s, want the same page to go on", again.Body)
	}
	bundle := film(t, r, first, enginetest.Ana())
	second, _ := r.Page(id, link).Open(t)
	first.Does(t, "capture", enginetest.Body{"bundle": bundle}).Want(t, http.StatusConflict, "journey/elsewhere")
	first.State(t).Want(t, http.StatusConflict, "journey/elsewhere")
	second.Does(t, "capture", enginetest.Body{"bundle": "x"}).Want(t, http.StatusUnprocessableEntity, "bundle/altered")
	second.Does(t, "challenge", enginetest.Body{}).Want(t, http.StatusOK, "")
	second.Does(t, "capture", enginetest.Body{"bundle": bundle}).Want(t, http.StatusConflict, "journey/another-capture")
	newest := film(t, r, second, enginetest.Ana())
	second.Does(t, "capture", enginetest.Body{"bundle": newest}).Want(t, http.StatusOK, "")
	second.Does(t, "capture", enginetest.Body{"bundle": newest}).Want(t, http.StatusGone, "journey/over")
	for _, does := range []string{"consent", "challenge", "handover", "leave"} {
		second.Does(t, does, enginetest.Body{}).Want(t, http.StatusGone, "journey/over")
	}
	if _, late := r.Page(id, link).Open(t); late.Text("state") != "done" || late.Text("token") != "" || strings.Contains(string(late.Body), "LIVE") {
		t.Errorf("the link afterwards: got %s, want done, without a token and a verdict", late.Body)
	}
	r.Page(id, "jp_forged").State(t).Want(t, http.StatusUnauthorized, "journey/token")
}

// A code opens once, within five minutes; the kiosk follows the phone and can
// take the journey back.
func TestHandOver(t *testing.T) {
	r, c := bank(t)
	id, kiosk := create(t, r, c)
	first := kiosk.Does(t, "handover", enginetest.Body{}).Want(t, http.StatusOK, "")
	code := kiosk.Does(t, "handover", enginetest.Body{}).Want(t, http.StatusOK, "")
	if size := code.Number("size"); size < 21 || !strings.HasPrefix(code.Text("path"), "M0 0h1v1h-1z") || code.Text("expiresAt") != "2026-11-22T12:05:00Z" {
		t.Errorf("got %s, want a code for five minutes", code.Body)
	}
	token := func(a enginetest.Answer) string { return strings.SplitN(a.Text("url"), "#", 2)[1] }
	_, old := r.Page(id, token(first)).Open(t)
	old.Want(t, http.StatusUnauthorized, "journey/token")
	phone, opened := r.Page(id, token(code)).Open(t)
	opened.Want(t, http.StatusOK, "")
	if opened.Text("callbackUri") != "/" || opened.At("phone") != false {
		t.Errorf("the phone: got %s, want it to stay where it is", opened.Body)
	}
	_, twice := r.Page(id, token(code)).Open(t)
	twice.Want(t, http.StatusUnauthorized, "journey/token")
	if a := kiosk.State(t).Want(t, http.StatusOK, ""); a.At("leads") != false || a.Text("state") != "going" {
		t.Errorf("the kiosk: got %s, want it to watch", a.Body)
	}
	kiosk.Does(t, "challenge", enginetest.Body{}).Want(t, http.StatusConflict, "journey/elsewhere")
	kiosk, back := kiosk.Open(t)
	back.Want(t, http.StatusOK, "")
	phone.Does(t, "challenge", enginetest.Body{}).Want(t, http.StatusConflict, "journey/elsewhere")

	late := kiosk.Does(t, "handover", enginetest.Body{}).Want(t, http.StatusOK, "")
	r.Clock.Move(5 * time.Minute)
	_, refused := r.Page(id, token(late)).Open(t)
	refused.Want(t, http.StatusUnauthorized, "journey/token")
	phone, opened = r.Page(id, token(kiosk.Does(t, "handover", enginetest.Body{}))).Open(t)
	opened.Want(t, http.StatusOK, "")
	phone.Does(t, "capture", enginetest.Body{"bundle": film(t, r, phone, enginetest.Ana())}).Want(t, http.StatusOK, "")
	if a := kiosk.State(t).Want(t, http.StatusOK, ""); a.Text("state") != "done" {
		t.Errorf("the kiosk afterwards: got %s, want done", a.Body)
	}
	if _, again := phone.Open(t); again.Text("state") != "done" || again.Text("callbackUri") != "/" {
		t.Errorf("the phone afterwards: got %s, want done, and to stay", again.Body)
	}
	id, kiosk = create(t, r, c)
	for range 20 {
		kiosk.Does(t, "handover", enginetest.Body{}).Want(t, http.StatusOK, "")
	}
	kiosk.Does(t, "handover", enginetest.Body{}).Want(t, http.StatusTooManyRequests, "journey/too-many-codes")
	if id == "" {
		t.Error("no second journey")
	}
}

// Nobody is filmed before the customer consented, where that is asked for, and
// when it was is kept.
func TestConsent(t *testing.T) {
	r := enginetest.OpenConsenting(t)
	c := r.Caller(t, "bank")
	id, p := create(t, r, c)
	p.Does(t, "challenge", enginetest.Body{}).Want(t, http.StatusUnprocessableEntity, "journey/no-consent")
	p.Does(t, "capture", enginetest.Body{"bundle": "x"}).Want(t, http.StatusUnprocessableEntity, "journey/no-consent")
	p.Does(t, "consent", enginetest.Body{}).Want(t, http.StatusOK, "")
	if a := p.Does(t, "open", enginetest.Body{}); a.At("consent") != false {
		t.Errorf("a reload: got %s, want no second question", a.Body)
	}
	p.Does(t, "capture", enginetest.Body{"bundle": film(t, r, p, enginetest.Ana())}).Want(t, http.StatusOK, "")
	kinds := map[string]int{}
	for _, l := range r.Leaves(t, 0) {
		kinds[l.Kind]++
	}
	if kinds["journey.consented"] != 1 || c.Get(t, at+"/"+id).Text("process.result") != "PROCESS_RESULT_OK" {
		t.Errorf("got %v, want one consent in the journal, and the journey ended", kinds)
	}
}

// Who leaves ends nothing: the link opens again, until it has expired, and the
// last event says so.
func TestLeave(t *testing.T) {
	r, c := bank(t)
	a := c.Post(t, at, ask(enginetest.Body{"expiresIn": "3600s"}))
	id, link := a.Text("process.id"), a.Text("process.token")
	p, _ := r.Page(id, link).Open(t)
	film(t, r, p, enginetest.Ana())
	p.Does(t, "leave", enginetest.Body{}).Want(t, http.StatusOK, "")
	p.State(t).Want(t, http.StatusUnauthorized, "journey/token")
	if got := c.Get(t, at+"/"+id).Text("process.state"); got != "PROCESS_STATE_CREATED" {
		t.Errorf("got %s, want it created still", got)
	}
	p, again := r.Page(id, link).Open(t)
	again.Want(t, http.StatusOK, "")
	p.Does(t, "leave", enginetest.Body{}).Want(t, http.StatusOK, "")
	r.Clock.Move(time.Hour)
	sweep(t, r)
	if _, late := r.Page(id, link).Open(t); late.Text("state") != "expired" {
		t.Errorf("got %s, want expired", late.Body)
	}
	ended(t, r, map[string]string{"state": "PROCESS_STATE_FINISHED", "lastEvent": "EVENT_TYPE_SESSION_ENDED", "lastEventDescription": "The customer left the page."})
}

// The page and its policy.
func TestPageItself(t *testing.T) {
	r, c := bank(t)
	id := c.Post(t, at, ask()).Text("process.id")
	a := r.With("").Get(t, "/process/"+id).Want(t, http.StatusOK, "")
	if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'self' https://teller.example") || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		t.Errorf("got %s, want a page that only allowed origins frame", policy)
	}
}
