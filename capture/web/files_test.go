package web_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rostod/rostod/capture/web"
)

// What the daemon serves, and nothing that would be asked for elsewhere.
func TestFiles(t *testing.T) {
	var names []string
	elsewhere := regexp.MustCompile(`(?i)(src|href|url|import|fetch)\W{1,4}(https?:)?//`)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script(?:[^>]*)>[^<]|eval\(|new Function`)
	err := fs.WalkDir(web.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		names = append(names, name)
		text, err := fs.ReadFile(web.Files(), name)
		if err != nil {
			return err
		}
		for what, pattern := range map[string]*regexp.Regexp{"asks elsewhere": elsewhere, "is forbidden by default-src 'self'": inline} {
			if found := pattern.Find(text); found != nil {
				t.Errorf("%s has %q, which %s", name, found, what)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"capture.css", "capture.html", "capture.js", "icon.svg", "journey.html", "journey.js", "rostod-capture.js"}
	if !slices.Equal(names, want) {
		t.Errorf("got files %q, want %q", names, want)
	}
}

// The files that are committed are those that the sources give.
func TestBuilt(t *testing.T) {
	npm := node(t)
	built := t.TempDir()
	run(t, npm, "run", "--silent", "build", "--", built)
	for _, name := range []string{"capture.css", "capture.html", "capture.js", "icon.svg", "journey.html", "journey.js", "rostod-capture.js"} {
		got, err := fs.ReadFile(web.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(built, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("dist/%s is not what src gives; run: npm run build", name)
		}
	}
}

func TestTypes(t *testing.T) { run(t, node(t), "run", "--silent", "types") }

func TestLint(t *testing.T) { run(t, node(t), "run", "--silent", "lint") }

// The element and the page in both engines, with a daemon that follows a script.
func TestInBrowsers(t *testing.T) {
	if testing.Short() {
		t.Skip("browsers take minutes")
	}
	npm := node(t)
	found := 0
	for _, name := range []string{"chromium", "firefox-esr"} {
		if _, err := exec.LookPath(name); err == nil {
			found++
		}
	}
	if found < 2 {
		missing(t, "browsers", "Chromium and Firefox; apt-get install chromium firefox-esr")
	}
	run(t, npm, "test")
}

// node is npm, with the packages of package-lock.json beside the sources.
func node(t *testing.T) string {
	t.Helper()
	read(t)
	npm, err := exec.LookPath("npm")
	if err != nil {
		missing(t, "node", "npm; apt-get install npm, or Node.js 20 from nodejs.org")
	}
	if _, err := os.Stat(filepath.Join("node_modules", ".package-lock.json")); errors.Is(err, fs.ErrNotExist) {
		out, err := exec.CommandContext(t.Context(), npm, "ci", "--ignore-scripts").CombinedOutput()
		if err != nil {
			t.Logf("%s", out)
			missing(t, "node", "the packages of package-lock.json; run: npm ci --ignore-scripts")
		}
	}
	return npm
}

// read reads what npm will read: go test runs again only when a file that the
// test itself has opened is another.
func read(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "shots"):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		_, err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// missing skips the test with a word, or fails it when what is missing is required.
func missing(t *testing.T, what, how string) {
	t.Helper()
	required := strings.FieldsFunc(os.Getenv("ROSTOD_REQUIRE"), func(r rune) bool { return r == ',' || r == ' ' })
	if slices.Contains(required, what) {
		t.Fatalf("%s is required and there is none: %s", what, how)
	}
	t.Skipf("there is no %s: %s", what, how)
}

func run(t *testing.T, npm string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), npm, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("npm %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
