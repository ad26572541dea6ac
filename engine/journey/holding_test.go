package journey_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

// left is how many records of the room there are, but those that say what is due.
func left(t *testing.T, r *enginetest.Rooms) int {
	t.Helper()
	n, err := r.Journeys.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// With their person go journeys that have ended and those that are open, with
// the picture that one is validated against. Another person's stay.
func TestErasedWithTheirPerson(t *testing.T) {
	for name, kept := range map[string]bool{"all": false, "evidence is kept by law": true} {
		t.Run(name, func(t *testing.T) {
			r, c := bank(t)
			if kept {
				c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{
					"evidence": enginetest.Body{"keepDays": 10, "basis": "Circular 3.978"},
				}}).Want(t, http.StatusOK, "")
			}
			goes(t, r, c, enginetest.Ana())
			r.Clock.Move(time.Second)
			picture := []byte(strings.Repeat(string(enginetest.Ana().Bytes()), 3000)) // of several parts
			token := c.Post(t, at, ask(enginetest.Body{"flow": "idtoken", "references": []enginetest.Body{
				{"referenceType": "REFERENCE_TYPE_IMAGE_BASE64", "referenceContent": base64.StdEncoding.EncodeToString(picture)},
			}})).Want(t, http.StatusOK, "")
			id := token.Text("process.id")
			p, _ := r.Page(id, token.Text("process.token")).Open(t)
			stays, other := create(t, r, c, enginetest.Body{"clientReference": "acc-2"})
			told := c.Get(t, "/api/subject-access?customerId=acc-1").Want(t, http.StatusOK, "")
			if told.Len("held.journeys") != 2 || told.Text("held.journeys.0.person.friendlyName") != "Ana Souza" ||
				told.Text("held.journeys.1.referencePicture") != base64.StdEncoding.EncodeToString(picture) || strings.Contains(string(told.Body), "acc-2") {
				t.Errorf("subject access: got %d journeys, want both, with the picture, and nobody else's", told.Len("held.journeys"))
			}
			before := left(t, r)

			a := c.Post(t, "/api/erasures", enginetest.Body{"customerId": "acc-1", "reason": "r", "legalBasis": "b"}).Want(t, http.StatusCreated, "")
			if a.Number("covered.removed.open-journeys") != 1 {
				t.Errorf("got %s, want one open journey ended", a.Body)
			}
			p.Does(t, "challenge", enginetest.Body{}).Want(t, map[bool]int{false: http.StatusUnauthorized, true: http.StatusGone}[kept], "")
			if kept {
				if got := c.Get(t, at+"/"+id).Want(t, http.StatusOK, "").Text("process.state"); got != "PROCESS_STATE_FAILED" {
					t.Errorf("got %s, want the open journey ended", got)
				}
				r.Daily(t)
				for range 11 {
					r.Clock.Move(24 * time.Hour)
					r.Daily(t)
				}
			}
			c.Get(t, at+"/"+id).Want(t, http.StatusNotFound, "")
			// Two journeys with their places in the list, and the picture's parts.
			if got := before - left(t, r); got < 2+2+2 {
				t.Errorf("%d of %d records went, want the journeys and the picture", got, before)
			}
			if told := c.Get(t, "/api/subject-access?customerId=acc-1"); told.Len("held.journeys") != 0 {
				t.Errorf("subject access: got %s, want nothing", told.Body)
			}
			c.Get(t, at+"/"+stays).Want(t, http.StatusOK, "")
			other.State(t).Want(t, http.StatusOK, "")
		})
	}
}

// The days of processes are counted from a journey's end; an open one stays, and so
// does what a hold keeps.
func TestDays(t *testing.T) {
	r, c := bank(t)
	c.Do(t, http.MethodPut, "/api/retention/policy", enginetest.Body{"policy": enginetest.Body{"days": enginetest.Body{"processes": 3}}}).Want(t, http.StatusOK, "")
	r.Daily(t)
	ended := goes(t, r, c, enginetest.Ana()).Text("process.id")
	held := goes(t, r, c, enginetest.Budi(), enginetest.Body{"clientReference": "acc-2"}).Text("process.id")
	open, _ := create(t, r, c, enginetest.Body{"clientReference": "acc-3"})
	h := c.Post(t, "/api/holds", enginetest.Body{"record": enginetest.Body{"kind": engine.DataProcesses, "id": held}, "reason": "suit"}).Want(t, http.StatusCreated, "").Text("id")
	for day := range 5 {
		r.Clock.Move(24 * time.Hour)
		removed := r.Daily(t)["journeys"]
		if want := map[bool]int{true: 1}[day == 3]; removed != want {
			t.Errorf("day %d: got %d journeys removed, want %d", day+1, removed, want)
		}
	}
	c.Get(t, at+"/"+ended).Want(t, http.StatusNotFound, "")
	for _, id := range []string{held, open} {
		c.Get(t, at+"/"+id).Want(t, http.StatusOK, "")
	}
	before := left(t, r)
	c.Post(t, "/api/holds/"+h+"/release", nil).Want(t, http.StatusOK, "")
	r.Clock.Move(24 * time.Hour)
	if removed := r.Daily(t)["journeys"]; removed != 1 || before-left(t, r) != 2 {
		t.Errorf("got %d removed and %d records gone, want the released journey and its place in the list", removed, before-left(t, r))
	}
}
