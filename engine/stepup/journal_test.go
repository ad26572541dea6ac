package stepup_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

// impersonal fails the test when a leaf has one of these words, as it is or
// in base64 or hexadecimal.
func impersonal(t *testing.T, leaf storage.Leaf, words ...string) {
	t.Helper()
	raw := strings.ToLower(string(leaf.Raw))
	for _, w := range words {
		for _, form := range []string{w, hex.EncodeToString([]byte(w)), base64.RawStdEncoding.EncodeToString([]byte(w))} {
			if strings.Contains(raw, strings.ToLower(form)) {
				t.Errorf("the journal entry %s has %q", leaf.Kind, form)
			}
		}
	}
}

// Every decision is a journal entry that says what was decided and by what,
// and about whom only to those who may open it.
func TestJournal(t *testing.T) {
	r, c := bank(t)
	before := r.Journal(t)
	a := c.Post(t, stepUpPath, enginetest.Body{
		"customerId": "cus_1", "deviceId": "kiosk-7", "riskLevel": "high", "image": enginetest.Budi().Bytes(),
		"actionLabel": "Withdraw 50,000 to 1234567890", "trigger": "high_value_transfer",
	}).Want(t, http.StatusOK, "")
	leaves := r.Leaves(t, before)
	if len(leaves) != 1 {
		t.Fatalf("got %d journal entries, want 1", len(leaves))
	}
	leaf := leaves[0]
	if leaf.Kind != "stepup.decided" || leaf.Org != "bank" || leaf.Actor != string(c.ID) || !leaf.Time.Equal(enginetest.Noon()) {
		t.Errorf("got %s of %s by %s at %s, want stepup.decided of bank by the key at noon", leaf.Kind, leaf.Org, leaf.Actor, leaf.Time)
	}
	for _, part := range []string{
		`"attempt":"` + a.Text("audit.attemptId") + `"`, `"verification":"` + a.Text("verification.id") + `"`,
		`"allow":false`, `"match":"no_match"`, `"liveness":"live"`, `"riskLevel":"high"`, `"threshold":0.55`, `"models":["de000`,
	} {
		if !strings.Contains(string(leaf.Public), part) {
			t.Errorf("got %s, want %s in it", leaf.Public, part)
		}
	}
	impersonal(t, leaf, "cus_1", "kiosk-7", "Withdraw", "1234567890", "high_value_transfer")
	opening, err := r.Store.Opening(t.Context(), leaf.Index)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"customer": "cus_1", "device": "kiosk-7", "action": "Withdraw 50,000 to 1234567890", "trigger": "high_value_transfer", "similarity": "0",
	} {
		if opening[name] != want {
			t.Errorf("opened %s: got %q, want %q", name, opening[name], want)
		}
	}
	if _, err := r.Store.VerifyRecords(t.Context()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}
