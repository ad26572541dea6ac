package journey_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/internal/fixture"
)

// photo is a picture that programs can open, as a capture's best still is.
func photo(t *testing.T) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, 480, 640))
	for y := range 640 {
		for x := range 480 {
			p.Set(x, y, color.RGBA{uint8(90 + x/8), uint8(80 + y/9), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// film makes a challenge by the page and captures somebody for it, as the
// studio does. It answers the bundle.
func film(t *testing.T, r *enginetest.Rooms, p enginetest.Page, who enginetest.Picture) string {
	t.Helper()
	a := p.Does(t, "challenge", enginetest.Body{}).Want(t, http.StatusOK, "")
	id := engine.ChallengeID(path.Base(a.Text("whipUrl")))
	r.Begin(t, id)
	face, err := r.Eyes.Look(t.Context(), who.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	light := engine.FlashEvidence{Frames: 200, FPS: 29.8, Lag: 121, Seconds: 6.6}
	for i := range 10 {
		light.Slots = append(light.Slots, engine.FlashSlot{
			Kind: "F", Tiles: [4]string{"#e900ff", "#009e00", "#0087ff", "#bb7a00"}, Start: float64(i) * 600, Length: 400,
			Regions: []engine.FlashRegion{{Name: "forehead", Expected: [2]float64{0.02, -0.01}, Measured: [2]float64{0.018, -0.012}}},
		})
	}
	bundle, err := r.Evidence.Keep(t.Context(), engine.Capture{
		ID: enginetest.SessionOf(id).ID, Connection: enginetest.SessionOf(id).Connection, Challenge: id, Best: face, Picture: photo(t), Flash: light,
		Others: []engine.Sight{{Slot: -1, Colour: "K", Faces: 1, Cosine: 1, Passive: who.Passive}},
	})
	if err != nil {
		t.Fatalf("keep a capture: got %v, want none", err)
	}
	return bundle
}

// create creates a journey and answers its id and its page, opened.
func create(t *testing.T, r *enginetest.Rooms, c enginetest.Caller, changes ...enginetest.Body) (string, enginetest.Page) {
	t.Helper()
	a := c.Post(t, at, ask(changes...)).Want(t, http.StatusOK, "")
	p, opened := r.Page(a.Text("process.id"), a.Text("process.token")).Open(t)
	opened.Want(t, http.StatusOK, "")
	return a.Text("process.id"), p
}

// goes leads somebody through a journey to its end, and answers the process as
// it is read afterwards.
func goes(t *testing.T, r *enginetest.Rooms, c enginetest.Caller, who enginetest.Picture, changes ...enginetest.Body) enginetest.Answer {
	t.Helper()
	id, p := create(t, r, c, changes...)
	a := p.Does(t, "capture", enginetest.Body{"bundle": film(t, r, p, who)}).Want(t, http.StatusOK, "")
	if a.Text("state") != "done" {
		t.Errorf("the page is told %s, want done", a.Body)
	}
	return c.Get(t, at+"/"+id).Want(t, http.StatusOK, "")
}

const info = "process.authenticationInfo."

// One row for each flow that works: what Ana is found to be who was seen
// before, and somebody else under her name.
func TestFlows(t *testing.T) {
	const no = "NEGATIVE"
	for _, test := range []struct {
		flow             string
		members          enginetest.Body // of authenticationInfo, for Ana
		capacities       int
		identity, biotok string // for Budi
	}{
		{"idlive", enginetest.Body{}, 1, "UNSPECIFIED", "UNSPECIFIED"},
		{"id", enginetest.Body{"authenticationResult": "AUTHENTICATION_RESULT_POSITIVE"}, 2, no, "UNSPECIFIED"},
		{"idunico", enginetest.Body{"authenticationResult": "AUTHENTICATION_RESULT_POSITIVE"}, 2, no, "UNSPECIFIED"},
		{"idcheck", enginetest.Body{"authenticationResult": "AUTHENTICATION_RESULT_POSITIVE"}, 3, no, "UNSPECIFIED"},
		{"idtrust", enginetest.Body{"authenticationResult": "AUTHENTICATION_RESULT_POSITIVE", "identityFraudstersResult": "TRUST_RESULT_INCONCLUSIVE", "trustResult": "TRUST_RESULT_INCONCLUSIVE"}, 2, no, "UNSPECIFIED"},
		{"idonboarding", enginetest.Body{"identityFraudstersResult": "TRUST_RESULT_INCONCLUSIVE"}, 2, no, "UNSPECIFIED"},
		{"idchecktrust", enginetest.Body{"identityFraudstersResult": "TRUST_RESULT_INCONCLUSIVE"}, 3, no, "UNSPECIFIED"},
		{"idlivetrust", enginetest.Body{"identityFraudstersResult": "TRUST_RESULT_INCONCLUSIVE"}, 1, "UNSPECIFIED", "UNSPECIFIED"},
		{"idcheckserpro", enginetest.Body{"serproResult.score": 92.0}, 3, no, "UNSPECIFIED"},
		{"idtoken", enginetest.Body{"bioTokenEngineResult": "BIO_TOKEN_ENGINE_RESULT_POSITIVE"}, 1, "UNSPECIFIED", no},
		{"idtokentrust", enginetest.Body{"bioTokenEngineResult": "BIO_TOKEN_ENGINE_RESULT_POSITIVE", "identityFraudstersResult": "TRUST_RESULT_INCONCLUSIVE"}, 1, "UNSPECIFIED", no},
	} {
		t.Run(test.flow, func(t *testing.T) {
			r, c := bank(t)
			r.Register.Say(92)
			first := goes(t, r, c, enginetest.Ana(), enginetest.Body{"flow": "id"})
			goes(t, r, c, enginetest.Ana(), enginetest.Body{"flow": "id"})
			want := enginetest.Body{"flow": test.flow}
			if strings.HasPrefix(test.flow, "idtoken") {
				want["references"] = []enginetest.Body{{"referenceType": "REFERENCE_TYPE_PROCESS_ID", "referenceContent": first.Text("process.id")}}
			}
			ana := goes(t, r, c, enginetest.LikeAna(), want)
			members := enginetest.Body{
				"livenessResult": "LIVENESS_RESULT_LIVE", "frictionlessResult": "FRICTIONLESS_RESULT_UNSPECIFIED",
				"faceWithOtherIdResult": "TRUST_RESULT_UNSPECIFIED", "idAgeResult": "ID_AGE_RESULT_UNSPECIFIED",
			}
			for name, value := range test.members {
				members[name] = value
			}
			for name, value := range members {
				if got := ana.At(info + name); got != value {
					t.Errorf("%s: got %v, want %v", name, got, value)
				}
			}
			if ana.Text("process.state") != "PROCESS_STATE_FINISHED" || ana.Text("process.result") != "PROCESS_RESULT_OK" ||
				ana.Len("process.capacities") != test.capacities || len(ana.Text(info+"authenticationId")) != 36 || ana.Text("process.token") != "" {
				t.Errorf("got %s, want it finished and right", ana.Body)
			}
			if isToken := strings.HasPrefix(test.flow, "idtoken"); isToken && ana.Text("process.bioTokenData.referenceProcessId") != first.Text(info+"authenticationId") {
				t.Errorf("got %s, want the reference's process", ana.Body)
			}
			budi := goes(t, r, c, enginetest.Budi(), want)
			result := "PROCESS_RESULT_OK"
			if test.identity == no || test.biotok == no {
				result = "PROCESS_RESULT_INVALID_IDENTITY"
			}
			if budi.Text(info+"authenticationResult") != "AUTHENTICATION_RESULT_"+test.identity ||
				budi.Text(info+"bioTokenEngineResult") != "BIO_TOKEN_ENGINE_RESULT_"+test.biotok || budi.Text("process.result") != result {
				t.Errorf("somebody else: got %s, want %s, %s and %s", budi.Body, test.identity, test.biotok, result)
			}
		})
	}
}

// Who is not alive is no valid identity; a face that another holds is told
// where the key asks for that; a picture may be the reference.
func TestOtherEnds(t *testing.T) {
	r, c := bank(t)
	r.Judge.Finds(engine.LivenessFinding{Verdict: engine.Spoof, Assurance: engine.AssuranceStandard, Score: 0.001, Reasons: []string{"wrong_code"}})
	a := goes(t, r, c, enginetest.Ana())
	if a.Text(info+"livenessResult") != "LIVENESS_RESULT_NOT_LIVE" || a.Text("process.result") != "PROCESS_RESULT_INVALID_IDENTITY" || a.Text("process.state") != "PROCESS_STATE_FINISHED" {
		t.Errorf("a spoof: got %s, want it not live and invalid", a.Body)
	}
	ended(t, r, map[string]string{"processId": a.Text("process.id"), "state": "PROCESS_STATE_FINISHED", "flow": "idlive", "lastEvent": "", "lastEventDescription": ""})
	r.Judge.Finds(enginetest.Lively())
	shop := r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: []engine.CapabilityName{engine.CapLiveness, engine.CapMultiAccounts}}).Caller
	one := goes(t, r, shop, enginetest.Ana(), enginetest.Body{"clientReference": "acc-1"})
	two := goes(t, r, shop, enginetest.Ana(), enginetest.Body{"clientReference": "acc-2"})
	if one.Text(info+"faceWithOtherIdResult") != "TRUST_RESULT_INCONCLUSIVE" || two.Text(info+"faceWithOtherIdResult") != "TRUST_RESULT_YES" {
		t.Errorf("multi accounts: got %s and %s, want inconclusive and yes", one.Text(info+"faceWithOtherIdResult"), two.Text(info+"faceWithOtherIdResult"))
	}
	reference := enginetest.Ana().Bytes()
	reference = append(reference, bytes.Repeat([]byte(" "), 200<<10)...) // in several parts
	by := enginetest.Body{"flow": "idtoken", "person": nil, "clientReference": nil, "references": []enginetest.Body{
		{"referenceType": "REFERENCE_TYPE_IMAGE_BASE64", "referenceContent": base64.StdEncoding.EncodeToString(reference)},
	}}
	if got := goes(t, r, c, enginetest.LikeAna(), by).Text(info + "bioTokenEngineResult"); got != "BIO_TOKEN_ENGINE_RESULT_POSITIVE" {
		t.Errorf("against a picture: got %s, want positive", got)
	}
	if got := goes(t, r, c, enginetest.Budi(), by).Text("process.result"); got != "PROCESS_RESULT_INVALID_IDENTITY" {
		t.Errorf("somebody else against a picture: got %s, want invalid", got)
	}
	unknown := enginetest.Body{"flow": "idtoken", "references": []enginetest.Body{{"referenceType": "REFERENCE_TYPE_PROCESS_ID", "referenceContent": "019283aa-0000-7000-8000-000000000001"}}}
	if a := c.Post(t, at, ask(unknown)); a.Status != 400 || a.Text("error.description") != "invalid references: references must be a process of yours" {
		t.Errorf("a reference that nobody knows: got %d %s", a.Status, a.Body)
	}
}

// A capability that breaks ends the journey as failed, with an error.
func TestBroken(t *testing.T) {
	r, c := bank(t)
	id, p := create(t, r, c, enginetest.Body{"flow": "idcheckserpro"})
	bundle := film(t, r, p, enginetest.Ana())
	r.Register.Fail(errors.New("the line is dead"))
	if a := p.Does(t, "capture", enginetest.Body{"bundle": bundle}).Want(t, http.StatusOK, ""); a.Text("state") != "failed" {
		t.Errorf("the page is told %s, want failed", a.Body)
	}
	a := c.Get(t, at+"/"+id)
	if a.Text("process.state") != "PROCESS_STATE_FAILED" || a.Text("process.result") != "PROCESS_RESULT_ERROR" {
		t.Errorf("got %s, want it failed with an error", a.Body)
	}
	if a := c.Get(t, at+"/"+id+"/evidenceset"); a.Status != 422 {
		t.Errorf("evidence of what failed: got %d, want 422", a.Status)
	}
}

// The picture is there for eight hours, watermarked; the evidence set is a
// sealed PDF, with scores for those who may see them.
func TestFilesOfAJourney(t *testing.T) {
	r, c := bank(t)
	done := goes(t, r, c, enginetest.Ana(), enginetest.Body{"flow": "id"})
	one := at + "/" + done.Text("process.id")
	selfie := c.Get(t, one+"/selfie").Want(t, http.StatusOK, "")
	var said struct {
		FileContents []byte
		ContentType  string
	}
	if err := json.Unmarshal(selfie.Body, &said); err != nil || said.ContentType != "image/jpeg" || bytes.Equal(said.FileContents, photo(t)) {
		t.Errorf("got %v %s, want a picture that is marked", err, said.ContentType)
	}
	marked, err := jpeg.Decode(bytes.NewReader(said.FileContents))
	if err != nil || marked.Bounds().Dx() != 480 {
		t.Errorf("got %v, want a JPEG of the same size", err)
	}
	raw := c.Get(t, one+"/selfie?raw=true").Want(t, http.StatusOK, "")
	if raw.Header.Get("Content-Type") != "image/jpeg" || !bytes.Equal(raw.Body, said.FileContents) {
		t.Errorf("raw: got %s, want the same JPEG by itself", raw.Header.Get("Content-Type"))
	}
	set := c.Get(t, one+"/evidenceset").Want(t, http.StatusOK, "")
	if err := json.Unmarshal(set.Body, &said); err != nil || said.ContentType != "application/pdf" || !bytes.HasPrefix(said.FileContents, []byte("%PDF-")) {
		t.Fatalf("got %v %s, want a PDF", err, said.ContentType)
	}
	reads(t, said.FileContents, "score 0.9999", "Liveness", "Identity verification", "Ana Souza", "529.982.247-25", "forehead")
	hidden := r.Caller(t, "bank", engine.RunProcesses).Get(t, one+"/evidenceset").Want(t, http.StatusOK, "")
	if err := json.Unmarshal(hidden.Body, &said); err != nil {
		t.Fatal(err)
	}
	if text := reads(t, said.FileContents, "Liveness"); strings.Contains(text, "0.9999") {
		t.Error("a key without scores:view reads a score")
	}
	if pem := c.Get(t, "/client/v1/seal").Want(t, http.StatusOK, ""); !bytes.HasPrefix(pem.Body, []byte("-----BEGIN CERTIFICATE-----")) || bytes.Contains(pem.Body, []byte("PRIVATE")) {
		t.Errorf("got %s, want the certificate alone", pem.Body)
	}
	r.Clock.Move(8 * time.Hour)
	c.Get(t, one+"/selfie").Want(t, http.StatusNotFound, "")
	r.Clock.Move(enginetest.KeepCaptures)
	c.Get(t, one+"/evidenceset").Want(t, http.StatusOK, "")
	rows := string(c.Get(t, "/api/access-log?customerId=acc-1").Want(t, http.StatusOK, "").Body)
	for what, want := range map[string]int{"journey.selfie": 2, "journey.evidence": 3} {
		if n := strings.Count(rows, `"what":"`+what+`"`); n != want {
			t.Errorf("%s: got %d rows of the customer in the access log, want %d, one for each that was shown", what, n, want)
		}
	}
	// Where the org wants to know why, nothing is shown to those who do not say.
	c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"accessReason": true}}).Want(t, http.StatusOK, "")
	c.Get(t, one+"/evidenceset").Want(t, http.StatusBadRequest, "")
	c.Get(t, one+"/evidenceset", "X-Access-Reason", "case 7").Want(t, http.StatusOK, "")
}

// reads is the text of a PDF, which must have some words in it.
func reads(t *testing.T, pdf []byte, words ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "set.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), fixture.Reader(t, "pdftotext"), "-layout", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words {
		if !strings.Contains(string(text), w) {
			t.Errorf("the PDF says %s, want %q in it", text, w)
		}
	}
	return string(text)
}

// A customer who comes every day is one identity: by the number, by the
// reference that stands for it, against an earlier process, or with no name at all.
func TestOneCustomerIsOneIdentity(t *testing.T) {
	r, c := bank(t)
	const result = info + "identityFraudstersResult"
	first := goes(t, r, c, enginetest.Ana(), enginetest.Body{"flow": "idtrust"})
	for what, b := range map[string]enginetest.Body{
		"by the reference":   {"flow": "idlivetrust", "person": nil},
		"with no name":       {"flow": "idlivetrust", "person": nil, "clientReference": nil},
		"with no name again": {"flow": "idlivetrust", "person": nil, "clientReference": nil},
		"against a process": {
			"flow": "idtokentrust", "person": nil, "clientReference": nil,
			"references": []enginetest.Body{{"referenceType": "REFERENCE_TYPE_PROCESS_ID", "referenceContent": first.Text("process.id")}},
		},
	} {
		if got := goes(t, r, c, enginetest.Ana(), b).Text(result); got != "TRUST_RESULT_INCONCLUSIVE" {
			t.Errorf("%s: got %s, want it inconclusive", what, got)
		}
	}
	for i, want := range []string{"INCONCLUSIVE", "YES"} { // others' references are further identities
		b := enginetest.Body{"flow": "idlivetrust", "person": nil, "clientReference": "other-" + string('a'+rune(i))}
		if got := goes(t, r, c, enginetest.Ana(), b).Text(result); got != "TRUST_RESULT_"+want {
			t.Errorf("under %d further references: got %s, want %s", i+1, got, want)
		}
	}
	b := enginetest.Body{"flow": "idlivetrust", "person": nil, "clientReference": nil}
	if got := goes(t, r, c, enginetest.Ana(), b).Text(result); got != "TRUST_RESULT_YES" {
		t.Errorf("with no name, and three identities before: got %s, want YES", got)
	}
}
