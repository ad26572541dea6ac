package daemon

import (
	"archive/tar"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/fixture"
)

// TestImportOfRealFaces imports every photo as an account of its own. The
// report has a ring for each person, of exactly that person's photos: at the
// default threshold no pair of two people matches, and the two pairs of one
// person that do not are in one ring through a third.
func TestImportOfRealFaces(t *testing.T) {
	faces := fixture.Faces(t)
	text, err := os.Open(filepath.Join(faces, "identities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	known, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	person := map[string]string{}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, line := range known[1:] {
		picture, err := os.ReadFile(filepath.Join(faces, line[0]))
		if err != nil {
			t.Fatal(err)
		}
		account := strings.TrimSuffix(line[0], ".jpg")
		person[account] = line[1]
		if err := w.WriteHeader(&tar.Header{Name: account + "-" + marker + "-01011990.jpg", Size: int64(len(picture)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(picture); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	tg := start(t)
	ask := func(method, path string, body io.Reader) []byte {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, tg.url+path, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+tg.keys["all"])
		r.Header.Set("Content-Type", "application/octet-stream")
		answered, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answered.Body.Close()
		b, err := io.ReadAll(answered.Body)
		if err != nil || answered.StatusCode >= http.StatusBadRequest {
			t.Fatalf("%s %s: got %d %s %v", method, path, answered.StatusCode, b, err)
		}
		return b
	}
	var made struct{ ID string }
	if err := json.Unmarshal(ask(http.MethodPost, "/api/imports/upload?format=tar", &archive), &made); err != nil {
		t.Fatal(err)
	}
	ask(http.MethodGet, "/api/imports/"+made.ID+"/events", nil) // to its end
	rows, err := csv.NewReader(bytes.NewReader(ask(http.MethodGet, "/api/imports/"+made.ID+"/report?format=csv", nil))).ReadAll()
	if err != nil || len(rows) != len(known) {
		t.Fatalf("got %d rows %v, want %d", len(rows)-1, err, len(known)-1)
	}
	people, rings := map[string]string{}, map[string]string{}
	for _, row := range rows[1:] {
		account, outcome, ring := row[2], row[5], row[9]
		who := person[account]
		if outcome != "enrolled" && outcome != "duplicate" || ring == "" {
			t.Errorf("%s: got %s in ring %q, want it enrolled, in one", account, outcome, ring)
			continue
		}
		if people[ring] == "" && rings[who] == "" {
			people[ring], rings[who] = who, ring
		}
		if people[ring] != who || rings[who] != ring {
			t.Errorf("%s: got person %s in ring %s, want ring %s, which has person %s", account, who, ring, rings[who], people[ring])
		}
	}
	if got, want := fmt.Sprint(len(rings)), "13"; got != want {
		t.Errorf("got %s rings, want %s", got, want)
	}
}
