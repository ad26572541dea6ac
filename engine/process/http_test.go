package process_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/internal/fault"
)

var both = []engine.CapabilityName{engine.CapLiveness, engine.CapMultiAccounts}

// open is the rooms and a client whose key searches a segment.
func open(t *testing.T, capabilities ...engine.CapabilityName) (*enginetest.Rooms, enginetest.Client) {
	t.Helper()
	r := enginetest.Open(t)
	if len(capabilities) == 0 {
		capabilities = both
	}
	return r, r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: capabilities})
}

// want holds the answer of a process against its contract.
func want(t *testing.T, a enginetest.Answer, liveness float64, result string) enginetest.Answer {
	t.Helper()
	a.Want(t, http.StatusOK, "")
	if a.Number("status") != 3 || a.Number("liveness") != liveness || a.Text("idCloud.result") != result {
		t.Errorf("got %s, want status 3, liveness %v and %s", a.Body, liveness, result)
	}
	return a
}

func TestOneFaceOneContract(t *testing.T) {
	r, c := open(t)
	first := want(t, c.Create(t, "acc-1", enginetest.Ana()), 1, "inconclusive")
	want(t, c.Create(t, "acc-1", enginetest.LikeAna()), 1, "inconclusive")
	second := want(t, c.Create(t, "acc-2", enginetest.LikeAna()), 1, "reproved")
	want(t, c.Create(t, "acc-3", enginetest.Budi()), 1, "inconclusive") // LikeAna is 0.8 like him, but was not enrolled
	for _, version := range []string{"v1", "v2"} {
		got := c.Process(t, version, second.Text("id")).Want(t, http.StatusOK, "")
		if got.Text("id") != second.Text("id") || got.Text("idCloud.result") != "reproved" {
			t.Errorf("%s: got %s, want what was answered", version, got.Body)
		}
	}
	full := c.Process(t, "v2", first.Text("id"))
	for at, want := range map[string]any{
		"processAdditionalInfo.personName": "Ana Souza", "processAdditionalInfo.personDocument": enginetest.CPF,
		"processAdditionalInfo.finishedAt": "2026-11-22T12:00:00.000000", "processAdditionalInfo.transactionId": first.Text("id"),
	} {
		if got := full.At(at); got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
	if other := r.Client(t, "shop", enginetest.Wish{Capabilities: both}); other.Process(t, "v1", first.Text("id")).Status != http.StatusNotFound {
		t.Error("another org reads the process, want 404")
	}
}

// Who is enrolled, and who is not: asked by whether the face is found later.
func TestConditionalEnrol(t *testing.T) {
	for _, test := range []struct {
		what     string
		picture  enginetest.Picture
		liveness float64
		enrolled bool
	}{
		{"a good live picture", enginetest.Ana(), 1, true},
		{"a spoof", enginetest.Ana().Passively(0.1), 2, false},
		{"unclear", enginetest.Ana().Passively(0.3), 2, false},
		{"a poor picture", enginetest.Ana().With(engine.Blurred), 2, false},
		{"nobody", enginetest.Nobody(), 2, false},
	} {
		t.Run(test.what, func(t *testing.T) {
			_, c := open(t)
			want(t, c.Create(t, "acc-1", test.picture), test.liveness, "inconclusive")
			later := "inconclusive"
			if test.enrolled {
				later = "reproved"
			}
			want(t, c.Create(t, "acc-2", enginetest.Ana()), 1, later)
		})
	}
	t.Run("without liveness a face that would not be live is enrolled", func(t *testing.T) {
		_, c := open(t, engine.CapMultiAccounts)
		want(t, c.Create(t, "acc-1", enginetest.Ana().Passively(0.1)), 1, "inconclusive")
		want(t, c.Create(t, "acc-2", enginetest.Ana()), 1, "reproved")
	})
	t.Run("the first face of a reference stays", func(t *testing.T) {
		_, c := open(t)
		want(t, c.Create(t, "acc-1", enginetest.Ana()), 1, "inconclusive")
		want(t, c.Create(t, "acc-1", enginetest.Budi()), 1, "inconclusive")
		want(t, c.Create(t, "acc-2", enginetest.Budi()), 1, "inconclusive")
	})
	t.Run("segments are bases of their own", func(t *testing.T) {
		r, c := open(t)
		other := r.Client(t, "bank", enginetest.Wish{Segment: "corporate", Capabilities: both})
		want(t, c.Create(t, "acc-1", enginetest.Ana()), 1, "inconclusive")
		want(t, other.Create(t, "acc-2", enginetest.Ana()), 1, "inconclusive")
		want(t, other.Create(t, "acc-3", enginetest.Ana()), 1, "reproved")
	})
	t.Run("who was erased is not found", func(t *testing.T) {
		_, c := open(t)
		want(t, c.Create(t, "acc-1", enginetest.Ana()), 1, "inconclusive")
		twice := want(t, c.Create(t, "acc-2", enginetest.Ana()), 1, "reproved")
		c.Do(t, http.MethodDelete, "/api/identity/customers/acc-1/faces", nil).Want(t, http.StatusOK, "")
		evidence := c.Get(t, "/api/processes/"+twice.Text("id")+"/evidence").Want(t, http.StatusOK, "")
		if bytes.Contains(evidence.Body, []byte("acc-1")) {
			t.Errorf("got %s, want no name of who was erased", evidence.Body)
		}
		want(t, c.Create(t, "acc-3", enginetest.Ana()), 1, "inconclusive")
	})
}

func TestBundleInPlaceOfAPicture(t *testing.T) {
	r, _ := open(t)
	c := r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}, CaptureOnly: true})
	bundle := r.Bundle(t, "bank", "acc-1", enginetest.Ana())
	body := func(reference, bundle string) enginetest.Body {
		return enginetest.Body{"subject": enginetest.Body{"code": enginetest.CPF, "name": "Ana", "clientReference": reference}, "imageBase64": bundle}
	}
	refused := func(a enginetest.Answer, code string) {
		t.Helper()
		if a.Status != http.StatusBadRequest || a.Text("error.code") != code {
			t.Errorf("got %d %s, want 400 %s", a.Status, a.Body, code)
		}
	}
	refused(c.Create(t, "acc-1", enginetest.Ana()), "10506")
	refused(c.Send(t, body("acc-2", bundle)), "10506")
	want(t, c.Send(t, body("acc-1", bundle)), 1, "inconclusive")
	refused(c.Send(t, body("acc-1", bundle)), "10508")
	old := r.Bundle(t, "bank", "acc-1", enginetest.Ana())
	r.Clock.Move(11 * 60e9)
	refused(c.Send(t, body("acc-1", old)), "10507")
}

func TestEveryNumber(t *testing.T) {
	r, c := open(t)
	stranger := r.Client(t, "bank", enginetest.Wish{})
	unscoped := r.Client(t, "bank", enginetest.Wish{Scopes: []engine.Scope{engine.ViewAttempts}, Capabilities: both})
	elsewhere := r.Client(t, "shop", enginetest.Wish{Capabilities: both})
	picture := base64.StdEncoding.EncodeToString(enginetest.Ana().Bytes())
	whole := func(change func(subject, body enginetest.Body)) enginetest.Body {
		s := enginetest.Body{"code": enginetest.CPF, "name": "Ana", "clientReference": "acc-1"}
		b := enginetest.Body{"subject": s, "imageBase64": picture}
		change(s, b)
		return b
	}
	without := func(name string) enginetest.Body {
		return whole(func(s, b enginetest.Body) { delete(s, name); delete(b, name) })
	}
	with := func(name string, value any) enginetest.Body {
		return whole(func(s, _ enginetest.Body) { s[name] = value })
	}
	image := func(value any) enginetest.Body {
		return whole(func(_, b enginetest.Body) { b["imageBase64"] = value })
	}
	sees := func(code string) error { return &fault.Fault{Kind: fault.Unprocessable, Code: code, Title: "X."} }
	for _, test := range []struct {
		what   string
		client enginetest.Client
		body   any
		fails  error
		header []string
		status int
		code   string
		says   string
	}{
		{what: "no token", header: []string{"Authorization", ""}, status: 400, code: "20001", says: "O parâmetro authtoken não foi informado"},
		{what: "no API key", header: []string{"APIKEY", ""}, status: 400, code: "20002", says: "O parâmetro APIKey não foi informado"},
		{what: "a wrong token", header: []string{"Authorization", "Bearer x"}, status: 403, code: "10501", says: "O token informado é inválido"},
		{what: "a wrong API key", header: []string{"APIKEY", "x"}, status: 403, code: "10201", says: "O AppKey informado é inválido"},
		{what: "an API key of another org", header: []string{"APIKEY", elsewhere.Secret}, status: 403, code: "30017", says: "O usuário não tem permissão para executar está ação"},
		{what: "a key without the scope", client: unscoped, status: 403, code: "30017"},
		{what: "a key without capabilities", client: stranger, status: 403, code: "30017"},
		{what: "no body", body: []int{}, status: 400, code: "20003", says: "The request body is missing or invalid."},
		{what: "no subject", body: without("subject"), status: 400, code: "20004", says: "O parâmetro subject não foi informado"},
		{what: "no code", body: without("code"), status: 400, code: "20005", says: "O parâmetro subject.code não foi informado"},
		{what: "a blank code", body: with("code", " "), status: 400, code: "20005", says: "O parâmetro subject.code não foi informado"},
		{what: "a code of dashes", body: with("code", ".-."), status: 400, code: "20507", says: "O parâmetro subject.code é inválido"},
		{what: "a blank name", body: with("name", " "), status: 400, code: "20006", says: "O parâmetro subject.name não foi informado"},
		{what: "no name", body: without("name"), status: 400, code: "20006", says: "O parâmetro subject.name não foi informado"},
		{what: "a name without end", body: with("name", strings.Repeat("x", 513)), status: 400, code: "20003"},
		{what: "no clientReference", body: without("clientReference"), status: 400, code: "20003", says: "O parâmetro subject.clientReference não foi informado"},
		{what: "a clientReference with a space", body: with("clientReference", "a b"), status: 400, code: "20003", says: "O parâmetro subject.clientReference é inválido"},
		{what: "a clientReference too long", body: with("clientReference", strings.Repeat("x", 257)), status: 400, code: "20003"},
		{what: "no image", body: without("imageBase64"), status: 400, code: "20009", says: "O parâmetro imagebase64 não foi informado"},
		{what: "an image that is not base64", body: image("%%%%"), status: 400, code: "20900", says: "O base64 informado não é válido"},
		{what: "a data address", body: image("data:image/png;base64,AAAA"), status: 400, code: "20505", says: "O base64 informado não é suportado. Os formatos aceitos são png, jpeg e webp"},
		{what: "an unknown format", fails: sees("picture/unknown-format"), status: 400, code: "20505"},
		{what: "too many bytes", fails: sees("picture/too-many-bytes"), status: 400, code: "20506", says: "O base64 informado é muito grande. O tamanho máximo suportado é até 800kb."},
		{what: "too small", fails: sees("picture/too-small"), status: 400, code: "20807", says: "A imagem precisa estar no padrão HD ou possuir uma resolução superior a 640 x 480."},
		{what: "a code with wrong check digits", body: with("code", "123.456.789-12"), status: 400, code: "20507", says: "O parâmetro subject.code é inválido"},
		{what: "a bundle that is none", body: image("a.b.c"), status: 400, code: "10506", says: "O bundle informado é inválido."},
		{what: "busy eyes", fails: enginetest.ErrBusy, status: 503, code: "99999", says: "Internal failure! Try again later"},
		{what: "a mistake of ours", fails: errors.New("broken"), status: 500, code: "99999"},
	} {
		t.Run(test.what, func(t *testing.T) {
			r.Eyes.Fail(test.fails)
			if test.client.Secret == "" {
				test.client = c
			}
			if test.body == nil {
				test.body = whole(func(_, _ enginetest.Body) {})
			}
			header := append([]string{"APIKEY", test.client.Secret}, test.header...)
			before := r.Journal(t)
			a := test.client.Post(t, "/processes/v1/", test.body, header...)
			if a.Status != test.status || a.Text("error.code") != test.code || test.says != "" && a.Text("error.description") != test.says {
				t.Errorf("got %d %s, want %d %s %s", a.Status, a.Body, test.status, test.code, test.says)
			}
			if got := r.Journal(t); got != before {
				t.Errorf("got %d journal entries, want %d: nothing may be kept", got, before)
			}
		})
	}
	r.Eyes.Fail(nil)
	if a := c.Process(t, "v1", "00000000-0000-7000-8000-000000000000"); a.Status != 404 || a.Text("error.code") != "404" {
		t.Errorf("no such process: got %d %s, want 404", a.Status, a.Body)
	}
}

// Software written for the vendor's older pages.
func TestOldStyleClient(t *testing.T) {
	_, c := open(t)
	body := enginetest.Body{
		"Subject":     enginetest.Body{"Code": "52998224725", "Name": "Ana", "clientreference": "acc-1", "extra": 1},
		"imagebase64": enginetest.Ana().Bytes(), "useCase": "Onboarding", "unknown": []int{1},
	}
	a := want(t, c.Post(t, "/processes/v1/?trace=1", body, "APIKEY", c.Secret, "Authorization", c.Secret), 1, "inconclusive")
	read := c.Do(t, http.MethodGet, "/processes/v1/"+strings.ToUpper(a.Text("id"))+"/?_=1", nil, "APIKEY", c.Secret, "Authorization", c.Secret)
	if want(t, read, 1, "inconclusive"); read.Text("id") != a.Text("id") {
		t.Errorf("got %s, want the process by its id in capitals", read.Body)
	}
	for _, path := range []string{"/documents/v1?code=1&type=BR_CNH", "/lists/1"} { // of the contract, and not here
		if a := c.Get(t, path); a.Status != http.StatusNotFound || a.Text("error.code") != "404" {
			t.Errorf("%s: got %d %s, want 404 in the contract's form", path, a.Status, a.Body)
		}
	}
}

func TestSandbox(t *testing.T) {
	r, _ := open(t)
	c := r.Client(t, "bank", enginetest.Wish{Capabilities: both, Sandbox: true})
	for code, result := range map[string]string{
		"HEWW580907HGRSHL05": "reproved", "BAWB700219HNLTYR01": "risk-high", "IIFA830702HDFGNN06": "risk-critical", "PASP901014HDFRPT03": "inconclusive",
	} {
		want(t, c.Send(t, enginetest.Body{
			"subject": enginetest.Body{"code": code, "name": "X", "clientReference": "acc-" + code}, "imageBase64": enginetest.Ana().Bytes(),
		}), 1, result)
	}
	want(t, c.Create(t, "acc-9", enginetest.Ana()), 1, "inconclusive") // nobody of the sandbox was enrolled
}

func TestCandidatesAreForThoseWhoMaySeeScores(t *testing.T) {
	r, c := open(t)
	want(t, c.Create(t, "acc-1", enginetest.Ana()), 1, "inconclusive")
	a := want(t, c.Create(t, "acc-2", enginetest.LikeAna()), 1, "reproved")
	if bytes.Contains(a.Body, []byte("acc-1")) || bytes.Contains(a.Body, []byte("score")) {
		t.Errorf("got %s, want no candidate and no score", a.Body)
	}
	path := "/api/processes/" + a.Text("id") + "/evidence"
	e := c.Get(t, path).Want(t, http.StatusOK, "")
	if e.Text("findings.1.candidates.0.clientReference") != "acc-1" || e.Number("findings.1.candidates.0.score") < 0.59 || e.At("findings.1.candidates.0.reachesThreshold") != true {
		t.Errorf("got %s, want acc-1 with its score", e.Body)
	}
	r.Caller(t, "bank", engine.RunProcesses).Get(t, path).Want(t, http.StatusForbidden, "auth/missing-scope")
	r.Caller(t, "shop").Get(t, path).Want(t, http.StatusNotFound, "process/no-such-process")
	for _, leaf := range r.Leaves(t, 0) {
		for _, secret := range []string{"acc-1", "acc-2", "Ana Souza", "52998224725", enginetest.CPF} {
			if bytes.Contains(leaf.Raw, []byte(secret)) {
				t.Errorf("the journal entry %s has %q", leaf.Raw, secret)
			}
		}
	}
}

// A caller who goes away leaves a process that says so.
func TestCancelled(t *testing.T) {
	r, c := open(t)
	r.Eyes.Before(func(context.Context) error { return context.Canceled })
	c.Create(t, "acc-1", enginetest.Ana())
	leaves := r.Leaves(t, 0)
	if last := leaves[len(leaves)-1]; last.Kind != "process.decided" || !bytes.Contains(last.Public, []byte(`"status":4`)) {
		t.Errorf("got the journal entry %s, want a process of status 4", last.Raw)
	}
}
