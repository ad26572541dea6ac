package attempts_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine/enginetest"
)

// The Accept header asks for a format, the parameter overrules it.
func TestFormats(t *testing.T) {
	_, c, _ := filled(t)
	for _, tt := range []struct {
		query, accept string
		status        int
		kind          string
	}{
		{"", "", 200, "application/json"},
		{"", "*/*", 200, "application/json"},
		{"", "application/json", 200, "application/json"},
		{"", "application/x-ndjson", 200, "application/x-ndjson"},
		{"", "text/html, Text/CSV;q=0.9", 200, "text/csv"},
		{"", "image/png, */*;q=0.1", 200, "application/json"},
		{"", "image/png", 406, "application/json"},
		{"", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 406, "application/json"},
		{"?format=csv", "application/json", 200, "text/csv"},
		{"?format=ndjson", "image/png", 200, "application/x-ndjson"},
		{"?format=json", "text/csv", 200, "application/json"},
		{"?format=xml", "", 400, "application/json"},
	} {
		a := c.Get(t, path+tt.query, "Accept", tt.accept)
		kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
		if a.Status != tt.status || kind != tt.kind || err != nil {
			t.Errorf("%s %q: got %d %s, want %d %s", tt.query, tt.accept, a.Status, kind, tt.status, tt.kind)
		}
	}
	c.Get(t, path, "Accept", "image/png").Want(t, http.StatusNotAcceptable, "attempts/no-such-format")
}

// NDJSON is one row on a line, the same row as in a page; an export has every
// row that fits, whatever the limit.
func TestNDJSON(t *testing.T) {
	_, c, names := filled(t)
	a := c.Get(t, path+"?format=ndjson&limit=1&allow=false").Want(t, http.StatusOK, "")
	if got := a.Header.Get("Content-Disposition"); !strings.Contains(got, "attempts-20261125T120000Z.ndjson") {
		t.Errorf("got Content-Disposition %q, want a file name with the moment", got)
	}
	var got []string
	for line := range bytes.Lines(a.Body) {
		var row struct{ ID string }
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatalf("got the line %s: %v", line, err)
		}
		got = append(got, names[row.ID])
		if page := c.Get(t, path); !bytes.Contains(page.Body, bytes.TrimSpace(line)) {
			t.Errorf("the page does not have the row %s", line)
		}
	}
	if want := []string{"spoof", "unclear", "grey", "refused"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// In CSV no cell is a formula (OWASP, CSV injection), and what people wrote
// is still there.
func TestCSV(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	labels := []string{
		`=HYPERLINK("http://x","y")`, "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x",
		"plain", "a=b", `a "quoted", cell`, "two\nlines", "",
	}
	for _, label := range labels {
		body := enginetest.Body{"customerId": "=cus_1", "riskLevel": "none", "deviceId": "-kiosk"}
		if label != "" {
			body["actionLabel"] = label
		}
		c.Post(t, "/api/identity/auth/step-up", body).Want(t, http.StatusOK, "")
		r.Clock.Move(1e9)
	}
	a := c.Get(t, path+"?format=csv").Want(t, http.StatusOK, "")
	rows, err := csv.NewReader(bytes.NewReader(a.Body)).ReadAll()
	if err != nil || len(rows) != len(labels)+1 {
		t.Fatalf("got %d rows and %v, want %d", len(rows), err, len(labels)+1)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	for i, row := range rows[1:] {
		label := labels[len(labels)-1-i]
		want := strings.ReplaceAll(label, "\r", "") // csv.Reader takes \r\n for \n, and a lone \r stays
		got := strings.ReplaceAll(row[column("actionLabel")], "\r", "")
		if i < 5 {
			if got != want {
				t.Errorf("got %q, want %q untouched", got, want)
			}
		} else if got != "'"+want {
			t.Errorf("got %q, want %q with an apostrophe before it", got, want)
		}
		if row[column("customerId")] != "'=cus_1" || row[column("deviceId")] != "'-kiosk" {
			t.Errorf("got customer %q and device %q, want both inert", row[column("customerId")], row[column("deviceId")])
		}
		if row[column("allow")] != "true" || row[column("status")] != "not_required" || row[column("score")] != "" {
			t.Errorf("got %q, want allowed, not required, without a score", row)
		}
	}
}
