package audit_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/internal/transparency"
)

// The files that the page is tested with in a browser (capture/web/test). With
// ROSTOD_GOLDEN=write they are made anew; otherwise they must be what Go believes.
func TestPageFiles(t *testing.T) {
	const dir = "testdata"
	if os.Getenv("ROSTOD_GOLDEN") == "write" {
		write(t, dir)
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := strings.TrimSpace(string(read("log.key")))
	e, private, err := transparency.OpenReceipt(read("receipt.json"), first)
	if err != nil || private["customer"] != "cus_1" || !strings.Contains(string(e.Leaf), "stepup.decided") {
		t.Errorf("got %v, %v and %s, want a step-up of cus_1", err, private, e.Leaf)
	}
	if _, err := transparency.OpenProof(read("later.tlog-proof"), first); err == nil {
		t.Error("got the first key's signature, want a later one's")
	}
	page := enginetest.Open(t).With("").Get(t, at+"/page").Want(t, http.StatusOK, "").Body
	if want := read(filepath.Join("..", "verify.html")); string(page) != string(want) {
		t.Error("the page that is answered is not the one in the tree")
	}
}

func write(t *testing.T, dir string) {
	t.Helper()
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()).Want(t, http.StatusOK, "")
	entry := c.Get(t, "/api/identity/attempts").At("data.0.journal")
	names, _ := keys(t, c)
	files := map[string][]byte{"log.key": []byte(names[0] + "\n")}
	path := at + "/entries/" + jsonNumber(entry)
	files["receipt.json"] = c.Get(t, path+"/receipt").Want(t, http.StatusOK, "").Body
	c.Do(t, http.MethodPost, at+"/keys/rotate", nil).Want(t, http.StatusOK, "")
	c.Do(t, http.MethodPost, at+"/keys/rotate", nil).Want(t, http.StatusOK, "")
	files["keys.json"] = c.Get(t, at+"/keys").Want(t, http.StatusOK, "").Body
	files["later.tlog-proof"] = c.Get(t, path+"/proof").Want(t, http.StatusOK, "").Body
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func jsonNumber(v any) string {
	n, _ := v.(float64)
	return fmt.Sprint(int(n))
}
