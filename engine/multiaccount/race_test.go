package multiaccount_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// crowd is how many ask at one moment.
const crowd = 200

// ask lets a crowd ask at one moment, each under a reference of its own, and
// counts the results.
func ask(t *testing.T, r *enginetest.Rooms, picture func(i int) enginetest.Picture) map[string]int {
	t.Helper()
	c := r.Client(t, "bank", enginetest.Wish{
		Segment: "retail", Capabilities: []engine.CapabilityName{engine.CapLiveness, engine.CapMultiAccounts},
	})
	var gate, all sync.WaitGroup
	gate.Add(crowd)
	results := make([]string, crowd)
	for i := range crowd {
		all.Go(func() {
			gate.Done()
			gate.Wait()
			a := c.Create(t, fmt.Sprintf("acc-%d", i), picture(i)).Want(t, http.StatusOK, "")
			results[i] = a.Text("idCloud.result")
		})
	}
	all.Wait()
	counted := map[string]int{}
	for _, one := range results {
		counted[one]++
	}
	return counted
}

// enrolled is how many faces the journal says were enrolled.
func enrolled(t *testing.T, r *enginetest.Rooms) int {
	t.Helper()
	n := 0
	for _, leaf := range r.Leaves(t, 0) {
		if leaf.Kind == "face.enrolled" {
			n++
		}
	}
	return n
}

func TestOneFaceUnderManyReferencesLeavesOneEnrolment(t *testing.T) {
	r := enginetest.Open(t)
	got := ask(t, r, func(int) enginetest.Picture { return enginetest.Ana() })
	if got["inconclusive"] != 1 || got["reproved"] != crowd-1 || enrolled(t, r) != 1 {
		t.Errorf("got %v and %d enrolments, want one inconclusive, the others reproved, one enrolment", got, enrolled(t, r))
	}
}

func TestManyFacesLeaveAsManyEnrolments(t *testing.T) {
	r := enginetest.Open(t)
	got := ask(t, r, func(i int) enginetest.Picture {
		v := make([]float32, crowd)
		v[i] = 1
		return enginetest.Picture{Vector: v, Passive: 0.98}
	})
	if got["inconclusive"] != crowd || enrolled(t, r) != crowd {
		t.Errorf("got %v and %d enrolments, want all inconclusive and enrolled", got, enrolled(t, r))
	}
}
