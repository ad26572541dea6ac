package crash

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

type ready struct {
	Status string `json:"status"`
	Checks []struct {
		Name   string `json:"name"`
		State  string `json:"state"`
		Reason string `json:"reason"`
	} `json:"checks"`
}

// reason is why the disk is not well.
func (r ready) reason() string {
	for _, c := range r.Checks {
		if c.Name == "disk" {
			return c.Reason
		}
	}
	return ""
}

// readiness is what /readyz says, whatever its status. Models that are not
// there are no matter here.
func readiness(t *testing.T, way *door) ready {
	t.Helper()
	r, err := way.ask(t.Context(), http.MethodGet, "/readyz", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var said ready
	if err := json.Unmarshal(r.body, &said); err != nil {
		t.Fatalf("/readyz: %s: %v", r.body, err)
	}
	said.Status = "ok"
	for _, c := range said.Checks {
		if c.State != "ok" && !strings.HasPrefix(c.Name, "model") {
			said.Status = c.State
		}
	}
	return said
}

func entries(t *testing.T, way *door) uint64 {
	t.Helper()
	var status struct {
		Journal struct {
			Entries uint64 `json:"entries"`
		} `json:"journal"`
	}
	way.read(t, "/api/status", &status)
	return status.Journal.Entries
}
