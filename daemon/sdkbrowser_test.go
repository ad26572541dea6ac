package daemon

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rostod/rostod/capture/sim"
	"github.com/rostod/rostod/internal/fixture"
)

// teller is a teller's own web site: a page with the sample of docs/SDK.md, and
// the back end that it speaks to.
type teller struct {
	*httptest.Server
	page   string
	folder string  // of the SDK
	tg     *target // set before the first request
	visits atomic.Int32
	mu     sync.Mutex
	said   []string
}

func (s *teller) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == "/":
		w.Header().Set("Content-Type", "text/html")
		how := r.URL.Query().Get("how")
		_, _ = io.WriteString(w, strings.ReplaceAll(s.page, `locale: "en"`, `locale: "en", how: "`+how+`"`))
	case strings.HasPrefix(path, "/sdk/"):
		http.ServeFile(w, r, filepath.Join(s.folder, filepath.Base(path)))
	case path == "/my/challenge":
		s.challenge(w, r)
	case strings.HasPrefix(path, "/my/"):
		b, err := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.said = append(s.said, path+" "+string(b)); err != nil {
			s.said = append(s.said, err.Error())
		}
	case path == "/said":
		s.mu.Lock()
		defer s.mu.Unlock()
		_ = json.NewEncoder(w).Encode(s.said) // the browser's script reads it, and fails when it cannot
		s.said = nil
	default:
		http.NotFound(w, r)
	}
}

func (s *teller) challenge(w http.ResponseWriter, r *http.Request) {
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodPost, s.tg.url+"/api/identity/face/flash-challenge", strings.NewReader(fmt.Sprintf(`{"customerId":"cus_page_%d","locale":"en"}`, s.visits.Add(1))))
	if err != nil {
		http.Error(w, "no request", http.StatusInternalServerError)
		return
	}
	ask.Header.Set("Authorization", "Bearer "+s.tg.keys["all"])
	ask.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		http.Error(w, "no answer", http.StatusBadGateway)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	var made struct{ FlashChallenge json.RawMessage }
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil {
		http.Error(w, "no challenge", http.StatusBadGateway)
		return
	}
	_, _ = w.Write(made.FlashChallenge)
}

// TestCaptureOfSDK opens a teller's own page with the sample of docs/SDK.md in a
// real browser: in each way it says when the customer goes another way, and it
// hands over what the element and the daemon's page say, and nobody else. That
// they say it at the end of a capture is TestBrowsers' part.
func TestCaptureOfSDK(t *testing.T) {
	if testing.Short() {
		t.Skip("browsers take their time")
	}
	fixture.Browsers(t)
	site := &teller{folder: sdk(t), page: `<!doctype html><meta charset="utf-8"><title>Teller</title>
<style>html,body{margin:0;block-size:100%}rostod-capture{block-size:100%}</style><body>
<script type="importmap">{"imports":{"rostod/capture":"/sdk/capture.js"}}</script>
<script type="module">` + samples(t)["js capture"] + `</script>`}
	site.Server = httptest.NewServer(site)
	t.Cleanup(site.Close)
	c := testConfig(t)
	c.Capture.Origins = site.URL
	site.tg = startAs(t, c)
	basis := t.TempDir()
	scene, err := sim.Draw(1, sim.Wish{Species: sim.Live, Split: sim.Train, Lux: 200, Wide: true, Wall: 1.8})
	ok(t, err)
	ok(t, scene.WriteBasis(basis))
	env := []string{"ROSTOD_PAGE=" + site.URL, "ROSTOD_BASIS=" + basis, "ROSTOD_ARTEFACTS=" + os.Getenv("ROSTOD_ARTEFACTS")}
	env = append(env, environment(t, site.tg)...)
	browse := func(what string) string {
		return program(t, sdk(t), env, fixture.Node(t), filepath.Join("test", "capture.mjs"), what)
	}
	if got, want := browse("ways"), "element other_way\nframe other_way\nwindow other_way\n"; got != want {
		t.Errorf("another way: got %q, want %q", got, want)
	}
	if got, want := browse("bundles"), `element /my/step-up {"bundle":"b"} goes`+"\n"+`frame /my/step-up {"bundle":"c"}`+"\n"; got != want {
		t.Errorf("at the end of a capture: got %q, want %q", got, want)
	}
}
