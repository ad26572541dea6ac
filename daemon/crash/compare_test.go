package crash

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// compare asks a daemon for everything that the journal speaks of.
func (b *books) compare(t *testing.T, d *door, clerks []*clerk, since map[string]attempted) {
	t.Helper()
	b.compareAttempts(t, d, since)
	for _, c := range clerks {
		for i := range 3 {
			b.compareCustomer(t, d, c.customer(i))
		}
		b.compareTally(t, d, "devices/"+c.device())
		b.compareReplay(t, d, c)
	}
	var now struct {
		Version uint64 `json:"version"`
	}
	if d.read(t, "/api/identity/settings/risk-tiers", &now); now.Version != b.version {
		t.Fatalf("version of the settings: got %d, want %d", now.Version, b.version)
	}
	b.compareKeys(t, d, clerks)
}

// compareAttempts wants a row for each decision and a decision for each row,
// and the verifications of those that are new.
func (b *books) compareAttempts(t *testing.T, d *door, since map[string]attempted) {
	t.Helper()
	r, err := d.ask(t.Context(), http.MethodGet, "/api/identity/attempts?format=ndjson", "", nil)
	if err != nil || !r.ok() {
		t.Fatalf("export of attempts: %v", err)
	}
	rows := map[string]attempted{}
	for line := range bytes.Lines(r.body) {
		var row struct {
			ID             string `json:"id"`
			CustomerID     string `json:"customerId"`
			VerificationID string `json:"verificationId"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		rows[row.ID] = attempted{row.VerificationID, row.CustomerID}
	}
	if !maps.Equal(rows, b.attempts) {
		t.Fatalf("attempts: got %d rows, want the %d that the journal decided, with their verifications", len(rows), len(b.attempts))
	}
	for id, a := range b.attempts {
		if _, old := since[id]; old || a.verification == "" {
			continue
		}
		var v struct {
			Verification struct {
				CustomerID string `json:"customerId"`
			} `json:"verification"`
		}
		d.read(t, "/api/identity/verifications/"+a.verification, &v)
		if got := v.Verification.CustomerID; got != a.customer {
			t.Fatalf("customer of %s: got %s, want %s", a.verification, got, a.customer)
		}
	}
}

func (b *books) compareCustomer(t *testing.T, d *door, customer string) {
	t.Helper()
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	d.read(t, "/api/identity/customers/"+customer+"/faces", &list)
	var got []string
	for _, f := range list.Data {
		got = append(got, f.ID)
	}
	if want := b.faces[customer]; !slices.Equal(got, want) {
		t.Fatalf("faces of %s: got %v, want %v", customer, got, want)
	}
	b.compareTally(t, d, "customers/"+customer)
}

// compareTally wants the failures and the lock that follow from the journal.
func (b *books) compareTally(t *testing.T, d *door, watched string) {
	t.Helper()
	const lockAfter, lockHolds = 2, 10 * time.Minute // it is 15, and the test may be slow
	var got struct {
		Locked   bool `json:"locked"`
		Failures int  `json:"failures"`
	}
	d.read(t, "/api/identity/"+watched+"/lock", &got)
	want := tally{}
	if known := b.tallies[watched]; known != nil {
		want = *known
	}
	if got.Failures != want.failures {
		t.Fatalf("failures of %s: got %d, want %d", watched, got.Failures, want.failures)
	}
	if want.failures < lockAfter && got.Locked || want.failures >= lockAfter && !got.Locked && time.Since(want.since) < lockHolds {
		t.Fatalf("lock of %s after %d failures: got %v, want the other", watched, want.failures, got.Locked)
	}
}

// compareReplay asks a decided request again: the answer must be the same.
func (b *books) compareReplay(t *testing.T, d *door, c *clerk) {
	t.Helper()
	o := c.last
	if o == nil {
		return
	}
	r, err := d.ask(t.Context(), o.method, o.path, o.label, o.body)
	if err != nil {
		t.Fatal(err)
	}
	if !r.replayed || r.status != o.answer.status || !bytes.Equal(r.body, o.answer.body) {
		t.Fatalf("%s asked again: got %d %s, want the answer that was given", o.label, r.status, r.body)
	}
}

// compareKeys wants every key listed, and those that the clerks know to open
// the door, or not any more.
func (b *books) compareKeys(t *testing.T, d *door, clerks []*clerk) {
	t.Helper()
	var list struct {
		Data []struct {
			ID        string    `json:"id"`
			RevokedAt time.Time `json:"revokedAt"`
		} `json:"data"`
	}
	d.read(t, "/api/keys", &list)
	got := map[string]bool{}
	for _, k := range list.Data {
		got[k.ID] = !k.RevokedAt.IsZero()
	}
	if !maps.Equal(got, b.keys) {
		t.Fatalf("API keys: got %d, want the %d that the journal names, with their ends", len(got), len(b.keys))
	}
	for _, c := range clerks {
		for id, secret := range c.secrets {
			r, err := d.with(secret).ask(t.Context(), http.MethodGet, "/api/identity/settings/risk-tiers", "", nil)
			if err != nil {
				t.Fatal(err)
			}
			// Many wrong keys in a row are told to wait.
			shut := r.status == http.StatusUnauthorized || r.status == http.StatusTooManyRequests
			if revoked := b.keys[id]; shut != revoked || !shut && !r.ok() {
				t.Fatalf("asked with key %s, revoked %v: got %d", id, revoked, r.status)
			}
			if shut {
				delete(c.secrets, id)
			}
		}
	}
}
