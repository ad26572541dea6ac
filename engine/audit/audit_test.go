package audit_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/internal/transparency"
)

const at = "/api/audit"

// keys are the log's, the first first, and the proofs between them.
func keys(t *testing.T, c enginetest.Caller) (names []string, proofs [][]byte) {
	t.Helper()
	a := c.Get(t, at+"/keys").Want(t, http.StatusOK, "")
	for i := range a.Len("keys") {
		names = append(names, a.Text(fmt.Sprintf("keys.%d.key", i)))
		if p, ok := a.At(fmt.Sprintf("keys.%d.proof", i)).(string); ok {
			proofs = append(proofs, []byte(p))
		}
	}
	return names, proofs
}

func checkpoint(t *testing.T, c enginetest.Caller) string {
	t.Helper()
	return string(c.Get(t, at+"/checkpoint").Want(t, http.StatusOK, "").Body)
}

// What an auditor has who kept the key is enough to check every entry, and sees
// no other org's.
func TestEveryEntryIsProved(t *testing.T) {
	r := enginetest.Open(t)
	bank, shop := r.Caller(t, "bank"), r.Caller(t, "shop")
	bank.Enrol(t, "cus_1", enginetest.Ana())
	bank.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()).Want(t, http.StatusOK, "")
	shop.Enrol(t, "cus_1", enginetest.Budi())
	names, _ := keys(t, bank)
	seen := map[string]bool{}
	for _, leaf := range r.Leaves(t, 0) {
		a := bank.Get(t, fmt.Sprintf("%s/entries/%d/proof", at, leaf.Index))
		if leaf.Org == "shop" {
			a.Want(t, http.StatusNotFound, "audit/no-such-entry")
			continue
		}
		e, err := transparency.OpenProof(a.Want(t, http.StatusOK, "").Body, names...)
		if err != nil || e.Index != leaf.Index || string(e.Leaf) != string(leaf.Raw) {
			t.Errorf("entry %d: got %s and %v, want %s", leaf.Index, e.Leaf, err, leaf.Raw)
		}
		seen[leaf.Kind] = true
	}
	if !seen["stepup.decided"] || !seen["audit.key"] {
		t.Errorf("got the kinds %v, want a decision and the key", seen)
	}
	bank.Get(t, at+"/entries/4000/proof").Want(t, http.StatusNotFound, "audit/no-such-entry")
	bank.Get(t, at+"/tiles").Want(t, http.StatusForbidden, "audit/all-orgs")
	r.Caller(t, "bank", engine.ViewAttempts).Get(t, at+"/checkpoint").Want(t, http.StatusForbidden, "auth/missing-scope")
}

func TestConsistency(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	names, _ := keys(t, c)
	earlier, err := transparency.OpenCheckpoint([]byte(checkpoint(t, c)), names...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		c.Enrol(t, fmt.Sprint("cus_", i), enginetest.Ana())
	}
	a := c.Get(t, fmt.Sprintf("%s/consistency?from=%d", at, earlier.Size)).Want(t, http.StatusOK, "")
	var answer struct {
		Hashes     [][]byte `json:"hashes"`
		Checkpoint string   `json:"checkpoint"`
	}
	if err := json.Unmarshal(a.Body, &answer); err != nil {
		t.Fatal(err)
	}
	later, err := transparency.OpenCheckpoint([]byte(answer.Checkpoint), names...)
	if err != nil {
		t.Fatal(err)
	}
	proof := make(tlog.TreeProof, len(answer.Hashes))
	for i, h := range answer.Hashes {
		proof[i] = tlog.Hash(h)
	}
	if err := transparency.CheckSequel(earlier, later, proof); err != nil || later.Size < earlier.Size+5 {
		t.Errorf("got %v from %d to %d, want a proof", err, earlier.Size, later.Size)
	}
	earlier.Root[0] ^= 1
	if err := transparency.CheckSequel(earlier, later, proof); !errors.Is(err, transparency.ErrNoSequel) {
		t.Errorf("of another root: got %v, want that it is no proof", err)
	}
	c.Get(t, at+"/consistency?from=0").Want(t, http.StatusOK, "")
	c.Get(t, at+"/consistency?from=9999").Want(t, http.StatusUnprocessableEntity, "audit/ahead")
	c.Get(t, at+"/consistency").Want(t, http.StatusBadRequest, "request/invalid-parameter")
}

// verified is how each checkpoint stands to the journal.
func verified(t *testing.T, c enginetest.Caller, checkpoints ...string) (states []string, sound bool) {
	t.Helper()
	a := c.Post(t, at+"/verify", enginetest.Body{"checkpoints": checkpoints}).Want(t, http.StatusOK, "")
	for i := range checkpoints {
		states = append(states, a.Text(fmt.Sprintf("checkpoints.%d.state", i)))
	}
	sound, _ = a.At("sound").(bool)
	return states, sound
}

// A daemon that is put back to yesterday's backup looks sound to itself. Who kept a
// checkpoint notices: that entries are missing, and later that others stand there.
func TestRollback(t *testing.T) {
	dir, older, clock := t.TempDir(), t.TempDir(), enginetest.NewClock()
	var first, second string
	t.Run("yesterday", func(t *testing.T) {
		c := enginetest.OpenIn(t, dir, clock).Caller(t, "bank")
		c.Enrol(t, "cus_1", enginetest.Ana())
		first = checkpoint(t, c)
	})
	if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	t.Run("today", func(t *testing.T) {
		c := enginetest.OpenIn(t, dir, clock).Caller(t, "bank")
		for i := range 6 {
			c.Enrol(t, fmt.Sprint("cus_", 2+i), enginetest.Budi())
		}
		second = checkpoint(t, c)
		if got, sound := verified(t, c, first, second); !sound || got[0] != "within" || got[1] != "within" {
			t.Errorf("got %v and sound %v, want both within", got, sound)
		}
		stranger := checkpoint(t, enginetest.OpenElsewhere(t).Caller(t, "bank"))
		if got, sound := verified(t, c, stranger); sound || got[0] != "foreign" {
			t.Errorf("another daemon's: got %v and sound %v, want foreign", got, sound)
		}
		c.Post(t, at+"/verify", enginetest.Body{"checkpoints": []string{"hello"}}).Want(t, http.StatusBadRequest, "audit/checkpoint")
		if a := c.Do(t, http.MethodPost, at+"/verify", nil).Want(t, http.StatusOK, ""); a.At("sound") != true || a.Number("size") < 7 {
			t.Errorf("got %s, want a sound journal", a.Body)
		}
	})
	t.Run("put back", func(t *testing.T) {
		c := enginetest.OpenIn(t, older, clock).Caller(t, "bank")
		if got, sound := verified(t, c, first, second); sound || got[0] != "within" || got[1] != "short" {
			t.Errorf("got %v and sound %v, want the second one short", got, sound)
		}
		for i := range 8 {
			c.Enrol(t, fmt.Sprint("cus_", 20+i), enginetest.Budi())
		}
		if got, sound := verified(t, c, first, second); sound || got[0] != "within" || got[1] != "forked" {
			t.Errorf("some entries on: got %v and sound %v, want the second one forked", got, sound)
		}
	})
}

// Who trusts the first key can trust the ones that follow, and the first one signs
// no more.
func TestRotate(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	before := checkpoint(t, c)
	for range 3 {
		c.Do(t, http.MethodPost, at+"/keys/rotate", nil).Want(t, http.StatusOK, "")
	}
	names, proofs := keys(t, c)
	if len(names) != 4 || len(proofs) != 3 {
		t.Fatalf("got %d keys and %d proofs, want 4 and 3", len(names), len(proofs))
	}
	trusted, err := transparency.Follow(names[0], proofs...)
	if err != nil || fmt.Sprint(trusted) != fmt.Sprint(names) {
		t.Errorf("got %v and %v, want %v", trusted, err, names)
	}
	after := []byte(checkpoint(t, c))
	if _, err := transparency.OpenCheckpoint(after, names[0]); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("by the first key: got %v, want that it did not sign", err)
	}
	if _, err := transparency.OpenCheckpoint(after, names[3]); err != nil {
		t.Errorf("by the last key: got %v, want none", err)
	}
	if got, sound := verified(t, c, before); !sound {
		t.Errorf("a checkpoint by the first key: got %v, want it within", got)
	}
	r.Caller(t, "bank", engine.ViewAudit).Do(t, http.MethodPost, at+"/keys/rotate", nil).Want(t, http.StatusForbidden, "auth/missing-scope")
}

// A receipt opens what the entry commits to, as far as its holder may see it, and
// an erased person's has nothing in it; the proof of what was decided stays.
func TestReceipts(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()).Want(t, http.StatusOK, "")
	entry := int(c.Get(t, "/api/identity/attempts?customerId=cus_1").Number("data.0.journal"))
	if entry == 0 {
		t.Fatal("the attempt names no entry of the journal")
	}
	names, _ := keys(t, c)
	path := fmt.Sprintf("%s/entries/%d/receipt", at, entry)
	file := c.Get(t, path).Want(t, http.StatusOK, "").Body
	e, private, err := transparency.OpenReceipt(file, names...)
	if err != nil || private["customer"] != "cus_1" || private["similarity"] == "" || !strings.Contains(string(e.Leaf), `"allow":true`) {
		t.Fatalf("got %v, %v and %s, want the customer, the score and that it was allowed", err, private, e.Leaf)
	}
	// Another value, another name, another salt: nothing but what was committed to.
	for _, forged := range []string{
		strings.Replace(string(file), `"value":"cus_1"`, `"value":"cus_2"`, 1),
		strings.Replace(string(file), `"customer":`, `"client":`, 1),
		strings.Replace(string(file), `"salt":"`, `"salt":"AAAA`, 1),
	} {
		if forged == string(file) {
			t.Fatal("nothing was forged")
		}
		if _, _, err := transparency.OpenReceipt([]byte(forged), names...); !errors.Is(err, transparency.ErrNotOpened) {
			t.Errorf("forged: got %v, want that the entry commits to something else", err)
		}
	}
	_, private, err = transparency.OpenReceipt(r.Caller(t, "bank", engine.ViewAttempts).Get(t, path).Want(t, http.StatusOK, "").Body, names...)
	if _, shown := private["similarity"]; err != nil || shown || private["customer"] != "cus_1" {
		t.Errorf("without scores:view: got %v and %v, want the customer and no score", private, err)
	}
	r.Caller(t, "shop").Get(t, path).Want(t, http.StatusNotFound, "audit/no-such-entry")
	r.Caller(t, "bank", engine.ViewAudit).Get(t, path).Want(t, http.StatusForbidden, "auth/missing-scope")
}

// Who reads attempts is not told whom a process was about.
func TestReceiptOfAProcess(t *testing.T) {
	r := enginetest.Open(t)
	client := r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	client.Create(t, "ref_1", enginetest.Ana())
	c := r.Caller(t, "bank")
	names, _ := keys(t, c)
	for _, leaf := range r.Leaves(t, 0) {
		if leaf.Kind != "process.decided" {
			continue
		}
		path := fmt.Sprintf("%s/entries/%d/receipt", at, leaf.Index)
		_, all, err := transparency.OpenReceipt(c.Get(t, path).Want(t, http.StatusOK, "").Body, names...)
		if err != nil || all["reference"] != "ref_1" {
			t.Errorf("got %v and %v, want the reference", all, err)
		}
		_, none, err := transparency.OpenReceipt(r.Caller(t, "bank", engine.ViewAttempts).Get(t, path).Want(t, http.StatusOK, "").Body, names...)
		if err != nil || len(none) != 0 {
			t.Errorf("without processes:run: got %v and %v, want nothing private", none, err)
		}
		return
	}
	t.Error("got no process in the journal, want one")
}

// What was enrolled by somebody who was erased is proved still, and says nothing of
// whom.
func TestReceiptOfTheErased(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	before := r.Journal(t)
	c.Enrol(t, "cus_1", enginetest.Ana())
	names, _ := keys(t, c)
	path := fmt.Sprintf("%s/entries/%d/receipt", at, before)
	if _, private, err := transparency.OpenReceipt(c.Get(t, path).Want(t, http.StatusOK, "").Body, names...); err != nil || private["customer"] != "cus_1" {
		t.Fatalf("got %v and %v, want whose enrolment it is", private, err)
	}
	c.Do(t, http.MethodDelete, "/api/identity/customers/cus_1/faces", nil).Want(t, http.StatusOK, "")
	file := c.Get(t, path).Want(t, http.StatusOK, "").Body
	e, private, err := transparency.OpenReceipt(file, names...)
	if err != nil || len(private) != 0 || e.Index != before || strings.Contains(string(file), "cus_1") {
		t.Errorf("got %v, %v and %s, want the entry and nobody", err, private, file)
	}
}

// Every answer that decided something names the entry that says so, and its receipt
// is proved. What changes nothing names none, nor does a refusal.
func TestDecisionsNameTheirEntry(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	client := r.Client(t, "bank", enginetest.Wish{Segment: "retail", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	names, _ := keys(t, c)
	enrolled := c.Enrol(t, "cus_1", enginetest.Ana())
	second := c.Enrol(t, "cus_2", enginetest.Budi()).Text("enrolment.id")
	picture := enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().Bytes()}
	stepUp := c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana())
	for _, tt := range []struct {
		name   string
		answer enginetest.Answer
		kind   string
	}{
		{"enrol", enrolled, "face.enrolled"},
		{"step-up", stepUp, "stepup.decided"},
		{"match", c.Post(t, "/api/identity/face/match", picture), "face.matched"},
		{"process", client.Create(t, "ref_1", enginetest.Ana()), "process.decided"},
		{"process of a ring", client.Create(t, "ref_2", enginetest.LikeAna()), "process.decided"},
		{"remove", c.Do(t, http.MethodDelete, "/api/identity/customers/cus_2/faces/"+second, nil), "face.removed"},
		{"erase", c.Do(t, http.MethodDelete, "/api/identity/customers/cus_1/faces", nil), "faces.erased"},
	} {
		entry := tt.answer.Header.Get("Rostod-Journal-Entry")
		if tt.answer.Status >= 300 || entry == "" {
			t.Errorf("%s: got %d %s and the entry %q, want one", tt.name, tt.answer.Status, tt.answer.Body, entry)
			continue
		}
		e, _, err := transparency.OpenReceipt(c.Get(t, at+"/entries/"+entry+"/receipt").Want(t, http.StatusOK, "").Body, names...)
		if err != nil || !strings.Contains(string(e.Leaf), `"kind":"`+tt.kind+`"`) {
			t.Errorf("%s: got %v and %s, want the receipt of %s", tt.name, err, e.Leaf, tt.kind)
		}
	}
	if got := fmt.Sprint(stepUp.Number("audit.journal")); got != stepUp.Header.Get("Rostod-Journal-Entry") {
		t.Errorf("got audit.journal %s, want what the header says: %s", got, stepUp.Header.Get("Rostod-Journal-Entry"))
	}
	for name, a := range map[string]enginetest.Answer{
		"a list":    c.Get(t, "/api/identity/attempts"),
		"a refusal": c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()),
		"no face":   c.Post(t, "/api/identity/face/match", enginetest.Body{"customerId": "cus_9", "image": enginetest.Ana().Bytes()}),
	} {
		if got := a.Header.Get("Rostod-Journal-Entry"); got != "" {
			t.Errorf("%s: got entry %s, want none", name, got)
		}
	}
}
