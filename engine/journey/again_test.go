package journey_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/rostod/rostod/engine/enginetest"
)

// What was left when the daemon ended goes on when it begins again: links,
// codes, and ends that are due; the seal is the same.
func TestAfterARestart(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	var id, link, late, key, seal string
	t.Run("before", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := r.Caller(t, "bank")
		key = c.Secret
		a := c.Post(t, at, ask())
		id, link = a.Text("process.id"), a.Text("process.token")
		late = c.Post(t, at, ask(enginetest.Body{"expiresIn": "60s"})).Text("process.id")
		seal = string(c.Get(t, "/client/v1/seal").Body)
	})
	clock.Move(time.Minute)
	t.Run("after", func(t *testing.T) {
		r := enginetest.OpenIn(t, dir, clock)
		c := r.With(key)
		sweep(t, r)
		ended(t, r, map[string]string{"processId": late, "state": "PROCESS_STATE_FINISHED"})
		p, opened := r.Page(id, link).Open(t)
		opened.Want(t, http.StatusOK, "")
		p.Does(t, "capture", enginetest.Body{"bundle": film(t, r, p, enginetest.Ana())}).Want(t, http.StatusOK, "")
		if a := c.Get(t, at+"/"+id); a.Text("process.result") != "PROCESS_RESULT_OK" {
			t.Errorf("got %s, want it finished and right", a.Body)
		}
		if again := string(c.Get(t, "/client/v1/seal").Body); again != seal || seal == "" {
			t.Error("the seal is another one")
		}
	})
}

// Of a customer whose face was erased there is no picture any more; the
// decision stays, with its evidence.
func TestErased(t *testing.T) {
	r, c := bank(t)
	done := goes(t, r, c, enginetest.Ana())
	one := at + "/" + done.Text("process.id")
	c.Get(t, one+"/selfie").Want(t, http.StatusOK, "")
	c.Do(t, http.MethodDelete, "/api/identity/customers/acc-1/faces", nil).Want(t, http.StatusOK, "")
	c.Get(t, one+"/selfie").Want(t, http.StatusNotFound, "")
	if a := c.Get(t, one); a.Text("process.result") != "PROCESS_RESULT_OK" {
		t.Errorf("got %s, want the decision still", a.Body)
	}
	c.Get(t, one+"/evidenceset").Want(t, http.StatusOK, "")
}
