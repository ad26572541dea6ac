package importer_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const importsPath = "/api/imports"

// likeAna has similarity 0.6 to Ana and none to Budi.
func likeAna() enginetest.Picture {
	return enginetest.Picture{Vector: []float32{3, 0, 4, 0}, Passive: 0.98}
}

// base is a folder with one of each: two people, one of them twice, one who is
// enrolled under two names of file, and pictures that cannot be used.
func base(t *testing.T, r *enginetest.Rooms) {
	t.Helper()
	for name, p := range map[string]enginetest.Picture{
		"1-Ana-01011990.jpg":       enginetest.Ana(),
		"2-Budi-Dua-02011990.jpg":  enginetest.Budi(),
		"3-Anna-03011990.jpg":      likeAna(),
		"4-Dark-04011990.jpg":      enginetest.Budi().With(engine.TooDark, engine.Blurred),
		"5-None-05011990.jpg":      enginetest.Nobody(),
		"6-Cut-06011990.jpg":       {Broken: true},
		"2-Budi-Zwei-02011990.jpg": enginetest.Budi().Passively(0.5),
		"what.jpg":                 enginetest.Ana(),
	} {
		write(t, r, name, p.Bytes())
	}
}

func write(t *testing.T, r *enginetest.Rooms, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.Folder, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// ended begins an import and follows it to its end.
func ended(t *testing.T, c enginetest.Caller, body enginetest.Body) enginetest.Answer {
	t.Helper()
	id := c.Post(t, importsPath, body).Want(t, http.StatusCreated, "").Text("id")
	return follow(t, c, id)
}

// follow reads the events of an import; its last one is the answer.
func follow(t *testing.T, c enginetest.Caller, id string) enginetest.Answer {
	t.Helper()
	a := c.Get(t, importsPath+"/"+id+"/events").Want(t, http.StatusOK, "")
	var last string
	lines := bufio.NewScanner(bytes.NewReader(a.Body))
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			last = data
		}
	}
	if !strings.Contains(string(a.Body), "event: end\n") {
		t.Errorf("got events %s, want an end", a.Body)
	}
	return enginetest.Answer{Status: a.Status, Body: []byte(last)}
}

func counted(t *testing.T, a enginetest.Answer, state string, enrolled, there, duplicate, rejected float64) {
	t.Helper()
	got := fmt.Sprint(a.Text("state"), a.Number("counts.enrolled"), a.Number("counts.there"), a.Number("counts.duplicate"), a.Number("counts.rejected"))
	if want := fmt.Sprint(state, enrolled, there, duplicate, rejected); got != want {
		t.Errorf("got %s, want %s: %s", got, want, a.Body)
	}
}

// rows are the CSV report's, but for the enrolment's id.
func rows(t *testing.T, c enginetest.Caller, id string) []string {
	t.Helper()
	a := c.Get(t, importsPath+"/"+id+"/report?format=csv").Want(t, http.StatusOK, "")
	all, err := csv.NewReader(bytes.NewReader(a.Body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, line := range all[1:] {
		list = append(list, strings.Join(slices.Concat(line[:8], line[9:]), "|"))
	}
	return list
}

func TestImport(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	base(t, r)
	r.Import(t)
	body := enginetest.Body{"source": ".", "segment": "retail"}
	before := r.Journal(t)
	dry := ended(t, c, enginetest.Body{"source": ".", "segment": "retail", "dryRun": true})
	counted(t, dry, "done", 2, 1, 1, 4)
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries after a dry run, want %d", got, before)
	}
	first := ended(t, c, body)
	counted(t, first, "done", 2, 1, 1, 4)
	want := []string{
		"1|1-Ana-01011990.jpg|1|Ana||enrolled||||1||",
		"2|2-Budi-Dua-02011990.jpg|2|Budi-Dua||enrolled||||||",
		"3|2-Budi-Zwei-02011990.jpg|2|Budi-Zwei||there|same-reference|||||",
		"4|3-Anna-03011990.jpg|3|Anna||duplicate|face-of-another-account|||1|1|0.6000",
		"5|4-Dark-04011990.jpg|4|Dark||rejected|too_dark|blurred||||",
		"6|5-None-05011990.jpg|5|None||rejected|no_face|||||",
		"7|6-Cut-06011990.jpg|6|Cut||rejected|picture/broken|||||",
		"8|what.jpg||||rejected|row/file-name|||||",
	}
	for i := range want { // the CSV's eighth column is dropped
		want[i] = strings.Replace(want[i], "||||1||", "|||1||", 1)
	}
	if got := rows(t, c, first.Text("id")); !same(got, want) {
		t.Errorf("got rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got, want := rows(t, c, dry.Text("id")), rows(t, c, first.Text("id")); !slices.Equal(got, want) {
		t.Errorf("got of the dry run\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	rings := c.Get(t, "/api/rings?segment=retail").Want(t, http.StatusOK, "")
	if rings.Len("data") != 1 || rings.Len("data.0.accounts") != 2 {
		t.Errorf("got rings %s, want one of two accounts", rings.Body)
	}
	page := string(c.Get(t, importsPath+"/"+first.Text("id")+"/report").Want(t, http.StatusOK, "").Body)
	for _, part := range []string{"Ring 1", "different names", "Anna", "picture/broken", "The picture is broken", "<svg", "0.600"} {
		if !strings.Contains(page, part) {
			t.Errorf("the report has no %q", part)
		}
	}
	// Again: nothing changes.
	again := ended(t, c, body)
	counted(t, again, "done", 0, 4, 0, 4)
	if got := again.Number("counts.reasons.same-picture"); got != 3 {
		t.Errorf("got %v rows of the same picture, want 3: %s", got, again.Body)
	}
	if got := c.Get(t, "/api/rings?segment=retail").Want(t, http.StatusOK, ""); string(got.Body) != string(rings.Body) {
		t.Errorf("got rings %s, want %s", got.Body, rings.Body)
	}
	faces := c.Get(t, "/api/identity/customers/1/faces").Want(t, http.StatusOK, "")
	if faces.Len("data") != 1 || faces.Text("data.0.source") != "base_import" {
		t.Errorf("got faces %s, want one of a base import", faces.Body)
	}
	for _, leaf := range r.Leaves(t, before) {
		for _, secret := range []string{"Ana", "Budi", "1990"} {
			if strings.Contains(string(leaf.Raw), secret) {
				t.Errorf("the journal has %q: %s", secret, leaf.Raw)
			}
		}
	}
	// Forgotten rows are gone, and what was enrolled is not.
	c.Do(t, http.MethodDelete, importsPath+"/"+first.Text("id"), nil).Want(t, http.StatusNoContent, "")
	c.Get(t, importsPath+"/"+first.Text("id")).Want(t, http.StatusNotFound, "importer/no-such-import")
	if got := c.Get(t, "/api/identity/customers/1/faces"); got.Len("data") != 1 {
		t.Errorf("got faces %s, want them kept", got.Body)
	}
}

func same(got, want []string) bool {
	clean := func(list []string) []string {
		var out []string
		for _, s := range list {
			out = append(out, strings.Trim(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '|' }), "|"), "|"))
		}
		return out
	}
	return slices.Equal(clean(got), clean(want))
}

func TestDuplicatesMayBeLeftOut(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	base(t, r)
	r.Import(t)
	a := ended(t, c, enginetest.Body{"source": ".", "duplicates": "report"})
	counted(t, a, "done", 2, 1, 1, 4)
	if got := c.Get(t, "/api/identity/customers/3/faces"); got.Len("data") != 0 {
		t.Errorf("got faces %s, want the duplicate left out", got.Body)
	}
}

// The name of a file that is no text rejects its row and no other, and is told as text.
func TestNamesThatAreNoText(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	write(t, r, "1-Ana-01011990.jpg", enginetest.Ana().Bytes())
	write(t, r, "2-Jo\xe3o-02011990.jpg", enginetest.Budi().Bytes())
	r.Import(t)
	for _, dry := range []bool{true, false} {
		a := ended(t, c, enginetest.Body{"source": ".", "dryRun": dry})
		counted(t, a, "done", 1, 0, 0, 1)
		want := []string{"1|1-Ana-01011990.jpg|1|Ana||enrolled|||||", "2|2-Jo\uFFFDo-02011990.jpg||||rejected|row/name||||"}
		if got := rows(t, c, a.Text("id")); !same(got, want) {
			t.Errorf("dry %v: got %q, want %q", dry, got, want)
		}
	}
}

// TestResume ends the work in the middle, again and again, and finds what an
// undisturbed import finds.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	whole, broken := enginetest.Open(t), enginetest.OpenIn(t, dir, enginetest.NewClock())
	var want []string
	for _, r := range []*enginetest.Rooms{whole, broken} {
		for i := range 120 {
			p := enginetest.Ana()
			p.Vector = []float32{float32(i % 40), float32((i % 40) * (i % 40)), 1, float32(i % 7)}
			if i%40 == 0 {
				p = enginetest.Nobody()
			}
			write(t, r, fmt.Sprintf("%03d-Name-01011990.jpg", i), p.Bytes())
		}
	}
	whole.Import(t)
	one := whole.Caller(t, "bank")
	a := ended(t, one, enginetest.Body{"source": "."})
	want = rows(t, one, a.Text("id"))

	c := broken.Caller(t, "bank")
	var looks atomic.Int64
	id := c.Post(t, importsPath, enginetest.Body{"source": "."}).Want(t, http.StatusCreated, "").Text("id")
	for range 4 {
		reached := make(chan struct{}, 1)
		broken.Eyes.Before(func(context.Context) error {
			if looks.Add(1)%17 == 0 {
				select {
				case reached <- struct{}{}:
				default:
				}
			}
			return nil
		})
		end := broken.Import(t)
		<-reached
		end()
		broken = reopened(t, broken, dir)
		c = broken.With(c.Secret)
	}
	broken.Import(t)
	b := follow(t, c, id)
	if got := rows(t, c, id); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if x, y := fmt.Sprint(a.At("counts")), fmt.Sprint(b.At("counts")); x != y {
		t.Errorf("got counts %s, want %s", y, x)
	}
}

// reopened is the daemon after its end and another start.
func reopened(t *testing.T, r *enginetest.Rooms, dir string) *enginetest.Rooms {
	t.Helper()
	if err := r.Store.Close(); err != nil {
		t.Fatal(err)
	}
	return enginetest.OpenIn(t, dir, r.Clock)
}

func TestUploads(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	r.Import(t)
	var lines bytes.Buffer
	for i, p := range []enginetest.Picture{enginetest.Ana(), likeAna(), enginetest.Budi()} {
		text, err := json.Marshal(map[string]string{"id": fmt.Sprint("u", i), "image": base64.StdEncoding.EncodeToString(p.Bytes())})
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(text, '\n'))
	}
	a := r.Upload(t, c, importsPath+"/upload?format=ndjson&segment=s", lines.Bytes()).Want(t, http.StatusCreated, "")
	counted(t, follow(t, c, a.Text("id")), "done", 2, 0, 1, 0)
	if left, err := os.ReadDir(r.Spool); err != nil || len(left) != 0 {
		t.Errorf("got %v %v in the spool at the end, want nothing", left, err)
	}
	r.Upload(t, c, importsPath+"/upload?format=ndjson", make([]byte, 1<<20+1)).Want(t, http.StatusRequestEntityTooLarge, "request/too-large")
	r.Upload(t, c, importsPath+"/upload?format=csv", nil).Want(t, http.StatusBadRequest, "request/invalid-parameter")
	if left, err := os.ReadDir(r.Spool); err != nil || len(left) != 0 {
		t.Errorf("got %v %v in the spool after a refusal, want nothing", left, err)
	}
	bad := r.Upload(t, c, importsPath+"/upload?format=zip", []byte("no archive")).Want(t, http.StatusCreated, "")
	end := follow(t, c, bad.Text("id"))
	if end.Text("state") != "failed" || end.Text("failure.code") != "importer/source-broken" {
		t.Errorf("got %s, want it failed for a broken source", end.Body)
	}
}

func TestRefusals(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	base(t, r)
	if err := os.Symlink("/etc", filepath.Join(r.Folder, "link")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		source string
		status int
		code   string
	}{
		{"..", 403, "importer/not-here"}, {"/etc", 403, "importer/not-here"}, {"a/../..", 403, "importer/not-here"},
		{"link", 403, "importer/not-here"}, {"nothing", 404, "importer/no-such-source"}, {"1-Ana-01011990.jpg", 415, "importer/format"},
	} {
		c.Post(t, importsPath, enginetest.Body{"source": test.source}).Want(t, test.status, test.code)
	}
	viewer := r.Caller(t, "bank", engine.ViewImports)
	viewer.Post(t, importsPath, enginetest.Body{"source": "."}).Want(t, http.StatusForbidden, "auth/missing-scope")
	id := c.Post(t, importsPath, enginetest.Body{"source": "."}).Want(t, http.StatusCreated, "").Text("id")
	if again := c.Post(t, importsPath, enginetest.Body{"source": "."}).Want(t, http.StatusCreated, "").Text("id"); again != id {
		t.Errorf("got a second import %s of one source, want %s", again, id)
	}
	r.Caller(t, "other").Get(t, importsPath+"/"+id).Want(t, http.StatusNotFound, "importer/no-such-import")
	c.Do(t, http.MethodDelete, importsPath+"/"+id, nil).Want(t, http.StatusConflict, "importer/under-way")
	if a := c.Post(t, importsPath+"/"+id+"/cancel", nil).Want(t, http.StatusOK, ""); a.Text("state") != "cancelled" {
		t.Errorf("got %s, want it cancelled", a.Body)
	}
}

// TestChangedSource is an import that was left and finds another source.
func TestChangedSource(t *testing.T) {
	dir := t.TempDir()
	r := enginetest.OpenIn(t, dir, enginetest.NewClock())
	c := r.Caller(t, "bank")
	base(t, r)
	reached := make(chan struct{}, 99)
	r.Eyes.Before(func(ctx context.Context) error {
		reached <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	})
	end := r.Import(t)
	id := c.Post(t, importsPath, enginetest.Body{"source": "."}).Want(t, http.StatusCreated, "").Text("id")
	<-reached
	end()
	write(t, r, "0-New-01011990.jpg", enginetest.Ana().Bytes())
	r = reopened(t, r, dir)
	c = r.With(c.Secret)
	r.Import(t)
	a := follow(t, c, id)
	if a.Text("failure.code") != "importer/source-changed" {
		t.Errorf("got %s, want it failed for the changed source", a.Body)
	}
}

// A customer may have another face in another segment; a trial run must say of
// each row what the real one then does.
func TestTrialOfAnotherFace(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "1", enginetest.Budi()) // in no segment
	base(t, r)
	r.Import(t)
	trial := ended(t, c, enginetest.Body{"source": ".", "segment": "retail", "dryRun": true})
	counted(t, trial, "done", 2, 1, 0, 5)
	if got := trial.Number("counts.reasons.other-face-than-known"); got != 1 {
		t.Errorf("got %v rows of another face, want the one: %s", got, trial.Body)
	}
	done := ended(t, c, enginetest.Body{"source": ".", "segment": "retail"})
	if got, want := rows(t, c, trial.Text("id")), rows(t, c, done.Text("id")); !slices.Equal(got, want) {
		t.Errorf("got of the trial\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// While what an import needs is missing, it says so, and goes on by itself.
func TestImportSaysWhatItWaitsFor(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	base(t, r)
	r.Eyes.Fail(enginetest.ErrBusy)
	r.Import(t)
	id := c.Post(t, importsPath, enginetest.Body{"source": "."}).Want(t, http.StatusCreated, "").Text("id")
	told := make(chan enginetest.Answer)
	go func() { told <- follow(t, c, id) }()
	for c.Get(t, importsPath+"/"+id).At("waitsFor.code") != enginetest.ErrBusy.Code {
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	r.Eyes.Fail(nil)
	end := <-told
	counted(t, end, "done", 2, 1, 1, 4)
	if got := end.At("waitsFor"); got != nil {
		t.Errorf("got %v that it waits for at the end, want nothing", got)
	}
}
