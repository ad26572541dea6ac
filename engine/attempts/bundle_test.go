package attempts_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/parquet-go/parquet-go"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/internal/transparency"
)

// key is the journal's, as an examiner has kept it.
func key(t *testing.T, c enginetest.Caller) string {
	t.Helper()
	return c.Get(t, "/api/audit/keys").Want(t, http.StatusOK, "").Text("keys.0.key")
}

func exported(t *testing.T, c enginetest.Caller, ask enginetest.Body) []byte {
	t.Helper()
	a := c.Post(t, path+"/export", ask).Want(t, http.StatusOK, "")
	if got := a.Header.Get("Content-Disposition"); !strings.Contains(got, "attempts-20261125T120000Z.zip") {
		t.Errorf("got Content-Disposition %q, want a file name with the moment", got)
	}
	return a.Body
}

func packed(t *testing.T, export []byte) map[string][]byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(export), int64(len(export)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func repacked(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := archive.Create(name)
		if err == nil {
			_, err = w.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verified(export []byte, key string) (transparency.Manifest, error) {
	return transparency.OpenExport(bytes.NewReader(export), int64(len(export)), key)
}

// An export holds what a list of the same rows does, says what it is, and is proved
// with the journal's key alone.
func TestExport(t *testing.T) {
	r, c, _ := filled(t)
	for _, tt := range []struct {
		ask  enginetest.Body
		list string
		rows int
		by   string
	}{
		{enginetest.Body{"format": "csv"}, "?format=csv", 6, "[]"},
		{enginetest.Body{"format": "ndjson"}, "?format=ndjson", 6, "[]"},
		{enginetest.Body{"format": "parquet"}, "?format=parquet", 6, "[]"},
		{enginetest.Body{"format": "csv", "from": "2026-11-23"}, "?format=csv&from=2026-11-23", 3, `["from"]`},
		{enginetest.Body{"format": "ndjson", "q": "transfer", "sort": "oldest"}, "?format=ndjson&q=transfer&sort=oldest", 3, `["q"]`},
		{enginetest.Body{"format": "csv", "filters": enginetest.Body{"customerId": []string{"cus_1"}, "allow": []string{"true"}}}, "?format=csv&customerId=cus_1&allow=true", 2, `["allow","customerId"]`},
		{enginetest.Body{"format": "csv", "q": "nobody"}, "?format=csv&q=nobody", 0, `["q"]`},
	} {
		before := r.Journal(t)
		export := exported(t, c, tt.ask)
		m, err := verified(export, key(t, c))
		if err != nil {
			t.Errorf("%v: got %v, want it proved", tt.ask, err)
			continue
		}
		if m.Org != "bank" || m.By != string(c.ID) || m.Rows != tt.rows || m.Erased != 0 || !m.Scores || !m.At.Equal(r.Clock.Now()) || len(m.Files) != 1 {
			t.Errorf("%v: got the manifest %+v", tt.ask, m)
		}
		var asked, want any
		if err := errors.Join(json.Unmarshal(m.Query, &asked), json.Unmarshal(encoded(t, tt.ask), &want)); err != nil || fmt.Sprint(asked) != fmt.Sprint(want) {
			t.Errorf("got the query %s, want %v", m.Query, tt.ask)
		}
		listed := c.Get(t, path+tt.list).Want(t, http.StatusOK, "")
		if got := packed(t, export)[m.Files[0].Name]; !bytes.Equal(got, listed.Body) {
			t.Errorf("%v: got %q, want %q", tt.ask, got, listed.Body)
		}
		// The first one makes the journal's key, too.
		leaf := r.Leaves(t, m.Journal)[0]
		public := string(leaf.Public)
		if m.Journal < before || leaf.Kind != "attempts.exported" || leaf.Actor != string(c.ID) || leaf.Org != "bank" || !strings.Contains(public, m.Files[0].SHA256) ||
			!strings.Contains(public, `"by":`+tt.by) || strings.Contains(string(leaf.Raw), "cus_1") {
			t.Errorf("got the entry %s, want one that names the file and no customer", leaf.Raw)
		}
	}
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whatever is changed in an export, it is no longer proved.
func TestAlteredExports(t *testing.T) {
	_, c, _ := filled(t)
	export := exported(t, c, enginetest.Body{"format": "csv"})
	trusted := key(t, c)
	other := packed(t, exported(t, c, enginetest.Body{"format": "csv", "from": "2026-11-23"}))
	for name, tt := range map[string]struct {
		alter func(map[string][]byte)
		want  error
	}{
		"nothing": {func(map[string][]byte) {}, nil},
		"a cell": {func(f map[string][]byte) {
			f["attempts.csv"] = bytes.Replace(f["attempts.csv"], []byte("true"), []byte("fals"), 1)
		}, transparency.ErrAltered},
		"a row less": {func(f map[string][]byte) { f["attempts.csv"] = f["attempts.csv"][:len(f["attempts.csv"])-9] }, transparency.ErrAltered},
		"a row more": {func(f map[string][]byte) { f["attempts.csv"] = append(f["attempts.csv"], "x\n"...) }, transparency.ErrAltered},
		"the count": {func(f map[string][]byte) {
			f["manifest.json"] = bytes.Replace(f["manifest.json"], []byte(`"rows": 6`), []byte(`"rows": 5`), 2)
		}, transparency.ErrAltered},
		"who asked": {func(f map[string][]byte) {
			f["manifest.json"] = bytes.Replace(f["manifest.json"], []byte(c.ID), []byte("key_other"), 1)
		}, transparency.ErrAltered},
		"a file more":             {func(f map[string][]byte) { f["note.txt"] = []byte("hello") }, transparency.ErrFiles},
		"the file":                {func(f map[string][]byte) { delete(f, "attempts.csv") }, transparency.ErrFiles},
		"the signature":           {func(f map[string][]byte) { delete(f, "manifest.note") }, transparency.ErrFiles},
		"rows of another export":  {func(f map[string][]byte) { f["attempts.csv"] = other["attempts.csv"] }, transparency.ErrAltered},
		"manifest of another one": {func(f map[string][]byte) { f["manifest.json"] = other["manifest.json"] }, transparency.ErrAltered},
		"a checkpoint as signature": {func(f map[string][]byte) {
			f["manifest.note"] = c.Get(t, "/api/audit/checkpoint").Body
		}, transparency.ErrMalformed},
		"a byte of the signature": {func(f map[string][]byte) {
			b := f["manifest.note"]
			b[len(b)-10] ^= 1
		}, transparency.ErrNotSigned},
	} {
		files := packed(t, export)
		tt.alter(files)
		if _, err := verified(repacked(t, files), trusted); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
	r := enginetest.OpenElsewhere(t)
	if _, err := verified(export, key(t, r.Caller(t, "bank"))); !errors.Is(err, transparency.ErrNotSigned) {
		t.Errorf("with another log's key: got %v, want it not proved", err)
	}
	if _, err := verified(export[:len(export)-30], trusted); !errors.Is(err, transparency.ErrMalformed) {
		t.Errorf("cut off: got %v, want it not proved", err)
	}
	// And what signs an export is no checkpoint.
	if _, err := transparency.OpenCheckpoint(packed(t, export)["manifest.note"], trusted); err == nil {
		t.Error("got an export's signature taken for a checkpoint")
	}
}

// columns are those that a warehouse reads; an own type, as it would have.
type columns struct {
	ID         string    `parquet:"id"`
	CreatedAt  time.Time `parquet:"createdAt,timestamp(millisecond)"`
	CustomerID *string   `parquet:"customerId,optional"`
	Allow      *bool     `parquet:"allow,optional"`
	Score      *int32    `parquet:"score,optional"`
	Similarity *float64  `parquet:"matchSimilarity,optional"`
	Reasons    []string  `parquet:"reasons,list"`
	Models     []string  `parquet:"models,list"`
	Journal    *int64    `parquet:"journal,optional"`
	Erased     bool      `parquet:"erased"`
}

// Parquet has the same rows as CSV, with types; what is unknown is null.
func TestParquet(t *testing.T) {
	r, c, names := filled(t)
	forget(t, r, "cus_2")
	read := func(c enginetest.Caller) []columns {
		a := c.Get(t, path, "Accept", "application/vnd.apache.parquet").Want(t, http.StatusOK, "")
		rows, err := parquet.Read[columns](bytes.NewReader(a.Body), int64(len(a.Body)))
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read(c)
	want, err := csv.NewReader(bytes.NewReader(c.Get(t, path+"?format=csv").Body)).ReadAll()
	if err != nil || len(rows) != len(want)-1 {
		t.Fatalf("got %d rows and %v, want %d", len(rows), err, len(want)-1)
	}
	cell := func(row int, name string) string { return want[row+1][slices.Index(want[0], name)] }
	for i, row := range rows {
		if row.ID != cell(i, "id") || row.CreatedAt.UTC().Format(time.RFC3339Nano) != cell(i, "createdAt") || fmt.Sprint(row.Erased) != cell(i, "erased") {
			t.Errorf("got %+v, want %v", row, want[i+1])
		}
		if row.Erased != (row.CustomerID == nil) || row.Erased != (row.Allow == nil) || row.Erased != (row.Journal == nil) {
			t.Errorf("%s: got %+v, want nothing known of what was erased, and the rest of the others", names[row.ID], row)
		}
		if !row.Erased && (*row.CustomerID != cell(i, "customerId") || strings.Join(row.Reasons, " ") != cell(i, "reasons") ||
			strings.Join(row.Models, " ") != cell(i, "models") || fmt.Sprint(*row.Journal) != cell(i, "journal")) {
			t.Errorf("got %+v, want %v", row, want[i+1])
		}
	}
	if rows[2].Score == nil || *rows[2].Score != 52 || *rows[2].Similarity != 0.52 {
		t.Errorf("got %+v, want the grey one with its scores", rows[2])
	}
	for _, row := range read(r.Caller(t, "bank", engine.ViewAttempts)) {
		if row.Score != nil || row.Similarity != nil {
			t.Errorf("got %+v, want no score for a key that may not see scores", row)
		}
	}
}

func TestExportsOfOthers(t *testing.T) {
	r, c, _ := filled(t)
	blind := exported(t, r.Caller(t, "bank", engine.ViewAttempts), enginetest.Body{"format": "ndjson"})
	if m, err := verified(blind, key(t, c)); err != nil || m.Scores || bytes.Contains(packed(t, blind)["attempts.ndjson"], []byte("similarity")) {
		t.Errorf("got %+v and %v, want it to say that scores were left out", m, err)
	}
	if m, err := verified(exported(t, r.Caller(t, "shop"), enginetest.Body{"format": "csv"}), key(t, c)); err != nil || m.Rows != 0 || m.Org != "shop" {
		t.Errorf("got %+v and %v, want no row for another org", m, err)
	}
	r.Caller(t, "bank", engine.ViewVerifications).Post(t, path+"/export", enginetest.Body{"format": "csv"}).Want(t, http.StatusForbidden, "auth/missing-scope")
	before := r.Journal(t)
	for _, ask := range []enginetest.Body{
		{}, {"format": "xml"}, {"format": "csv", "from": "x"}, {"format": "csv", "q": `"`}, {"format": "csv", "limit": 5},
		{"format": "csv", "filters": enginetest.Body{"match": []string{"maybe"}}},
	} {
		if a := c.Post(t, path+"/export", ask); a.Status != http.StatusBadRequest {
			t.Errorf("%v: got %d, want it refused", ask, a.Status)
		}
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d entries more, want none for what was not exported", got-before)
	}
}
