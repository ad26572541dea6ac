package erasure_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/internal/transparency"
)

const (
	at   = "/api/erasures"
	gone = "cus_gone"
	name = "Anabela Fortunata Figueiredo"
)

func wish(customer string) enginetest.Body {
	return enginetest.Body{"customerId": customer, "reason": "asked for it in letter 77", "legalBasis": "LGPD Art. 18 VI"}
}

// key is the log's.
func key(t *testing.T, c enginetest.Caller) string {
	t.Helper()
	return c.Get(t, "/api/audit/keys").Want(t, http.StatusOK, "").Text("keys.0.key")
}

// full is a bank with two customers of whom everything is held: a process with
// name and number, a face, captures that were used, attempts, a consent, a hold
// that was released, and looks.
func full(t *testing.T, r *enginetest.Rooms) enginetest.Caller {
	t.Helper()
	c := r.Caller(t, "bank")
	client := r.Client(t, "bank", enginetest.Wish{Segment: "s", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	for customer, p := range map[string]enginetest.Picture{gone: enginetest.Ana(), "cus_stays": enginetest.Budi()} {
		client.Send(t, enginetest.Body{
			"subject": enginetest.Body{"code": enginetest.CPF, "name": name + customer, "clientReference": customer}, "imageBase64": p.Bytes(),
		}).Want(t, http.StatusOK, "")
		c.StepUp(t, customer, engine.RiskLow, p).Want(t, http.StatusOK, "")
		bundle := r.Bundle(t, "bank", engine.CustomerID(customer), p)
		c.Post(t, "/api/identity/auth/step-up", enginetest.Body{"customerId": customer, "riskLevel": "low", "bundle": bundle}).Want(t, http.StatusOK, "")
		r.Bundle(t, "bank", engine.CustomerID(customer), p) // and one that is not used
		rows := c.Get(t, "/api/identity/attempts?customerId="+customer)
		id := rows.Text("data.0.captureId") + rows.Text("data.1.captureId") // one of the two has it
		c.Get(t, "/api/identity/captures/"+id+"/picture", "X-Access-Reason", "case of "+customer).Want(t, http.StatusOK, "")
		c.Post(t, "/api/consents", enginetest.Body{
			"customerId": customer, "purpose": "face", "textSha256": strings.Repeat("ab", 32), "language": "pt-BR", "channel": "kiosk",
		}).Want(t, http.StatusCreated, "")
		h := c.Post(t, "/api/holds", enginetest.Body{"customerId": customer, "reason": "suit of " + customer}).Want(t, http.StatusCreated, "").Text("id")
		c.Post(t, "/api/holds/"+h+"/release", nil).Want(t, http.StatusOK, "")
	}
	c.Do(t, http.MethodPost, "/api/index/reissue", nil).Want(t, http.StatusOK, "") // writes the index's files
	return c
}

// found are the traces that are in a file of a folder, whichever folders there
// are in it.
func found(t *testing.T, dir string, traces map[string][]byte) map[string]string {
	t.Helper()
	where, files := map[string]string{}, 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for what, trace := range traces {
			if bytes.Contains(b, trace) {
				where[what] = path
			}
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("got %v and %d files, want some", err, files)
	}
	return where
}

// row is what the index's files hold of a person: the turned template behind its
// owner.
func row(t *testing.T, dir string, p engine.Person) []byte {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(dir, "flat", "*", "*.part"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range parts {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if at := bytes.Index(b, p[:]); at >= 0 {
			return bytes.Clone(b[at+len(p):][:64])
		}
	}
	t.Fatal("the index's files hold no row of that person, and the test shows nothing")
	return nil
}

// TestErased erases one of two customers of whom everything is held. The
// certificate is proved by the log's key alone and names the customer; the journal
// verifies; lists, searches, exports and answers name nobody; and in no file of the
// data folder, nor of a backup made afterwards, is anything of the person left: not
// in the open, not by the index, and not by any key that something was sealed with.
func TestErased(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	traces := map[string][]byte{
		"the picture": enginetest.Ana().Bytes(), "the customer's name": []byte(name + gone), "the customer's id": []byte(gone),
		"the document's number": []byte(enginetest.CPF), "why": []byte("letter 77"),
	}
	for _, x := range enginetest.Ana().Vector {
		traces["the template"] = binary.LittleEndian.AppendUint32(traces["the template"], math.Float32bits(x))
	}
	t.Run("erase", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := full(t, r)
		verifier := key(t, c)
		traces["the index's row"] = row(t, r.Index, r.Gallery.Person("bank", gone))
		keys, err := filepath.Glob(filepath.Join(dir, "keys", "*"))
		if err != nil || len(keys) == 0 {
			t.Fatalf("got %v and %d keys, want some", err, len(keys))
		}
		for i, path := range keys {
			if traces[fmt.Sprint("key ", i)], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		rows := c.Get(t, "/api/identity/attempts").Number("total")
		told := string(c.Get(t, "/api/subject-access?customerId="+gone).Want(t, http.StatusOK, "").Body)
		for _, want := range []string{name, enginetest.CPF, `"faces":[{`, `"captures":[{`, `"attempts":[{`, `"processes":[{`, `"consents":[{`, `"holds":[{`, `"viewings":[{`, `"verifications":[{`} {
			if !strings.Contains(told, want) {
				t.Errorf("subject access: got none of %s in %.400s…", want, told)
			}
		}
		if strings.Contains(told, "cus_stays") {
			t.Error("subject access tells of another customer")
		}

		a := c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "")
		if a.Text("state") != "done" || a.Number("covered.removed.faces") != 1 || a.Number("covered.removed.captures") != 2 ||
			a.At("covered.evidence.erased") != true || a.At("covered.index") != true || a.Text("covered.backups.goneBy") != "2026-12-22" {
			t.Errorf("got %s, want it done with a face, two captures and all evidence", a.Body)
		}
		if a.Text("covered.headquarters.disclosed.0") != "customer" || a.At("covered.headquarters.erased") != false {
			t.Errorf("got %s, want it said that headquarters' copies are not reached", a.Body)
		}
		e, private, err := transparency.OpenReceipt([]byte(a.Text("certificate")), verifier)
		if err != nil || private["customer"] != gone || e.Index != uint64(a.Number("proofEntry")) {
			t.Errorf("the certificate: got entry %d of %q and %v, want %v of %s", e.Index, private["customer"], err, a.Number("proofEntry"), gone)
		}
		nameless := c.Get(t, at+"/"+a.Text("id")+"/certificate").Want(t, http.StatusOK, "").Body
		if again, err := transparency.OpenProof(nameless, verifier); err != nil || string(again.Leaf) != string(e.Leaf) || strings.Contains(string(nameless), gone) {
			t.Errorf("the proof later: got %v, want the same entry, of nobody by name", err)
		}
		if got := c.Post(t, "/api/audit/verify", enginetest.Body{}).Want(t, http.StatusOK, ""); got.At("sound") != true {
			t.Errorf("the journal: got %s, want it sound", got.Body)
		}
		if got := c.Get(t, "/api/identity/attempts"); got.Number("total") != rows || strings.Contains(string(got.Body), gone) {
			t.Errorf("attempts: got %s, want as many as before and no name", got.Body)
		}
		for _, path := range []string{
			"/api/identity/attempts?format=csv", "/api/identity/attempts?format=ndjson", "/api/access-log", "/api/access-log?format=csv", "/api/access-log?format=ndjson",
			"/api/consents?customerId=" + gone, "/api/holds?all=true", at, "/api/rings", "/api/retention/preview?at=2036-01-01T00:00:00Z",
		} {
			if b := string(c.Get(t, path).Want(t, http.StatusOK, "").Body); strings.Contains(b, gone) || strings.Contains(b, name+gone) {
				t.Errorf("%s names who was erased: %s", path, b)
			}
		}
		if told := string(c.Get(t, "/api/subject-access?customerId="+gone).Body); strings.Contains(told, "[{") {
			t.Errorf("subject access: got %s, want nothing", told)
		}
		c.Post(t, at, wish(gone)).Want(t, http.StatusNotFound, "erasure/nothing-held")
		if b := c.Get(t, "/api/subject-access?customerId=cus_stays").Body; !strings.Contains(string(b), `"faces":[{`) {
			t.Error("nothing is left of the other customer")
		}
		c.StepUp(t, "cus_stays", engine.RiskLow, enginetest.Budi()).Want(t, http.StatusOK, "")
	})
	// The document's number is that of both customers, who are sealed apart: in the
	// open it is in no file, as nothing is.
	for what, path := range found(t, dir, traces) {
		t.Errorf("%s is in %s", what, path)
	}
	backup := t.TempDir()
	if err := os.CopyFS(backup, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	t.Run("put a backup back", func(t *testing.T) {
		r := enginetest.OpenIn(t, backup, clock)
		for _, leaf := range r.Leaves(t, 0) {
			private, err := r.Store.Opening(t.Context(), leaf.Index)
			if all := fmt.Sprint(private, string(leaf.Raw)); strings.Contains(all, gone) {
				t.Errorf("entry %d (%v) names who was erased: %s", leaf.Index, err, all)
			}
		}
		if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
			t.Errorf("verify the records: got %v, want none", err)
		}
		if rows, err := r.Gallery.VerifyIndex(t.Context()); err != nil || rows != 1 {
			t.Errorf("verify the index: got %d rows and %v, want the other customer's", rows, err)
		}
	})
	for what, path := range found(t, backup, traces) {
		t.Errorf("%s is in the backup's %s", what, path)
	}
}

// A process of somebody who was erased is 410, as it was.
func TestErasedProcess(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	client := r.Client(t, "bank", enginetest.Wish{Segment: "s", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	id := client.Create(t, gone, enginetest.Ana()).Want(t, http.StatusOK, "").Text("id")
	c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "")
	client.Process(t, "v1", id).Want(t, http.StatusGone, "")
	// The face is free: whoever has it is nobody's duplicate.
	if got := client.Create(t, "cus_other", enginetest.Ana()).Text("idCloud.result"); got != "inconclusive" {
		t.Errorf("got %q, want inconclusive", got)
	}
}

// Four eyes: the key that asked cannot confirm, neither can another org, nor one
// that may not erase; a request changes nothing and can be taken back.
func TestFourEyes(t *testing.T) {
	r := enginetest.Open(t)
	one, two := r.Caller(t, "bank"), r.Caller(t, "bank")
	one.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"fourEyes": true}}).Want(t, http.StatusOK, "")
	one.Enrol(t, gone, enginetest.Ana())
	a := one.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "")
	path := at + "/" + a.Text("id")
	if a.Text("state") != "requested" || a.Text("certificate") != "" {
		t.Errorf("got %s, want a request", a.Body)
	}
	two.Post(t, at, wish(gone)).Want(t, http.StatusConflict, "erasure/pending")
	one.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
	one.Get(t, path+"/certificate").Want(t, http.StatusConflict, "erasure/not-done")
	one.Post(t, path+"/confirm", nil).Want(t, http.StatusForbidden, "erasure/same-key")
	r.Caller(t, "shop").Post(t, path+"/confirm", nil).Want(t, http.StatusNotFound, "erasure/no-such-erasure")
	r.Caller(t, "bank", engine.WriteCustomers).Post(t, path+"/confirm", nil).Want(t, http.StatusForbidden, "auth/missing-scope")
	one.Post(t, path+"/cancel", nil).Want(t, http.StatusOK, "")
	two.Post(t, path+"/confirm", nil).Want(t, http.StatusConflict, "erasure/not-requested")

	path = at + "/" + one.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "").Text("id")
	done := two.Post(t, path+"/confirm", nil).Want(t, http.StatusOK, "")
	if done.Text("state") != "done" || done.Text("otherKey") != string(two.ID) || done.Text("requestedBy") != string(one.ID) {
		t.Errorf("got %s, want it done by both keys", done.Body)
	}
	if _, private, err := transparency.OpenReceipt([]byte(done.Text("certificate")), key(t, one)); err != nil || private["customer"] != gone {
		t.Errorf("the certificate: got %q and %v, want %s", private["customer"], err, gone)
	}
	one.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/no-enrolment")
}

// Two keys of one person are one pair of eyes, and a key that nobody holds is none.
func TestFourEyesAreTwoHolders(t *testing.T) {
	r := enginetest.Open(t)
	ana, again, budi, nobody := r.CallerFor(t, "bank", "ana"), r.CallerFor(t, "bank", "ANA"), r.CallerFor(t, "bank", "budi"), r.CallerFor(t, "bank", "")
	ana.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"fourEyes": true}}).Want(t, http.StatusOK, "")
	ana.Enrol(t, gone, enginetest.Ana())
	asked := func(by enginetest.Caller) string {
		return at + "/" + by.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "").Text("id")
	}
	nobody.Post(t, at, wish(gone)).Want(t, http.StatusForbidden, "four-eyes/no-holder")
	path := asked(ana)
	again.Post(t, path+"/confirm", nil).Want(t, http.StatusForbidden, "four-eyes/same-holder")
	nobody.Post(t, path+"/confirm", nil).Want(t, http.StatusForbidden, "four-eyes/no-holder")
	if got := ana.Get(t, path).Text("state"); got != "requested" {
		t.Errorf("got %s, want requested still", got)
	}
	budi.Post(t, path+"/confirm", nil).Want(t, http.StatusOK, "")
}

// A request that nobody confirms is cancelled after a month, and whom it was
// about is forgotten.
func TestRequestEnds(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"fourEyes": true}}).Want(t, http.StatusOK, "")
	c.Enrol(t, gone, enginetest.Ana())
	id := c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "").Text("id")
	r.Daily(t)
	for day := range 32 {
		r.Clock.Move(24 * time.Hour)
		r.Daily(t)
		want := "requested"
		if day >= 30 {
			want = "cancelled"
		}
		if got := c.Get(t, at+"/"+id).Text("state"); got != want {
			t.Errorf("on day %d: got %s, want %s", day+1, got, want)
		}
	}
	c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
}

// A hold stops an erasure, the removal of faces, and an erasure that was
// requested before it; also a hold on a single record.
func TestHoldBeatsErasure(t *testing.T) {
	r := enginetest.Open(t)
	c, other := r.Caller(t, "bank"), r.Caller(t, "bank")
	face := c.Enrol(t, gone, enginetest.Ana()).Text("enrolment.id")
	c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
	attempt := c.Get(t, "/api/identity/attempts").Text("data.0.id")
	for _, about := range []enginetest.Body{
		{"customerId": gone}, {"record": enginetest.Body{"kind": "attempts", "id": attempt}}, {"record": enginetest.Body{"kind": "templates", "id": face}},
	} {
		about["reason"] = "suit 1"
		h := c.Post(t, "/api/holds", about).Want(t, http.StatusCreated, "").Text("id")
		c.Post(t, at, wish(gone)).Want(t, http.StatusConflict, "hold/held")
		c.Post(t, "/api/holds/"+h+"/release", nil).Want(t, http.StatusOK, "")
		c.Post(t, "/api/holds/"+h+"/release", nil).Want(t, http.StatusConflict, "hold/released")
	}
	faces := "/api/identity/customers/" + gone + "/faces"
	h := c.Post(t, "/api/holds", enginetest.Body{"customerId": gone, "reason": "suit 1", "until": "2026-12-01T00:00:00Z"}).Want(t, http.StatusCreated, "").Text("id")
	c.Do(t, http.MethodDelete, faces, nil).Want(t, http.StatusConflict, "hold/held")
	c.Do(t, http.MethodDelete, faces+"/"+face, nil).Want(t, http.StatusConflict, "hold/held")
	c.Post(t, "/api/identity/face/enroll", enginetest.Body{"customerId": gone, "image": enginetest.Ana().Bytes(), "replace": true}).Want(t, http.StatusConflict, "hold/held")
	if h == "" {
		t.Fatal("got no hold")
	}
	c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"fourEyes": true}}).Want(t, http.StatusOK, "")
	r.Clock.Move(10 * 24 * time.Hour) // and it ends by itself
	id := c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "").Text("id")
	c.Post(t, "/api/holds", enginetest.Body{"customerId": gone, "reason": "suit 2"}).Want(t, http.StatusCreated, "")
	other.Post(t, at+"/"+id+"/confirm", nil).Want(t, http.StatusConflict, "hold/held")
	c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
}

// Evidence that the law keeps stays when its customer is erased, until its day;
// the customer is restricted meanwhile. On the day the rest goes, with a proof.
func TestKeptEvidence(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{
		"evidence": enginetest.Body{"keepDays": 20, "basis": "Circular 3.978"},
	}}).Want(t, http.StatusOK, "")
	c.Enrol(t, gone, enginetest.Ana())
	c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusOK, "")
	r.Daily(t)
	a := c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "")
	if a.Text("state") != "kept" || a.At("covered.evidence.erased") != false || a.Text("covered.evidence.keptUntil") != "2026-12-12T12:00:00Z" || a.Text("covered.evidence.basis") != "Circular 3.978" {
		t.Errorf("got %s, want the evidence kept until its day", a.Body)
	}
	if row := c.Get(t, "/api/identity/attempts?customerId="+gone); row.At("data.0.erased") != nil {
		t.Errorf("got %s, want the attempt, readable", row.Body)
	}
	c.StepUp(t, gone, engine.RiskLow, enginetest.Ana()).Want(t, http.StatusConflict, "hold/restricted")
	for day := 1; day <= 21; day++ {
		r.Clock.Move(24 * time.Hour)
		r.Daily(t)
		if got, want := c.Get(t, at+"/"+a.Text("id")).Text("state") == "done", day >= 20; got != want {
			t.Errorf("on day %d: got done %v, want %v", day, got, want)
		}
	}
	e, err := transparency.OpenProof(c.Get(t, at+"/"+a.Text("id")+"/certificate").Want(t, http.StatusOK, "").Body, key(t, c))
	if err != nil || !strings.Contains(string(e.Leaf), `"evidence":{"erased":true}`) {
		t.Errorf("got %s and %v, want a proof that the evidence is erased", e.Leaf, err)
	}
	if row := c.Get(t, "/api/identity/attempts"); row.At("data.0.erased") != true {
		t.Errorf("got %s, want the attempt erased", row.Body)
	}
}
