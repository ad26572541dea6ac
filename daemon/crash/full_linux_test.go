package crash

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rostod/rostod/internal/fixture"
)

// TestFullDisk fills the disk under a working daemon: writing ends with an
// answer that says so, reading goes on, and with the room comes the writing
// back. Killed on a disk without one free byte, nothing is lost either.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t, 3*leastFree)
	faces, env := equipped(t)
	env = append(env, fmt.Sprintf("ROSTOD_STORAGE_BALLAST_MB=%d", leastFree)) // in the proportion of the defaults
	s := newSiegeAt(t, at(filepath.Join(disk, "data"), env...), 3, 2, faces)
	prober := s.clerks[2]
	other := &filler{path: filepath.Join(disk, "other")}

	d := start(t, s.place)
	way := opened(d, s.key)
	defer way.close()
	working, stop := context.WithCancel(t.Context())
	defer stop()
	var clerks sync.WaitGroup
	for _, c := range s.clerks[:2] {
		clerks.Go(func() { c.work(working, way) })
	}
	until(t, "there are records", func() bool { return entries(t, way) > 150 })

	until(t, "the disk is called nearly full", func() bool {
		other.grow(t, 1<<20)
		return readiness(t, way).Status != "ok"
	})
	writesAreRefused(t, way, prober)
	other.fill(t)
	for range 20 {
		writesAreRefused(t, way, prober)
		readsGoOn(t, way, prober)
	}
	if got := readiness(t, way); got.Status != "degraded" || !strings.Contains(got.reason(), "MiB free") {
		t.Errorf("readiness: got %+v, want degraded with the free space as reason", got)
	}

	other.empty(t)
	until(t, "something is written again", func() bool { return prober.send(t.Context(), way, prober.none()) && prober.newest().ok() })
	until(t, "rostod is ready", func() bool { return readiness(t, way).Status == "ok" })
	stop()
	clerks.Wait()
	if !d.alive() {
		t.Fatalf("the daemon ended with %v; it says:\n%s", d.command.ProcessState, d.says)
	}
	s.onlyClearAnswers(t)
	d.stop(t)
	s.books.audit(t, s.data, s.clerks)

	s.killOnFullDisk(t, start(t, s.place), other)
}

// killOnFullDisk kills the daemon when not one byte is free. It must start all
// the same, and only read, whatever others take at once of the little that is
// free then; with the room comes the writing back, in the same process.
func (s *siege) killOnFullDisk(t *testing.T, d *process, other *filler) {
	t.Helper()
	prober, ballast := s.clerks[2], filepath.Join(s.data, "ballast")
	for _, before := range []func(){
		func() {}, // not one byte is free, but for the ballast
		func() { remove(t, ballast); other.fill(t) },
		func() { other.give(t, (leastFree-8)<<20) }, // some room, but too little
	} {
		other.fill(t)
		d.kill()
		s.books.audit(t, s.data, s.clerks)
		before()
		d = start(t, s.place)
		other.fill(t)
		way := opened(d, s.key)
		until(t, "the disk is called nearly full", func() bool { return readiness(t, way).Status == "degraded" })
		writesAreRefused(t, way, prober)
		readsGoOn(t, way, prober)
		s.books.compare(t, way, s.clerks, nil)

		other.empty(t)
		until(t, "something is written again", func() bool { return prober.send(t.Context(), way, prober.none()) && prober.newest().ok() })
		until(t, "rostod is ready", func() bool { return readiness(t, way).Status == "ok" })
		way.close()
	}
	d.kill()
	s.books.audit(t, s.data, s.clerks)
	way := opened(start(t, s.place), s.key)
	defer way.close()
	s.books.compare(t, way, s.clerks, nil)
}

// equipped is what there is to enrol and step up with.
func equipped(t *testing.T) (faces []person, env []string) {
	t.Helper()
	t.Run("models and photos", func(t *testing.T) {
		list := people(t)
		env = []string{"ROSTOD_MODELS=" + fixture.Models(t), "ROSTOD_ONNXRUNTIME=" + fixture.Library(t)}
		faces = list
	})
	if faces == nil {
		env = []string{"ROSTOD_MODELS=" + t.TempDir()}
	}
	t.Logf("%d persons with photos", len(faces))
	return faces, env
}

// none is a step-up that asks for no face.
func (c *clerk) none() *op {
	o := c.op()
	o.customer = c.customer(0)
	c.sent = append(c.sent, c.stepUp(o, "none", ""))
	return o
}

func (c *clerk) newest() *reply { return c.sent[len(c.sent)-1].answer }

// writesAreRefused asks for one write of each kind.
func writesAreRefused(t *testing.T, way *door, c *clerk) {
	t.Helper()
	c.none()
	c.sent = append(c.sent,
		c.op().is(changed, http.MethodPut, "/api/identity/settings/risk-tiers", map[string]any{"note": "full"}),
		c.op().is(keyMade, http.MethodPost, "/api/keys", map[string]any{"scopes": []string{"settings:view"}}))
	asked := c.sent[len(c.sent)-3:]
	if len(c.people) > 0 {
		o := c.op()
		o.customer = c.customer(0)
		c.sent = append(c.sent, o.is(enrolled, http.MethodPost, "/api/identity/face/enroll", map[string]any{
			"customerId": o.customer, "image": c.person(0).enrol,
		}))
		asked = append(slices.Clone(asked), o)
	}
	for _, o := range asked {
		if !c.send(t.Context(), way, o) {
			t.Fatalf("%s on a full disk: got no answer, want one", o.kind)
		}
		if o.answer.status != http.StatusInsufficientStorage || o.answer.code() != "storage/full" {
			t.Fatalf("%s on a full disk: got %d %s, want 507 storage/full", o.kind, o.answer.status, o.answer.body)
		}
	}
}

// readsGoOn asks for what needs no writing.
func readsGoOn(t *testing.T, way *door, c *clerk) {
	t.Helper()
	for _, path := range []string{
		"/api/identity/attempts", "/api/identity/verifications/ver_unknown/freshness",
		"/api/identity/customers/" + c.customer(0) + "/faces", "/api/identity/customers/" + c.customer(0) + "/lock",
		"/api/identity/settings/risk-tiers", "/api/keys", "/api/status",
	} {
		way.read(t, path, nil)
	}
}

// onlyClearAnswers wants no answer but success, a refusal with a reason, and
// that the disk is full.
func (s *siege) onlyClearAnswers(t *testing.T) {
	t.Helper()
	full := 0
	for _, c := range s.clerks {
		for _, o := range c.sent {
			switch {
			case o.answer == nil:
				t.Errorf("%s %s: got no answer, want one", o.method, o.path)
			case o.answer.code() == "storage/full":
				full++
			case o.answer.status >= http.StatusInternalServerError:
				t.Errorf("%s %s: got %d %s, want no such answer", o.method, o.path, o.answer.status, o.answer.body)
			}
		}
	}
	answered, _ := s.answered()
	t.Logf("%d answered, %d refused because the disk was full", answered, full)
}
