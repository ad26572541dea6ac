package crash

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/daemon"
	"github.com/rostod/rostod/engine/gallery"
	"github.com/rostod/rostod/internal/fixture"
)

// Who is erased, and who stays.
const (
	erasedName = "Anabela Fortunata Figueiredo"
	erasedCode = "52998224725"
	erasedID   = "cus_to_be_erased"
	stayingID  = "cus_who_stays"
)

// TestErase erases a customer with the built programs, as a technician would: the
// certificate is taken by rostod-verify, the journal verifies, and in no file of the
// data folder (whichever folders there are), of the exports, or of a backup made
// afterwards is a byte of the photo, the template, the index's codes, the name, the
// number, or of a key that anything of it was sealed with.
func TestErase(t *testing.T) {
	faces := people(t)
	p := at(t.TempDir(), "ROSTOD_ORG=bank", "ROSTOD_MODELS="+fixture.Models(t), "ROSTOD_ONNXRUNTIME="+fixture.Library(t))
	d := start(t, p)
	way := opened(d, eraseKey(t, p))
	traces := map[string][]byte{"the name": []byte(erasedName), "the number": []byte(erasedCode), "the customer": []byte(erasedID)}
	for i, customer := range []string{erasedID, stayingID} {
		fill(t, way, customer, faces[i])
	}
	photo, err := base64.StdEncoding.DecodeString(faces[0].enrol)
	if err != nil {
		t.Fatal(err)
	}
	// The middle of it: what comes first is alike in many files.
	traces["the photo"], traces["the photo in base64"] = photo[len(photo)/2:][:48], []byte(faces[0].enrol[len(faces[0].enrol)/2:][:64])
	traces["the template"] = templateOf(t, way)
	way.close()
	d.stop(t)
	traces["the index's row"] = codesOf(t, p.data)
	keys(t, p.data, traces)
	before := hunted(t, p.data, traces)
	for what := range traces {
		// The rest lies there sealed: that its keys go is what makes it unreadable.
		inTheOpen := strings.HasPrefix(what, "key ") || what == "the index's row"
		if found := before[what] != ""; found != inTheOpen {
			t.Errorf("before: %s is in a file: got %v, want %v", what, found, inTheOpen)
		}
	}

	d = start(t, p)
	out := t.TempDir()
	key := strings.TrimSpace(run(t, p, 0, "audit", "key"))
	certificate := filepath.Join(out, "certificate.json")
	if said := run(t, p, 0, "erase", erasedID, "--reason", "letter 77", "--basis", "LGPD Art. 18 VI", "--certificate", certificate); !strings.Contains(said, "done") || strings.Contains(said, erasedID) {
		t.Errorf("erase: got %s, want it done", said)
	}
	run(t, p, 1, "erase", erasedID, "--reason", "letter 77", "--basis", "LGPD Art. 18 VI")
	verify := verifier(t)
	said, err := exec.Command(verify, "--key", key, certificate).CombinedOutput()
	if err != nil || !strings.Contains(string(said), "erasure.completed") || !strings.Contains(string(said), fmt.Sprintf("customer: %q", erasedID)) {
		t.Errorf("rostod-verify: got %v and %s, want it proved, of the customer", err, said)
	}
	altered := bytes.Replace(readFile(t, certificate), []byte(erasedID), []byte(stayingID), 1)
	if err := os.WriteFile(filepath.Join(out, "altered.json"), altered, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(verify, "--key", key, filepath.Join(out, "altered.json")).CombinedOutput(); err == nil {
		t.Errorf("rostod-verify: got %s of another's name, want it not proved", said)
	}
	if said := run(t, p, 0, "audit", "verify"); !strings.Contains(said, "all as they were written") {
		t.Errorf("audit verify: got %s", said)
	}
	exports := exported(t, p, out)
	for what, path := range hunted(t, exports, traces) {
		t.Errorf("%s is in the export %s", what, path)
	}
	way = opened(d, eraseKey(t, p))
	r, err := way.ask(t.Context(), http.MethodPost, "/api/identity/auth/step-up", "", stepUp(erasedID, faces[0].probe))
	if err != nil || r.code() != "stepup/no-enrolment" {
		t.Errorf("step-up of the erased: got %v %s, want no enrolment", err, r.body)
	}
	r, err = way.ask(t.Context(), http.MethodPost, "/api/identity/auth/step-up", "", stepUp(stayingID, faces[1].probe))
	if err != nil || !r.ok() {
		t.Errorf("step-up of the other: got %v %s, want it answered", err, r.body)
	}
	way.close()
	for what, path := range hunted(t, p.data, traces) {
		t.Errorf("while it runs: %s is in %s", what, path)
	}
	d.stop(t)
	backup := filepath.Join(t.TempDir(), "backup")
	copyFolder(t, p.data, backup)
	for _, dir := range []string{p.data, backup} {
		for what, path := range hunted(t, dir, traces) {
			t.Errorf("%s is in %s", what, path)
		}
	}
	nobody(t, backup)
}

// nobody opens a backup with the root key, and looks for the customer in all that
// the journal holds in private.
func nobody(t *testing.T, dir string) {
	t.Helper()
	s, err := openStore(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	leaves, err := s.Leaves(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leaves {
		private, err := s.Opening(t.Context(), l.Index)
		if all := fmt.Sprint(private, string(l.Raw)); strings.Contains(all, erasedID) || strings.Contains(all, erasedName) {
			t.Errorf("entry %d (%v) names who was erased", l.Index, err)
		}
	}
	_, err = s.VerifyRecords(t.Context())
	if err := errors.Join(err, s.Close()); err != nil {
		t.Errorf("verify the records: got %v, want none", err)
	}
}

// eraseKey makes an API key of the org with what it takes to create processes.
func eraseKey(t *testing.T, p place) string {
	t.Helper()
	var made struct {
		Key string `json:"key"`
	}
	askOf(t, p, "bank", func(line *daemon.Line) error {
		return line.Do(t.Context(), http.MethodPost, "/api/keys", map[string]any{
			"scopes": []string{"all"}, "capabilities": []string{"liveness"}, "segment": "s",
		}, &made)
	})
	return made.Key
}

func body(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func stepUp(customer, image string) []byte {
	return fmt.Appendf(nil, `{"customerId":%q,"riskLevel":"low","image":%q}`, customer, image)
}

// fill leaves everything about a customer that the daemon keeps.
func fill(t *testing.T, way *door, customer string, p person) {
	t.Helper()
	for _, ask := range []struct {
		path string
		body []byte
	}{
		{"/api/identity/face/enroll", body(t, map[string]any{"customerId": customer, "image": p.enrol})},
		{"/api/identity/auth/step-up", stepUp(customer, p.probe)},
		{"/api/consents", body(t, map[string]any{
			"customerId": customer, "purpose": "face", "textSha256": strings.Repeat("ab", 32), "language": "pt-BR", "channel": "kiosk",
		})},
	} {
		r, err := way.ask(t.Context(), http.MethodPost, ask.path, "", ask.body)
		if err != nil || !r.ok() {
			t.Fatalf("POST %s: got %v %s", ask.path, err, r.body)
		}
	}
	name, code := erasedName, erasedCode
	if customer != erasedID {
		name, code = "Somebody Else", "11144477735"
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, way.address+"/processes/v1", bytes.NewReader(body(t, map[string]any{
		"subject": map[string]any{"code": code, "name": name, "clientReference": customer}, "imageBase64": p.probe,
	})))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+way.key)
	q.Header.Set("APIKEY", way.key)
	q.Header.Set("Content-Type", "application/json")
	a, err := way.http.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Body.Close(); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("create a process: got %d %v, want 200", a.StatusCode, err)
	}
}

// templateOf is the beginning of the customer's template, as subject access tells
// it.
func templateOf(t *testing.T, way *door) []byte {
	t.Helper()
	var told struct {
		Held struct {
			Faces []struct {
				Template []byte `json:"template"`
			} `json:"faces"`
			Processes []struct {
				Name string `json:"name"`
			} `json:"processes"`
		} `json:"held"`
	}
	way.read(t, "/api/subject-access?customerId="+erasedID, &told)
	if len(told.Held.Faces) != 1 || len(told.Held.Faces[0].Template) < 64 || len(told.Held.Processes) != 1 || told.Held.Processes[0].Name != erasedName {
		t.Fatalf("subject access: got %+v, want a face and a process", told)
	}
	return told.Held.Faces[0].Template[:32]
}

// codesOf is what the index's files hold of the customer, behind the owner.
func codesOf(t *testing.T, data string) []byte {
	t.Helper()
	s, err := openStore(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	owner := gallery.Subject(s, "bank", erasedID)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	parts, err := filepath.Glob(filepath.Join(data, "index", "flat", "*", "*.part"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range parts {
		b := readFile(t, path)
		if at := bytes.Index(b, owner[:]); at >= 0 {
			return bytes.Clone(b[at+len(owner):][:64])
		}
	}
	t.Fatal("the index's files hold no row of the customer, and the test shows nothing")
	return nil
}

// keys adds the files of the keys that data keys are wrapped under.
func keys(t *testing.T, data string, traces map[string][]byte) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(data, "keys", "*"))
	if err != nil || len(list) == 0 {
		t.Fatalf("got %v and %d keys, want some", err, len(list))
	}
	for _, path := range list {
		b := readFile(t, path)
		traces["key "+hex.EncodeToString(b[:4])] = b
	}
}

// exported writes every export that there is into a folder.
func exported(t *testing.T, p place, out string) string {
	t.Helper()
	dir := filepath.Join(out, "exports")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	run(t, p, 0, "audit", "export", filepath.Join(out, "journal.tar"))
	archive := tar.NewReader(bytes.NewReader(readFile(t, filepath.Join(out, "journal.tar"))))
	if err := os.CopyFS(filepath.Join(dir, "journal"), tarred(t, archive)); err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{
		"/api/identity/attempts?format=csv", "/api/identity/attempts?format=ndjson", "/api/access-log?format=csv", "/api/access-log?format=ndjson",
		"/api/erasures", "/api/holds?all=true", "/api/retention/preview?at=2046-01-01T00:00:00Z", "/api/subject-access?customerId=" + stayingID,
	} {
		var b bytes.Buffer
		askOf(t, p, "bank", func(line *daemon.Line) error { return line.Copy(context.WithoutCancel(t.Context()), path, &b) })
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// hunted are the traces that are in a file below a folder, and where.
func hunted(t *testing.T, dir string, traces map[string][]byte) map[string]string {
	t.Helper()
	where, files := map[string]string{}, 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was being replaced
		}
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		files++
		for what, trace := range traces {
			if bytes.Contains(b, trace) {
				where[what] = path
			}
		}
		return err
	})
	if err != nil || files == 0 {
		t.Fatalf("got %v and %d files, want some", err, files)
	}
	return where
}

// run runs the program beside the daemon of a place, and wants its exit code.
func run(t *testing.T, p place, want int, args ...string) string {
	t.Helper()
	c := exec.Command(os.Getenv("ROSTOD_PROGRAM"), args...)
	c.Env = p.env
	out, err := c.CombinedOutput()
	if got := c.ProcessState.ExitCode(); got != want {
		t.Fatalf("rostod %s: got code %d (%v) and %s, want %d", args[0], got, err, out, want)
	}
	return string(out)
}

// verifier builds rostod-verify.
func verifier(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rostod-verify")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/rostod/rostod/cmd/rostod-verify").CombinedOutput(); err != nil {
		t.Fatalf("build rostod-verify: %v\n%s", err, out)
	}
	return path
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tarred are the files of an archive.
func tarred(t *testing.T, archive *tar.Reader) fs.FS {
	t.Helper()
	dir := t.TempDir()
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return os.DirFS(dir)
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(archive)
		to := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, b, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}
