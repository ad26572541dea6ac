package erasure_test

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const payee = "Benedita da Conceicao Beneficiaria"

// everywhere leaves a customer in the rooms that [full] does not go through: a
// process whose number is bound, a visit, a record, an evaluation, and a journey
// that is open.
func everywhere(t *testing.T, r *enginetest.Rooms, c enginetest.Caller, customer, code string, p enginetest.Picture) {
	t.Helper()
	client := r.Client(t, "bank", enginetest.Wish{Segment: "s", Capabilities: []engine.CapabilityName{
		engine.CapLiveness, engine.CapBehaviour, engine.CapIdentity,
	}})
	client.Send(t, enginetest.Body{
		"subject": enginetest.Body{"code": code, "name": name + customer, "clientReference": customer}, "imageBase64": p.Bytes(),
	}).Want(t, http.StatusOK, "")
	c.Post(t, "/api/customers", enginetest.Body{"customerId": customer, "fullName": name + customer, "nationalId": code}).Want(t, http.StatusCreated, "")
	c.Post(t, "/api/evaluate", enginetest.Body{
		"customerId": customer, "lane": "transaction", "externalId": "pay-" + customer, "amount": 77_000, "currency": "IDR",
		"data": enginetest.Body{"channel": "transfer", "beneficiaryName": payee + customer, "beneficiaryAccount": "0099887766"},
	}).Want(t, http.StatusOK, "")
	c.Post(t, "/client/v1/process", enginetest.Body{
		"callbackUri": "https://app.example/back", "flow": "idtoken", "purpose": "creditprocess", "clientReference": customer,
		"person":     enginetest.Body{"duiType": "DUI_TYPE_BR_CPF", "duiValue": code, "friendlyName": name + customer},
		"references": []enginetest.Body{{"referenceType": "REFERENCE_TYPE_IMAGE_BASE64", "referenceContent": base64.StdEncoding.EncodeToString(p.Bytes())}},
	}).Want(t, http.StatusOK, "")
}

// rooms are the holdings of everywhere, and how much each has of a customer.
func rooms() map[string]float64 {
	return map[string]float64{
		"number-bindings": 1, "visits": 1, "process-faces": 1, "customers": 1, "evaluations": 1, "journeys": 1, "open-journeys": 1,
	}
}

// TestErasedInEveryRoom erases a customer whom every room knows: each is asked
// once, tells beforehand what it has and nothing afterwards, and in no file is
// anything of the person, nor of whom they paid.
func TestErasedInEveryRoom(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	traces := map[string][]byte{
		"the picture": enginetest.Ana().Bytes(), "the name": []byte(name + gone), "the customer": []byte(gone), "the number": []byte(enginetest.CPF),
		"the beneficiary": []byte(payee + gone), "the account": []byte("0099887766"), "the payment": []byte("pay-" + gone),
		"the picture in base64": []byte(base64.StdEncoding.EncodeToString(enginetest.Ana().Bytes())),
	}
	for _, x := range enginetest.Ana().Vector {
		traces["the template"] = binary.LittleEndian.AppendUint32(traces["the template"], math.Float32bits(x))
	}
	t.Run("erase", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := r.Caller(t, "bank")
		everywhere(t, r, c, gone, enginetest.CPF, enginetest.Ana())
		everywhere(t, r, c, "cus_stays", "12345678909", enginetest.Budi())
		keys, err := filepath.Glob(filepath.Join(dir, "keys", "*"))
		if err != nil || len(keys) == 0 {
			t.Fatalf("got %v and %d keys, want some", err, len(keys))
		}
		for i, path := range keys {
			if traces[fmt.Sprint("key ", i)], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		told := c.Get(t, "/api/subject-access?customerId="+gone).Want(t, http.StatusOK, "")
		if strings.Contains(string(told.Body), "cus_stays") {
			t.Error("subject access tells of another customer")
		}
		if told.Text("held.number-bindings.0.bound.process") == "" {
			t.Errorf("got %s, want it told that a number is bound", told.Body)
		}
		a := c.Post(t, at, wish(gone)).Want(t, http.StatusCreated, "")
		after := c.Get(t, "/api/subject-access?customerId="+gone).Want(t, http.StatusOK, "")
		left := c.Get(t, "/api/subject-access?customerId=cus_stays").Want(t, http.StatusOK, "")
		for holding, n := range rooms() {
			if got := a.At("covered.removed." + holding); got != n {
				t.Errorf("%s: got %v erased, want %v", holding, got, n)
			}
			if holding == "open-journeys" {
				continue // told as journeys
			}
			if told.Len("held."+holding) != int(n) || after.Len("held."+holding) != 0 || left.Len("held."+holding) != int(n) {
				t.Errorf("%s: told %d before, %d after, and %d of the other, want %v, none, %v", holding,
					told.Len("held."+holding), after.Len("held."+holding), left.Len("held."+holding), n, n)
			}
		}
		c.Get(t, "/api/customers/"+gone).Want(t, http.StatusGone, "")
		for _, path := range []string{"/api/customers", "/api/evaluations", "/api/access-log", at} {
			if b := string(c.Get(t, path).Want(t, http.StatusOK, "").Body); strings.Contains(b, gone) {
				t.Errorf("%s names who was erased: %s", path, b)
			}
		}
		if got := c.Post(t, "/api/audit/verify", enginetest.Body{}).Want(t, http.StatusOK, ""); got.At("sound") != true {
			t.Errorf("the journal: got %s, want it sound", got.Body)
		}
		for _, leaf := range r.Leaves(t, 0) {
			private, err := r.Store.Opening(t.Context(), leaf.Index)
			if all := fmt.Sprint(private, string(leaf.Raw)); strings.Contains(all, gone) {
				t.Errorf("entry %d (%v) names who was erased: %s", leaf.Index, err, all)
			}
		}
		if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
			t.Errorf("verify the records: got %v, want none", err)
		}
	})
	for what, path := range found(t, dir, traces) {
		t.Errorf("%s is in %s", what, path)
	}
}

// When only the faces are removed, what is sealed with them goes as well, once, and
// the evidence stays.
func TestFacesRemovedInEveryRoom(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, gone, enginetest.Ana())
	everywhere(t, r, c, gone, enginetest.CPF, enginetest.Ana())
	c.Do(t, http.MethodDelete, "/api/identity/customers/"+gone+"/faces", nil).Want(t, http.StatusOK, "")
	told := c.Get(t, "/api/subject-access?customerId="+gone).Want(t, http.StatusOK, "")
	for holding, n := range rooms() {
		if holding == "number-bindings" || holding == "visits" || holding == "process-faces" {
			n = 0
		}
		if holding != "open-journeys" && told.Len("held."+holding) != int(n) {
			t.Errorf("%s: got %d, want %v", holding, told.Len("held."+holding), n)
		}
	}
}
