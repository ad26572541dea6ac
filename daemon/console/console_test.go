package console_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/daemon/console"
	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fixture"
	"github.com/rostod/rostod/internal/web"
)

// kinds are the files and their types.
var kinds = map[string]string{
	"console.html": "text/html; charset=utf-8", "console.css": "text/css; charset=utf-8",
	"console.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
}

func get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	server, err := web.New(web.Config{
		Authenticate: func(context.Context, string) (engine.Caller, error) { return engine.Caller{}, errors.New("nobody") },
		Metrics:      prometheus.NewRegistry(),
	})
	if err != nil {
		t.Fatal(err)
	}
	console.Routes(server.Router())
	if err := server.Check(); err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	server.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return answer
}

// The page and its files are what was built, and may do nothing but ask this
// daemon.
func TestServed(t *testing.T) {
	for name, kind := range kinds {
		path := "/console/" + name
		if name == "console.html" {
			path = "/console"
		}
		want, err := os.ReadFile(filepath.Join("dist", name))
		if err != nil {
			t.Fatal(err)
		}
		got := get(t, path)
		if got.Code != http.StatusOK || !bytes.Equal(got.Body.Bytes(), want) {
			t.Errorf("%s: got %d and %d bytes, want dist/%s", path, got.Code, got.Body.Len(), name)
		}
		for header, want := range map[string]string{
			"Content-Type": kind, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-cache",
		} {
			if got := got.Header().Get(header); got != want {
				t.Errorf("%s: got %s %q, want %q", path, header, got, want)
			}
		}
		policy := strings.Split(got.Header().Get("Content-Security-Policy"), "; ")
		for _, want := range []string{
			"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' blob:",
			"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
		} {
			if !slices.Contains(policy, want) {
				t.Errorf("%s: got the policy %q, want %q in it", path, policy, want)
			}
		}
	}
	for _, path := range []string{"/console/ui", "/console/doc.go", "/console/..%2fconsole.go", "/console/dist"} {
		if got := get(t, path); got.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, got.Code)
		}
	}
}

// Nothing is asked for elsewhere, and nothing stands in the page that its
// policy forbids.
func TestOffline(t *testing.T) {
	elsewhere := regexp.MustCompile(`(?i)(src|href|url|import|fetch)\W{1,4}(https?:)?//`)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script(?:[^>]*)>[^<]|eval\(|new Function|innerHTML|insertAdjacentHTML`)
	files, err := os.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if kinds[f.Name()] == "" {
			t.Errorf("dist/%s is no file of the console", f.Name())
		}
		text, err := os.ReadFile(filepath.Join("dist", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for what, pattern := range map[string]*regexp.Regexp{"asks elsewhere": elsewhere, "is forbidden": inline} {
			if found := pattern.Find(text); found != nil {
				t.Errorf("dist/%s has %q, which %s", f.Name(), found, what)
			}
		}
	}
}

// The files that are committed are those that the sources give.
func TestBuilt(t *testing.T) {
	tsc := fixture.TypeScript(t)
	watch(t)
	built := t.TempDir()
	run(t, fixture.Node(t), "build.mjs", built)
	for name := range kinds {
		got, err := os.ReadFile(filepath.Join("dist", name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(built, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("dist/%s is not what ui gives; run: node build.mjs", name)
		}
	}
	run(t, tsc, "--noEmit", "-p", ".")
	run(t, filepath.Join(filepath.Dir(tsc), "biome"), "ci", ".")
}

// What a change of the settings is, and who asks for less.
func TestRules(t *testing.T) {
	fixture.TypeScript(t) // esbuild lies beside it
	watch(t)
	run(t, fixture.Node(t), "--test", filepath.Join("test", "change.test.mjs"))
}

// Every sentence is said somewhere.
func TestWords(t *testing.T) {
	var said []byte
	err := filepath.WalkDir("ui", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == filepath.Join("ui", "words") && d.Name() != "index.ts" {
			return err
		}
		text, err := os.ReadFile(path)
		said = append(said, text...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	words, err := os.ReadFile(filepath.Join("ui", "words", "en.ts"))
	if err != nil {
		t.Fatal(err)
	}
	// Of these the end is a value of the daemon's.
	made := regexp.MustCompile(`^(v|by|check|tier|lock|face|assurance)_`)
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+):`).FindAllSubmatch(words, -1) {
		if name := string(m[1]); !made.MatchString(name) && !regexp.MustCompile(`["']`+name+`["']`).Match(said) {
			t.Errorf("nobody says %s", name)
		}
	}
}

// watch reads what the other programs will: go test runs again only when a
// file that the test itself has opened is another.
func watch(t *testing.T) {
	t.Helper()
	for _, dir := range []string{"ui", "test", filepath.Join("..", "..", "capture", "web", "src")} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				_, err = os.ReadFile(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
}
