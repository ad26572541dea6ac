package behaviour_test

import (
	"bytes"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// numbers are CPFs whose check digits hold.
func numbers() []string {
	return []string{"52998224725", "12345678909", "11144477735", "39053344705", "98765432100", "86288366757", "27485931032"}
}

func open(t *testing.T) (*enginetest.Rooms, enginetest.Client) {
	t.Helper()
	r := enginetest.Open(t)
	return r, r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapBehaviour}})
}

// ask asks about a number, at a device when one is named.
func ask(t *testing.T, c enginetest.Client, number, device string, p enginetest.Picture, want string) enginetest.Answer {
	t.Helper()
	body := enginetest.Body{"subject": enginetest.Body{"code": number, "name": "Ana Souza"}, "imageBase64": p.Bytes()}
	if device != "" {
		body["deviceId"] = device
	}
	a := c.Send(t, body).Want(t, http.StatusOK, "")
	if a.Text("identityFraudsters.result") != want || a.Number("status") != 3 {
		t.Errorf("%s: got %s, want %s", number, a.Body, want)
	}
	return a
}

func propose(t *testing.T, c enginetest.Caller, p enginetest.Picture) string {
	t.Helper()
	return c.Post(t, "/api/watchlist", enginetest.Body{"image": p.Bytes(), "reason": "MARKER case 7", "source": "fraud desk", "expiresInDays": 30}).
		Want(t, http.StatusCreated, "").Text("id")
}

func TestWatchlistTakesFourEyes(t *testing.T) {
	r, c := open(t)
	one, two := r.Caller(t, "bank"), r.Caller(t, "bank", engine.WriteWatchlist)
	id := propose(t, one, enginetest.Ana())
	ask(t, c, numbers()[0], "", enginetest.Ana(), "inconclusive") // proposed is not enough
	one.Post(t, "/api/watchlist/"+id+"/confirm", nil).Want(t, http.StatusConflict, "watchlist/same-key")
	ask(t, c, numbers()[0], "", enginetest.Ana(), "inconclusive")
	two.Post(t, "/api/watchlist/"+id+"/confirm", nil).Want(t, http.StatusOK, "")
	two.Post(t, "/api/watchlist/"+id+"/confirm", nil).Want(t, http.StatusConflict, "watchlist/confirmed")
	ask(t, c, numbers()[0], "", enginetest.Ana(), "yes")
	ask(t, c, numbers()[0], "", enginetest.LikeAna(), "yes")            // 0.6: exactly at the bar
	ask(t, c, numbers()[1], "", enginetest.HardlyAna(), "inconclusive") // 0.52
	ask(t, c, numbers()[1], "", enginetest.Budi(), "inconclusive")
	ask(t, c, numbers()[0], "", enginetest.Ana().With(engine.Blurred), "yes") // a poor picture is searched all the same
	ask(t, c, numbers()[0], "", enginetest.Nobody(), "inconclusive")
	list := one.Get(t, "/api/watchlist").Want(t, http.StatusOK, "")
	if list.Len("data") != 1 || list.Text("data.0.state") != "active" || list.Text("data.0.reason") != "MARKER case 7" {
		t.Errorf("got %s, want one active entry with its reason", list.Body)
	}
	shop := r.Client(t, "shop", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapBehaviour}})
	ask(t, shop, numbers()[0], "", enginetest.Ana(), "inconclusive")
	shop.Do(t, http.MethodDelete, "/api/watchlist/"+id, nil).Want(t, http.StatusNotFound, "watchlist/no-such-entry")
	two.Do(t, http.MethodDelete, "/api/watchlist/"+id, nil).Want(t, http.StatusOK, "")
	ask(t, c, numbers()[0], "", enginetest.Ana(), "inconclusive")
	two.Do(t, http.MethodDelete, "/api/watchlist/"+id, nil).Want(t, http.StatusNotFound, "watchlist/no-such-entry")
	two.Post(t, "/api/watchlist/"+id+"/confirm", nil).Want(t, http.StatusNotFound, "watchlist/no-such-entry")
	for _, leaf := range r.Leaves(t, 0) {
		if bytes.Contains(leaf.Raw, []byte("MARKER")) || bytes.Contains(leaf.Raw, []byte("fraud desk")) {
			t.Errorf("the journal entry %s says why", leaf.Raw)
		}
	}
}

// An org sets what is too much for a face; it holds from the next process on, within
// bounds, and for that org alone.
func TestLimitsAreSettings(t *testing.T) {
	r, c := open(t)
	set := func(limits enginetest.Body) enginetest.Answer {
		return c.Do(t, http.MethodPut, "/api/identity/settings/risk-tiers", enginetest.Body{"behaviour": limits})
	}
	ask(t, c, numbers()[0], "", enginetest.Ana(), "inconclusive")
	ask(t, c, numbers()[1], "", enginetest.Ana(), "inconclusive") // two identities are the default
	for _, wrong := range []enginetest.Body{
		{"identities": 0}, {"identities": 21}, {"windowDays": 0}, {"windowDays": 31}, {"deviceMinutes": 4}, {"atDevice": 201}, {"suspicions": 3}, {"identity": 2},
	} {
		set(wrong).Want(t, http.StatusBadRequest, "")
	}
	a := set(enginetest.Body{"identities": 1}).Want(t, http.StatusOK, "")
	if a.Number("behaviour.identities") != 1 || a.Number("behaviour.windowDays") != 7 || a.Number("version") != 1 {
		t.Errorf("got %s, want one identity, the default window, version 1", a.Body)
	}
	ask(t, c, numbers()[1], "", enginetest.Ana(), "yes")
	shop := r.Client(t, "shop", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapBehaviour}})
	ask(t, shop, numbers()[0], "", enginetest.Ana(), "inconclusive")
	ask(t, shop, numbers()[1], "", enginetest.Ana(), "inconclusive")
	set(enginetest.Body{"identities": 5}).Want(t, http.StatusOK, "")
	ask(t, c, numbers()[2], "", enginetest.Ana(), "inconclusive")
}

// Two keys of one person are one pair of eyes, and so is a key that nobody holds;
// what was proposed with such a key must be proposed anew.
func TestWatchlistTakesTwoHolders(t *testing.T) {
	r, c := open(t)
	ana, again, budi, nobody := r.CallerFor(t, "bank", "Ana.Souza"), r.CallerFor(t, "bank", "ana.souza"), r.CallerFor(t, "bank", "budi"), r.CallerFor(t, "bank", "")
	confirm := func(by enginetest.Caller, id string) enginetest.Answer {
		return by.Post(t, "/api/watchlist/"+id+"/confirm", nil)
	}
	id := propose(t, ana, enginetest.Ana())
	confirm(again, id).Want(t, http.StatusForbidden, "four-eyes/same-holder")
	confirm(nobody, id).Want(t, http.StatusForbidden, "four-eyes/no-holder")
	orphan := propose(t, nobody, enginetest.Ana())
	confirm(budi, orphan).Want(t, http.StatusForbidden, "four-eyes/no-first-holder")
	confirm(r.CallerFor(t, "bank", ""), orphan).Want(t, http.StatusForbidden, "four-eyes/no-holder")
	ask(t, c, numbers()[0], "", enginetest.Ana(), "inconclusive")
	confirm(budi, id).Want(t, http.StatusOK, "")
	ask(t, c, numbers()[0], "", enginetest.Ana(), "yes")
}

func TestWatchlistRefusals(t *testing.T) {
	r, c := open(t)
	body := func(change func(enginetest.Body)) enginetest.Body {
		b := enginetest.Body{"image": enginetest.Ana().Bytes(), "reason": "x", "source": "y", "expiresInDays": 1}
		change(b)
		return b
	}
	faceless := ask(t, c, numbers()[0], "", enginetest.Nobody(), "inconclusive").Text("id")
	blurred := ask(t, c, numbers()[0], "", enginetest.Ana().With(engine.Blurred), "inconclusive").Text("id")
	seen := ask(t, c, numbers()[0], "", enginetest.Ana(), "inconclusive").Text("id")
	for _, test := range []struct {
		what   string
		body   enginetest.Body
		status int
		code   string
	}{
		{"no face", body(func(b enginetest.Body) { delete(b, "image") }), 400, "watchlist/one-face"},
		{"two faces", body(func(b enginetest.Body) { b["processId"] = seen }), 400, "watchlist/one-face"},
		{"a poor picture", body(func(b enginetest.Body) { b["image"] = enginetest.Ana().With(engine.Blurred).Bytes() }), 422, "watchlist/poor-picture"},
		{"a picture of nobody", body(func(b enginetest.Body) { b["image"] = enginetest.Nobody().Bytes() }), 422, "watchlist/poor-picture"},
		{"an unknown process", body(func(b enginetest.Body) { delete(b, "image"); b["processId"] = "x" }), 404, "process/no-such-process"},
		{"a process without a face", body(func(b enginetest.Body) { delete(b, "image"); b["processId"] = faceless }), 422, "watchlist/no-face"},
		{"a process with a poor picture", body(func(b enginetest.Body) { delete(b, "image"); b["processId"] = blurred }), 422, "watchlist/poor-picture"},
		{"no reason", body(func(b enginetest.Body) { delete(b, "reason") }), 400, ""},
		{"for ever", body(func(b enginetest.Body) { b["expiresInDays"] = 1831 }), 400, ""},
		{"a process", body(func(b enginetest.Body) { delete(b, "image"); b["processId"] = seen }), 201, ""},
	} {
		if a := c.Post(t, "/api/watchlist", test.body); a.Status != test.status || test.code != "" && a.Text("code") != test.code {
			t.Errorf("%s: got %d %s, want %d %s", test.what, a.Status, a.Body, test.status, test.code)
		}
	}
	reader := r.Caller(t, "bank", engine.ViewWatchlist)
	reader.Get(t, "/api/watchlist").Want(t, http.StatusOK, "")
	reader.Post(t, "/api/watchlist", body(func(enginetest.Body) {})).Want(t, http.StatusForbidden, "auth/missing-scope")
	r.Caller(t, "bank", engine.RunProcesses).Get(t, "/api/watchlist").Want(t, http.StatusForbidden, "auth/missing-scope")
}

func TestWatchlistExpires(t *testing.T) {
	r, c := open(t)
	one, two := r.Caller(t, "bank"), r.Caller(t, "bank")
	id := propose(t, one, enginetest.Ana())
	two.Post(t, "/api/watchlist/"+id+"/confirm", nil).Want(t, http.StatusOK, "")
	late := propose(t, one, enginetest.Budi())
	r.Clock.Move(30*24*time.Hour - time.Second)
	ask(t, c, numbers()[0], "", enginetest.Ana(), "yes")
	r.Clock.Move(time.Second)
	ask(t, c, numbers()[0], "", enginetest.Ana(), "inconclusive")
	if got := one.Get(t, "/api/watchlist").Text("data.0.state"); got != "expired" {
		t.Errorf("got %s, want expired", got)
	}
	two.Post(t, "/api/watchlist/"+late+"/confirm", nil).Want(t, http.StatusNotFound, "watchlist/no-such-entry")
}

func TestOneFaceUnderManyIdentities(t *testing.T) {
	r, c := open(t)
	n := numbers()
	for range 5 {
		ask(t, c, n[0], "", enginetest.Ana(), "inconclusive") // the same identity counts once
	}
	ask(t, c, n[1], "", enginetest.Ana(), "inconclusive")
	ask(t, c, n[2], "", enginetest.Budi(), "inconclusive") // another face
	ask(t, c, n[2], "", enginetest.Ana(), "yes")
	ask(t, c, n[0], "", enginetest.Ana(), "yes")
	r.Clock.Move(7*24*time.Hour + time.Second)
	ask(t, c, n[3], "", enginetest.Ana(), "inconclusive")
}

// Of many at one moment each sees those in line before it.
func TestIdentitiesAtOneMoment(t *testing.T) {
	_, c := open(t)
	var gate, all sync.WaitGroup
	results := make([]string, len(numbers()))
	gate.Add(len(results))
	for i, n := range numbers() {
		all.Go(func() {
			gate.Done()
			gate.Wait()
			a := c.Send(t, enginetest.Body{"subject": enginetest.Body{"code": n, "name": "X"}, "imageBase64": enginetest.Ana().Bytes()})
			results[i] = a.Text("identityFraudsters.result")
		})
	}
	all.Wait()
	yes := 0
	for _, one := range results {
		if one == "yes" {
			yes++
		}
	}
	if yes != len(results)-2 {
		t.Errorf("got %v, want two inconclusive and the others yes", results)
	}
}

func TestSuspicionsAddUp(t *testing.T) {
	r, _ := open(t)
	c := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapLiveness, engine.CapBehaviour}})
	n := numbers()
	ask(t, c, n[0], "", enginetest.Ana().Passively(0.1), "inconclusive") // an attack
	ask(t, c, n[1], "", enginetest.Ana().Passively(0.1), "yes")          // and its very bytes with another number
	for i := range 5 {
		v := make([]float32, 16)
		v[i+4] = 1
		ask(t, c, n[i], "phone-1", enginetest.Picture{Vector: v, Passive: 0.98}, "inconclusive")
	}
	sixth := enginetest.Picture{Vector: []float32{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}, Passive: 0.98}
	a := ask(t, c, n[5], "phone-1", sixth, "inconclusive")
	e := c.Get(t, "/api/processes/"+a.Text("id")+"/evidence").Want(t, http.StatusOK, "")
	if e.Text("findings.1.reasons.0") != "many-identities-at-one-device" {
		t.Errorf("got %s, want the device as reason", e.Body)
	}
	ask(t, c, n[6], "phone-1", sixth.Passively(0.1), "yes")
	r.Clock.Move(time.Hour + time.Second)
	ask(t, c, n[6], "phone-1", sixth.Passively(0.15), "inconclusive")
}

// Who is erased leaves no visit, in the records or in memory; a daemon that
// starts again remembers the others, and the watchlist.
func TestErasureAndRestart(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	wish := enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapBehaviour}}
	n := numbers()
	t.Run("before", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := r.Client(t, "bank", wish)
		ask(t, c, n[0], "", enginetest.Ana(), "inconclusive")
		ask(t, c, n[1], "", enginetest.Ana(), "inconclusive")
		c.Do(t, http.MethodDelete, "/api/identity/customers/code:"+n[0]+"/faces", nil).Want(t, http.StatusOK, "")
		ask(t, c, n[2], "", enginetest.Ana(), "inconclusive") // the second that is known
		id := propose(t, r.Caller(t, "bank"), enginetest.Budi())
		r.Caller(t, "bank").Post(t, "/api/watchlist/"+id+"/confirm", nil).Want(t, http.StatusOK, "")
	})
	t.Run("after", func(t *testing.T) {
		c := enginetest.OpenIn(t, dir, clock).Client(t, "bank", wish)
		ask(t, c, n[3], "", enginetest.Budi(), "yes")
		ask(t, c, n[4], "", enginetest.Ana(), "yes") // the third
	})
}
