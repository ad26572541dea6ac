package process_test

import (
	"net/http"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
	"github.com/rostod/rostod/storage"
)

// Whoever is told of a process is told its id and how it ended, and not of whom
// it was or what was found.
func TestProcessesAreTold(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Client(t, "acme", enginetest.Wish{Segment: "s", Capabilities: []engine.CapabilityName{engine.CapMultiAccounts}})
	from := r.Journal(t)
	made := c.Create(t, "ana", enginetest.Ana()).Want(t, http.StatusOK, "")
	var got []engine.Event
	err := r.Store.View(t.Context(), func(v *storage.View) error {
		leaves, err := v.Leaves(from, 100)
		if err != nil {
			return err
		}
		for _, l := range leaves {
			for _, source := range r.Sources[l.Kind] {
				some, err := source(v, l)
				if err != nil {
					return err
				}
				got = append(got, some...)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := engine.ProcessDecidedData{Process: engine.ProcessID(made.Text("id")), Status: engine.ProcessDone}
	if len(got) != 1 || got[0].Name != engine.ProcessDecided || got[0].Bare || got[0].Data != any(want) {
		t.Errorf("got %+v, want one process.decided with %+v", got, want)
	}
}
