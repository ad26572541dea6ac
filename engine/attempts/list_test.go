package attempts_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

const path = "/api/identity/attempts"

// step is one step-up of the examiner's example.
type step struct {
	name     string
	at       time.Duration // after noon of 22 November
	customer string
	device   string
	level    engine.RiskLevel
	trigger  string
	picture  enginetest.Picture
}

// example leaves rows of every kind over four days, oldest first.
func example() []step {
	const day = 24 * time.Hour
	return []step{
		{"allowed", 0, "cus_1", "kiosk-1", engine.RiskHigh, "transfer", enginetest.Ana()},
		{"none", time.Hour, "cus_1", "", engine.RiskNone, "view", enginetest.Picture{}},
		{"refused", 12*time.Hour - time.Millisecond, "cus_2", "kiosk-1", engine.RiskMedium, "transfer", enginetest.Budi()}, // the last moment of the day
		{"grey", 12 * time.Hour, "cus_1", "kiosk-2", engine.RiskHigh, "", enginetest.HardlyAna()},                          // the first of the next
		{"unclear", 2 * day, "cus_2", "kiosk-2", engine.RiskLow, "login", enginetest.Nobody()},
		{"spoof", 3 * day, "cus_1", "kiosk-2", engine.RiskLow, "transfer", enginetest.Ana().Passively(0)},
	}
}

// filled is an org whose attempts are the example, and the names of the steps
// by attempt id.
func filled(t *testing.T) (*enginetest.Rooms, enginetest.Caller, map[string]string) {
	t.Helper()
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.TrustPictures(t)
	c.Enrol(t, "cus_1", enginetest.Ana())
	c.Enrol(t, "cus_2", enginetest.Ana())
	names := map[string]string{}
	for _, s := range example() {
		r.Clock.Move(enginetest.Noon().Add(s.at).Sub(r.Clock.Now()))
		body := enginetest.Body{"customerId": s.customer, "riskLevel": s.level, "trigger": s.trigger}
		if s.device != "" {
			body["deviceId"] = s.device
		}
		if s.level != engine.RiskNone {
			body["image"] = s.picture.Bytes()
		}
		names[c.Post(t, "/api/identity/auth/step-up", body).Want(t, http.StatusOK, "").Text("audit.attemptId")] = s.name
	}
	return r, c, names
}

// listed are the names of a page's rows, in order.
func listed(a enginetest.Answer, names map[string]string) []string {
	got := []string{}
	for i := range a.Len("data") {
		got = append(got, names[a.Text(fmt.Sprintf("data.%d.id", i))])
	}
	return got
}

func TestFilters(t *testing.T) {
	_, c, names := filled(t)
	for _, tt := range []struct{ query, want string }{
		{"", "spoof unclear grey refused none allowed"},
		{"customerId=cus_2", "unclear refused"},
		{"customerId=cus_9", ""},
		{"customerId=cus", ""},
		{"deviceId=kiosk-1", "refused allowed"},
		{"method=face_match", "spoof unclear grey refused none allowed"},
		{"method=face_liveness", ""},
		{"status=verified", "allowed"},
		{"status=failed", "spoof unclear refused"},
		{"status=pending", "grey"},
		{"status=not_required", "none"},
		{"riskLevel=high", "grey allowed"},
		{"riskLevel=none", "none"},
		{"trigger=transfer", "spoof refused allowed"},
		{"allow=true", "none allowed"},
		{"allow=false", "spoof unclear grey refused"},
		{"liveness=live", "grey refused allowed"},
		{"liveness=spoof", "spoof"},
		{"liveness=unclear", "unclear"},
		{"match=match", "spoof allowed"},
		{"match=no_match", "refused"},
		{"match=grey_zone", "grey"},
		{"match=match&liveness=live&riskLevel=high", "allowed"},
		{"customerId=cus_1&deviceId=kiosk-2&allow=false", "spoof grey"},
		// A day that ends a range is part of it.
		{"from=2026-11-22&to=2026-11-22", "refused none allowed"},
		{"to=2026-11-22", "refused none allowed"},
		{"from=2026-11-23", "spoof unclear grey"},
		{"from=2026-11-23&to=2026-11-24", "unclear grey"},
		{"to=2026-11-21", ""},
		{"from=2026-11-26", ""},
		{"customerId=cus_1&from=2026-11-23&to=2026-11-25", "spoof grey"},
		// A moment begins a range with it and ends it before it.
		{"from=2026-11-22T13:00:00Z&to=2026-11-23T00:00:00Z", "refused none"},
		{"from=2026-11-22T13:00:00.001Z&to=2026-11-23T00:00:00.001Z", "grey refused"},
		{"from=2026-11-22T19:00:00%2B07:00&to=2026-11-22T20:00:00%2B07:00", "allowed"},
		{"customerId=cus_1&to=2026-11-23T00:00:00Z", "none allowed"},
	} {
		a := c.Get(t, path+"?"+tt.query).Want(t, http.StatusOK, "")
		want := strings.Fields(tt.want)
		if got := listed(a, names); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", tt.query, got, want)
		}
		if got := a.Number("total"); got != float64(len(want)) {
			t.Errorf("%s: got total %v, want %d", tt.query, got, len(want))
		}
	}
}

func TestBadQueries(t *testing.T) {
	_, c, _ := filled(t)
	for query, tt := range map[string]struct{ code, field string }{
		"from=22.11.2026":                       {"attempts/bad-query", "from"},
		"to=2026-02-30":                         {"attempts/bad-query", "to"},
		"from=1969-12-31":                       {"attempts/bad-query", "from"},
		"to=9999-01-01":                         {"attempts/bad-query", "to"},
		"from=2026-11-23&to=2026-11-22":         {"attempts/bad-query", "to"},
		"from=2026-11-22T12:00:00":              {"attempts/bad-query", "from"},
		"cursor=!!!":                            {"attempts/bad-query", "cursor"},
		"cursor=AAAA":                           {"attempts/bad-query", "cursor"},
		"cursor=AAAAAAAAAAAAAAAAAAAAAAA&page=2": {"attempts/bad-query", "page"},
		"limit=0":                               {"request/invalid-parameter", "limit"},
		"limit=1001":                            {"request/invalid-parameter", "limit"},
		"limit=ten":                             {"request/invalid-parameter", "limit"},
		"page=0":                                {"request/invalid-parameter", "page"},
		"status=done":                           {"request/invalid-parameter", "status"},
		"allow=yes":                             {"request/invalid-parameter", "allow"},
		"customer=cus_1":                        {"request/unknown-parameter", ""},
		"status=failed&status=pending":          {"request/repeated-parameter", "status"},
	} {
		a := c.Get(t, path+"?"+query)
		fields, _ := a.At("details.fieldErrors").(map[string]any)
		if a.Status != http.StatusBadRequest || a.Text("code") != tt.code || tt.field != "" && fields[tt.field] == nil {
			t.Errorf("%s: got %d %s blaming %v, want 400 %s blaming %s", query, a.Status, a.Text("code"), fields, tt.code, tt.field)
		}
	}
}

// Pages are counted; each says how many there are and where the next begins.
func TestPages(t *testing.T) {
	_, c, names := filled(t)
	for _, tt := range []struct {
		query string
		want  string
		next  bool
		pages float64
	}{
		{"limit=4", "spoof unclear grey refused", true, 2},
		{"limit=4&page=2", "none allowed", false, 2},
		{"limit=4&page=3", "", false, 2},
		{"limit=6", "spoof unclear grey refused none allowed", false, 1},
		{"limit=2&page=2&allow=false", "grey refused", false, 2},
		{"limit=2&customerId=cus_9", "", false, 0},
	} {
		a := c.Get(t, path+"?"+tt.query).Want(t, http.StatusOK, "")
		if got := listed(a, names); !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("%s: got %v, want %s", tt.query, got, tt.want)
		}
		if got := a.Text("meta.next") != ""; got != tt.next {
			t.Errorf("%s: got a next page %v, want %v", tt.query, got, tt.next)
		}
		if got := max(a.Number("meta.pages"), 0); got != tt.pages {
			t.Errorf("%s: got %v pages, want %v", tt.query, got, tt.pages)
		}
	}
	usual := c.Get(t, path)
	if usual.Number("limit") != 50 || usual.Number("page") != 1 || usual.Number("total") != 6 {
		t.Errorf("got limit %v, page %v, total %v, want 50, 1, 6", usual.Number("limit"), usual.Number("page"), usual.Number("total"))
	}
}

// A walk by cursors gives each row that was there exactly once, though new
// ones come in at every step of it and several have the same moment.
func TestCursorWalk(t *testing.T) {
	for _, filter := range []string{"", "&customerId=cus_1", "&allow=false", "&to=2026-11-22"} {
		r := enginetest.Open(t)
		c := r.Caller(t, "bank")
		c.Enrol(t, "cus_1", enginetest.Ana())
		var there []string
		add := func() string {
			return c.StepUp(t, "cus_1", engine.RiskHigh, enginetest.Nobody()).Text("audit.attemptId")
		}
		for i := range 23 {
			there = append(there, add())
			r.Clock.Move(time.Duration(i%3) * time.Second)
		}
		next, walked := "", []string(nil)
		for range 23 {
			add()
			query := "?limit=5" + filter
			if next != "" {
				query += "&cursor=" + next
			}
			a := c.Get(t, path+query).Want(t, http.StatusOK, "")
			if (a.At("total") == nil) != (next != "") {
				t.Errorf("%s: got total %v with cursor %q", query, a.At("total"), next)
			}
			for i := range a.Len("data") {
				if id := a.Text(fmt.Sprintf("data.%d.id", i)); slices.Contains(there, id) {
					walked = append(walked, id)
				}
			}
			r.Clock.Move(time.Second)
			if next = a.Text("meta.next"); next == "" {
				break
			}
		}
		slices.Sort(walked)
		slices.Sort(there)
		if !slices.Equal(walked, there) {
			t.Errorf("%q: walked by %d rows, want the %d once each", filter, len(walked), len(there))
		}
	}
}

// Another org sees nothing, also by the first one's cursor and customer.
func TestAnotherOrg(t *testing.T) {
	r, c, _ := filled(t)
	other := r.Caller(t, "shop")
	next := c.Get(t, path+"?limit=2").Text("meta.next")
	for _, query := range []string{"", "?customerId=cus_1", "?cursor=" + next, "?format=ndjson"} {
		a := other.Get(t, path+query).Want(t, http.StatusOK, "")
		if strings.Contains(string(a.Body), "att_") {
			t.Errorf("%s: got %s, want no row", query, a.Body)
		}
	}
	r.Caller(t, "bank", engine.ViewVerifications).Get(t, path).Want(t, http.StatusForbidden, "auth/missing-scope")
}

// A row is the full evidence; its numbers are for those who may see scores.
func TestRow(t *testing.T) {
	r, c, _ := filled(t)
	const query = path + "?match=grey_zone"
	a := c.Get(t, query).Want(t, http.StatusOK, "")
	for at, want := range map[string]any{
		"customerId": "cus_1", "deviceId": "kiosk-2", "method": "face_match", "status": "pending", "allow": false,
		"score": 52.0, "riskLevel": "high", "reasons.0": "grey_zone", "createdAt": "2026-11-23T00:00:00Z", "key": string(c.ID),
		"liveness.verdict": "live", "liveness.assuranceTier": "low", "liveness.score": 0.98,
		"match.verdict": "grey_zone", "match.similarity": 0.52, "match.threshold": 0.55,
	} {
		if got := a.At("data.0." + at); got != want {
			t.Errorf("%s: got %v, want %v", at, got, want)
		}
	}
	if len(a.Text("data.0.picture")) != 64 || len(a.Text("data.0.models.1")) != 64 || !strings.HasPrefix(a.Text("data.0.verificationId"), "ver_") {
		t.Errorf("got %s, want digests of picture and models and a verification", a.Body)
	}
	hidden := r.Caller(t, "bank", engine.ViewAttempts)
	for _, q := range []string{query, query + "&format=ndjson"} {
		body := string(hidden.Get(t, q).Want(t, http.StatusOK, "").Body)
		for _, number := range []string{"core", "0.52", ":52", "0.98", "similarity", "threshold"} {
			if strings.Contains(body, number) {
				t.Errorf("%s: got %q in %s", q, number, body)
			}
		}
	}
}

// A row whose evidence was erased stays in the list with its id and time, and
// answers only who asks for nothing that was erased.
func TestErasedRows(t *testing.T) {
	r, c, names := filled(t)
	_, err := r.Store.Commit(t.Context(), func(tx *storage.Tx) error {
		if err := tx.Forget(r.Attempts.Subject("bank", "cus_1")); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{Kind: "evidence.erased", Actor: "system"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a := c.Get(t, path).Want(t, http.StatusOK, "")
	if got := listed(a, names); len(got) != 6 {
		t.Errorf("got %v, want all six", got)
	}
	row, _ := a.At("data.0").(map[string]any)
	if len(row) != 4 || row["erased"] != true || row["allow"] != false || row["createdAt"] != "2026-11-25T12:00:00Z" || names[fmt.Sprint(row["id"])] != "spoof" {
		t.Errorf("got %v, want only id, time, and that it is erased", row)
	}
	for query, want := range map[string]string{
		"?customerId=cus_1": "spoof grey none allowed", "?customerId=cus_2": "unclear refused", "?allow=false": "unclear refused",
		"?riskLevel=high": "", "?deviceId=kiosk-2": "unclear", "?from=2026-11-23&to=2026-11-23": "grey",
	} {
		if got := listed(c.Get(t, path+query).Want(t, http.StatusOK, ""), names); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: got %v, want %s", query, got, want)
		}
	}
	for _, format := range []string{"ndjson", "csv"} {
		if body := string(c.Get(t, path+"?format="+format).Want(t, http.StatusOK, "").Body); strings.Count(body, "att_") != 6 || strings.Contains(body, "cus_1") {
			t.Errorf("%s: got %s, want six rows without the customer", format, body)
		}
	}
}
