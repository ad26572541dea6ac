package crash

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/internal/fixture"
)

// TestFullDisk fills the disk under a working daemon: writing ends with an
// answer that says so, reading goes on, and with the room comes the writing
// back. Killed on a disk without one free byte, nothing is lost either.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t, 96)
	faces, env := equipped(t)
	env = append(env, "ROSTOD_STORAGE_MIN_FREE_MB=32", "ROSTOD_STORAGE_BALLAST_MB=8")
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
	s.books.audit(t, s.data, s.clerks)
	s.books.compare(t, way, s.clerks, nil)

	s.killOnFullDisk(t, d, other)
}

// killOnFullDisk kills the daemon when not one byte is free, and wants it to
// start without writing, or to refuse and say what to do; first with the
// ballast to live from, then without.
func (s *siege) killOnFullDisk(t *testing.T, d *process, other *filler) {
	t.Helper()
	other.fill(t)
	d.kill()
	for _, ballast := range []bool{true, false} {
		if !ballast {
			remove(t, filepath.Join(s.data, "ballast"))
			other.fill(t)
		}
		before := digests(t, s.data)
		p := launch(t, s.place)
		select {
		case p.address = <-p.says.ready:
			t.Logf("ballast %v: starts", ballast)
			way := opened(p, s.key)
			writesAreRefused(t, way, s.clerks[2])
			s.books.compare(t, way, s.clerks, nil)
			way.close()
			p.kill()
		case <-p.ended:
			t.Logf("ballast %v: refuses: %s", ballast, p.says)
			if code := p.command.ProcessState.ExitCode(); code != exitStorage {
				t.Errorf("exit code on a full disk: got %v, want %d; it says:\n%s", p.command.ProcessState, exitStorage, p.says)
			}
			if said := p.says.String(); !strings.Contains(said, "storage/full") || !strings.Contains(said, "Free at least") {
				t.Errorf("words on a full disk: got %q, want how much to free", said)
			}
			if after := digests(t, s.data); !maps.Equal(before, after) && !ballast {
				t.Errorf("the refusal changed %v, want everything as it was", differing(before, after))
			}
		}
	}
	other.empty(t)
	s.books.audit(t, s.data, s.clerks)
	p := start(t, s.place)
	way := opened(p, s.key)
	defer way.close()
	s.books.compare(t, way, s.clerks, nil)
	until(t, "something is written again", func() bool {
		return s.clerks[2].send(t.Context(), way, s.clerks[2].none()) && s.clerks[2].newest().ok()
	})
	p.kill()
	s.books.audit(t, s.data, s.clerks)
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

// smallDisk mounts a disk of so many MiB.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("mode=0700,size=%dm", size))
	if errors.Is(err, syscall.EPERM) {
		t.Skip("mounting a small disk is not permitted here: run the test as root")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// filler is somebody else's file on the same disk.
type filler struct{ path string }

// grow adds zeros; a full disk ends it early.
func (f *filler) grow(t *testing.T, by int) (full bool) {
	t.Helper()
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.Write(make([]byte, by))
	if err = errors.Join(err, file.Close()); err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return err != nil
}

// fill leaves not one free block.
func (f *filler) fill(t *testing.T) {
	t.Helper()
	for _, by := range []int{1 << 20, 4 << 10} {
		for !f.grow(t, by) {
		}
	}
}

func (f *filler) empty(t *testing.T) {
	t.Helper()
	remove(t, f.path)
}

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
