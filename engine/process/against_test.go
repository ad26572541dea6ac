package process_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const (
	byProcess = "REFERENCE_TYPE_PROCESS_ID"
	byPicture = "REFERENCE_TYPE_IMAGE_BASE64"
)

func reference(kind, content string) enginetest.Body {
	return enginetest.Body{"referenceType": kind, "referenceContent": content}
}

func encoded(p enginetest.Picture) string { return base64.StdEncoding.EncodeToString(p.Bytes()) }

// validate asks whether a picture shows the person of some references.
func validate(t *testing.T, c enginetest.Client, p enginetest.Picture, references ...enginetest.Body) enginetest.Answer {
	t.Helper()
	return c.Send(t, enginetest.Body{"references": references, "imageBase64": p.Bytes()}).Want(t, http.StatusOK, "")
}

func TestValidation(t *testing.T) {
	r, c := open(t)
	first := c.Create(t, "acc-1", enginetest.Ana()).Text("id")
	spoofed := c.Create(t, "acc-1", enginetest.Ana().Passively(0.1)).Text("id")
	faceless := c.Create(t, "acc-1", enginetest.Nobody()).Text("id")
	bare := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapValidation}})
	live := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapLiveness, engine.CapValidation}})
	for _, test := range []struct {
		what       string
		client     enginetest.Client
		picture    enginetest.Picture
		references []enginetest.Body
		want       bool
		liveness   float64 // -1: not in the answer
	}{
		{"the same person", bare, enginetest.LikeAna(), []enginetest.Body{reference(byProcess, first)}, true, -1},
		{"another", bare, enginetest.Budi(), []enginetest.Body{reference(byProcess, first)}, false, -1},
		{"a picture as reference", bare, enginetest.LikeAna(), []enginetest.Body{reference(byPicture, encoded(enginetest.Ana()))}, true, -1},
		{"of two references one is another", bare, enginetest.Ana(), []enginetest.Body{reference(byProcess, first), reference(byPicture, encoded(enginetest.Budi()))}, false, -1},
		{"a reference that was an attack", bare, enginetest.Ana(), []enginetest.Body{reference(byProcess, spoofed)}, false, -1},
		{"a reference without a face", bare, enginetest.Ana(), []enginetest.Body{reference(byProcess, faceless)}, false, -1},
		{"a poor picture", bare, enginetest.Ana().With(engine.Blurred), []enginetest.Body{reference(byProcess, first)}, false, -1},
		{"live", live, enginetest.Ana(), []enginetest.Body{reference(byProcess, first)}, true, 1},
		{"an attack", live, enginetest.Ana().Passively(0.1), []enginetest.Body{reference(byProcess, first)}, false, 2},
	} {
		a := validate(t, test.client, test.picture, test.references...)
		if a.At("authenticated") != test.want || a.Number("liveness") != test.liveness || a.Number("status") != 3 {
			t.Errorf("%s: got %s, want authenticated %v and liveness %v", test.what, a.Body, test.want, test.liveness)
		}
		for _, member := range []string{"unicoId", "identityFraudsters", "score", "government", "idCloud"} {
			if a.At(member) != nil {
				t.Errorf("%s: got %s, want no %s", test.what, a.Body, member)
			}
		}
	}
}

func TestOlderFormOfReference(t *testing.T) {
	r, c := open(t)
	first := c.Create(t, "acc-1", enginetest.Ana()).Text("id")
	v := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapValidation}})
	a := v.Send(t, enginetest.Body{"referenceProcessId": first, "imagebase64": enginetest.Ana().Bytes()}).Want(t, http.StatusOK, "")
	again := v.Process(t, "v1", a.Text("id"))
	if a.At("authenticated") != true || string(again.Body) != string(a.Body) {
		t.Errorf("got %s and %s, want authenticated twice", a.Body, again.Body)
	}
	chained := validate(t, v, enginetest.Ana(), reference(byProcess, a.Text("id"))) // a validation is a process, too
	if chained.At("authenticated") != true {
		t.Errorf("got %s, want authenticated", chained.Body)
	}
	e := c.Get(t, "/api/processes/"+a.Text("id")+"/evidence")
	if e.Text("clientReference") != "acc-1" {
		t.Errorf("got %s, want the person of the reference", e.Body)
	}
}

// What is wrong with a reference, and in which order it is said.
func TestEveryNumberOfAValidation(t *testing.T) {
	r, c := open(t)
	first := c.Create(t, "acc-1", enginetest.Ana()).Text("id")
	v := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapValidation}})
	both := r.Client(t, "bank", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapValidation, engine.CapIdentity}})
	elsewhere := r.Client(t, "shop", enginetest.Wish{Capabilities: []engine.CapabilityName{engine.CapValidation}})
	picture := encoded(enginetest.Ana())
	many := make([]enginetest.Body, 9)
	for i := range many {
		many[i] = reference(byProcess, first)
	}
	for _, test := range []struct {
		what   string
		client enginetest.Client
		body   enginetest.Body
		status int
		code   string
		says   string
	}{
		{"no references", v, enginetest.Body{"imageBase64": picture}, 400, "20003", "O parâmetro references não foi informado"},
		{"too many", v, enginetest.Body{"references": many, "imageBase64": picture}, 400, "20003", "O parâmetro references é inválido"},
		{"an unknown type", v, enginetest.Body{"references": []enginetest.Body{reference("X", first)}, "imageBase64": picture}, 400, "20003", "O parâmetro referenceType é inválido"},
		{"no content", v, enginetest.Body{"references": []enginetest.Body{reference(byProcess, "")}, "imageBase64": picture}, 400, "20003", "O parâmetro referenceContent não foi informado"},
		{"an unknown process", v, enginetest.Body{"referenceProcessId": "x", "imageBase64": picture}, 400, "20003", "O parâmetro referenceContent é inválido"},
		{"an id without end", v, enginetest.Body{"referenceProcessId": strings.Repeat("x", 70000), "imageBase64": picture}, 400, "20003", "O parâmetro referenceContent é inválido"},
		{"a process of another org", elsewhere, enginetest.Body{"referenceProcessId": first, "imageBase64": picture}, 400, "20003", "O parâmetro referenceContent é inválido"},
		{"a reference that is not base64", v, enginetest.Body{"references": []enginetest.Body{reference(byPicture, "%%%")}, "imageBase64": picture}, 400, "20900", ""},
		{"a reference that is no picture", v, enginetest.Body{"references": []enginetest.Body{reference(byPicture, "AAAA")}, "imageBase64": picture}, 400, "20505", ""},
		{"no picture", v, enginetest.Body{"referenceProcessId": first}, 400, "20009", ""},
		{"a reference before the picture", v, enginetest.Body{}, 400, "20003", "O parâmetro references não foi informado"},
		{"identity verification needs to know who", both, enginetest.Body{"referenceProcessId": first, "imageBase64": picture}, 400, "20004", ""},
		{"a number that is none", v, enginetest.Body{"subject": enginetest.Body{"code": "123"}, "referenceProcessId": first, "imageBase64": picture}, 400, "20507", ""},
		{"a register that nobody knows", v, enginetest.Body{"subject": enginetest.Body{"code": "123", "duiType": "DUI_TYPE_XX_Y"}, "referenceProcessId": first, "imageBase64": picture}, 400, "20507", ""},
		{"another register", v, enginetest.Body{"subject": enginetest.Body{"code": "3171234567890123", "duiType": "DUI_TYPE_ID_NIK"}, "referenceProcessId": first, "imageBase64": picture}, 200, "", ""},
	} {
		before := r.Journal(t)
		a := test.client.Send(t, test.body)
		if a.Status != test.status || a.Text("error.code") != test.code || test.says != "" && a.Text("error.description") != test.says {
			t.Errorf("%s: got %d %s, want %d %s %s", test.what, a.Status, a.Body, test.status, test.code, test.says)
		}
		if got := r.Journal(t); a.Status != 200 && got != before {
			t.Errorf("%s: got %d journal entries, want %d: nothing may be kept", test.what, got, before)
		}
	}
	c.Do(t, http.MethodDelete, "/api/identity/customers/acc-1/faces", nil).Want(t, http.StatusOK, "")
	if a := v.Send(t, enginetest.Body{"referenceProcessId": first, "imageBase64": picture}); a.Status != 410 || a.Text("error.code") != "410" {
		t.Errorf("a reference whose face was erased: got %d %s, want 410", a.Status, a.Body)
	}
}
