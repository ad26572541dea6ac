package gallery_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/enginetest"
)

const (
	enrolPath = "/api/identity/face/enroll"
	facesPath = "/api/identity/customers/cus_1/faces"
)

func ana(more enginetest.Body) enginetest.Body {
	body := enginetest.Body{"customerId": "cus_1", "image": enginetest.Ana().Bytes()}
	for name, value := range more {
		body[name] = value
	}
	return body
}

func TestEnrol(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	before := r.Journal(t)
	a := c.Post(t, enrolPath, ana(enginetest.Body{"source": "dukcapil", "capturedAt": "2025-01-02T03:04:05+07:00"})).Want(t, http.StatusCreated, "")
	for path, want := range map[string]any{
		"enrolment.source": "dukcapil", "enrolment.capturedAt": "2025-01-02T03:04:05+07:00", "enrolment.createdAt": "2026-11-22T12:00:00Z",
		"enrolment.model": strings.Repeat("0", 64), "faces": 1.0,
	} {
		if got := a.At(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if id := a.Text("enrolment.id"); !strings.HasPrefix(id, "fe_") || len(id) != 29 {
		t.Errorf("got id %q, want fe_ and 26 characters", id)
	}
	for _, secret := range []string{"cus_1", "ector"} {
		if strings.Contains(string(a.Body), secret) {
			t.Errorf("the answer has %q", secret)
		}
	}
	leaf := r.Leaves(t, before)[0]
	if leaf.Kind != "face.enrolled" || !strings.Contains(string(leaf.Public), `"replaced":false`) || strings.Contains(string(leaf.Raw), "cus_1") {
		t.Errorf("got the journal entry %s, want face.enrolled that replaced nothing, of nobody by name", leaf.Raw)
	}

	a = c.Post(t, enrolPath, ana(nil)).Want(t, http.StatusCreated, "")
	if a.Number("faces") != 2 || a.Text("enrolment.source") != "onboarding_selfie" || a.Text("enrolment.capturedAt") != "2026-11-22T12:00:00Z" {
		t.Errorf("got %s, want a second face, a selfie of now", a.Body)
	}
	if got := c.Get(t, facesPath).Want(t, http.StatusOK, "").Len("data"); got != 2 {
		t.Errorf("got %d faces listed, want 2", got)
	}
}

// TestRefused are the pictures and requests that are not enrolled. None leaves
// anything behind.
func TestRefused(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	before := r.Journal(t)
	with := func(p enginetest.Picture) enginetest.Body { return ana(enginetest.Body{"image": p.Bytes()}) }
	for _, tt := range []struct {
		name   string
		body   enginetest.Body
		status int
		code   string
		fields []string // of image
	}{
		{"another face", with(enginetest.Budi()), 409, "gallery/other-face", nil},
		{"a face that another model saw", with(enginetest.Ana().By(2)), 409, "gallery/other-face", nil},
		{"a face in the grey zone", with(enginetest.Picture{Vector: []float32{7, 24, 0, 0}, Passive: 1}), 409, "gallery/other-face", nil},
		{"an attack", with(enginetest.Ana().Passively(0.1)), 422, "gallery/not-live", nil},
		{"between life and attack", with(enginetest.Ana().Passively(0.3)), 422, "gallery/not-live", nil},
		{"poor in two ways", with(enginetest.Ana().With(engine.TooDark, engine.Blurred)), 422, "gallery/poor-picture", []string{
			"too_dark: It is too dark. Please face a light.",
			"blurred: The picture is blurred. Please hold still and wipe the camera.",
		}},
		{"nobody", with(enginetest.Nobody()), 422, "gallery/poor-picture", []string{"no_face: We cannot see a face. Look straight into the camera."}},
		{"nobody, and nothing wrong", with(enginetest.Picture{Passive: 1}), 422, "gallery/poor-picture", []string{"no_face: We cannot see a face. Look straight into the camera."}},
		{"several", with(enginetest.Ana().With(engine.SeveralFaces)), 422, "gallery/poor-picture", []string{"several_faces: There is more than one face. Please make sure only you are in the picture."}},
		{"a broken picture", with(enginetest.Picture{Broken: true}), 400, "picture/broken", nil},
		{"no picture", enginetest.Body{"customerId": "cus_1"}, 400, "request/invalid", []string{"It is required."}},
		{"a picture that is null", enginetest.Body{"customerId": "cus_1", "image": nil}, 400, "request/invalid", []string{"It is required."}},
		{"an unknown source", ana(enginetest.Body{"source": "found"}), 400, "request/invalid", nil},
		{"captured tomorrow", ana(enginetest.Body{"capturedAt": enginetest.Noon().AddDate(0, 0, 1)}), 400, "request/invalid", nil},
		{"a customer with a control character", ana(enginetest.Body{"customerId": "cus\u0085"}), 400, "request/invalid", nil},
	} {
		a := c.Post(t, enrolPath, tt.body)
		if a.Status != tt.status || a.Text("code") != tt.code || a.Text("hint") == "" {
			t.Errorf("%s: got %d %s with hint %q, want %d %s with one", tt.name, a.Status, a.Text("code"), a.Text("hint"), tt.status, tt.code)
		}
		var got []string
		for i := range a.Len("details.fieldErrors.image") {
			got = append(got, a.Text("details.fieldErrors.image."+string(rune('0'+i))))
		}
		if tt.fields != nil && !slices.Equal(got, tt.fields) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.fields)
		}
	}
	r.Eyes.Fail(enginetest.ErrBusy)
	if a := c.Post(t, enrolPath, ana(nil)).Want(t, http.StatusServiceUnavailable, "models/busy"); a.Header.Get("Retry-After") != "1" {
		t.Errorf("busy: got Retry-After %q, want 1", a.Header.Get("Retry-After"))
	}
	r.Eyes.Fail(errors.New("a screw is loose"))
	if a := c.Post(t, enrolPath, ana(nil)).Want(t, http.StatusInternalServerError, "internal/error"); strings.Contains(string(a.Body), "screw") {
		t.Error("the answer says what only the operator should read")
	}
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	r.Caller(t, "bank", engine.ViewCustomers).Post(t, enrolPath, ana(nil)).Want(t, http.StatusForbidden, "auth/missing-scope")
}

// Several faces of a customer are compared as their mean.
func TestMeanOfSeveralFaces(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	like := enginetest.Picture{Vector: []float32{0.6, 0.8, 0, 0}, Passive: 1}
	similarity := func(p enginetest.Picture) float64 {
		return c.StepUp(t, "cus_1", engine.RiskLow, p).Number("match.similarity")
	}
	if got := similarity(like); got < 0.599 || got > 0.601 {
		t.Errorf("against one face: got %v, want 0.6", got)
	}
	c.Enrol(t, "cus_1", like)
	// The mean of (1,0) and (0.6,0.8) lies between them: both are 0.894 from it.
	for name, p := range map[string]enginetest.Picture{"Ana": enginetest.Ana(), "like Ana": like} {
		if got := similarity(p); got < 0.894 || got > 0.895 {
			t.Errorf("%s against two faces: got %v, want 0.894", name, got)
		}
	}
}

func TestFull(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	for range 8 {
		c.Enrol(t, "cus_1", enginetest.Ana())
	}
	c.Post(t, enrolPath, ana(nil)).Want(t, http.StatusConflict, "gallery/full")
	c.Post(t, enrolPath, ana(enginetest.Body{"image": enginetest.Budi().Bytes()})).Want(t, http.StatusConflict, "gallery/other-face")
	if got := c.Post(t, enrolPath, ana(enginetest.Body{"replace": true})).Want(t, http.StatusCreated, "").Number("faces"); got != 1 {
		t.Errorf("got %v faces after replacing them, want 1", got)
	}
}

// Replacing starts again with this face, of whatever person or model.
func TestReplace(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	c.Enrol(t, "cus_1", enginetest.Ana())
	c.Enrol(t, "cus_1", enginetest.LikeAna())
	poor := ana(enginetest.Body{"image": enginetest.Nobody().Bytes(), "replace": true})
	c.Post(t, enrolPath, poor).Want(t, http.StatusUnprocessableEntity, "gallery/poor-picture")
	if got := c.Get(t, facesPath).Len("data"); got != 2 {
		t.Errorf("got %d faces after a replacement that failed, want 2", got)
	}
	before := r.Journal(t)
	replaced := c.Post(t, enrolPath, ana(enginetest.Body{"image": enginetest.Budi().By(2).Bytes(), "replace": true})).Want(t, http.StatusCreated, "")
	list := c.Get(t, facesPath)
	if list.Len("data") != 1 || list.Text("data.0.id") != replaced.Text("enrolment.id") || replaced.Number("faces") != 1 {
		t.Errorf("got %s, want only the new face", list.Body)
	}
	if leaf := r.Leaves(t, before)[0]; !strings.Contains(string(leaf.Public), `"replaced":true`) {
		t.Errorf("got the journal entry %s, want replaced", leaf.Public)
	}
	c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Ana()).Want(t, http.StatusUnprocessableEntity, "stepup/other-model")
	if got := c.StepUp(t, "cus_1", engine.RiskMedium, enginetest.Budi().By(2)).At("allow"); got != true {
		t.Errorf("got allow %v for the new face, want true", got)
	}
}

// Of two different faces enrolled at one moment for a new customer one is
// kept: both were looked at before either was.
func TestTwoFacesAtOnce(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	var both sync.WaitGroup
	both.Add(2)
	r.Eyes.Before(func(context.Context) error {
		both.Done()
		both.Wait()
		return nil
	})
	pictures := []enginetest.Picture{enginetest.Ana(), enginetest.Budi()}
	status := make([]int, len(pictures))
	var all sync.WaitGroup
	for i, p := range pictures {
		all.Go(func() { status[i] = c.Post(t, enrolPath, ana(enginetest.Body{"image": p.Bytes()})).Status })
	}
	all.Wait()
	r.Eyes.Fail(nil)
	slices.Sort(status)
	if !slices.Equal(status, []int{http.StatusCreated, http.StatusConflict}) {
		t.Errorf("got %v, want one created and one conflict", status)
	}
	if got := c.Get(t, facesPath).Len("data"); got != 1 {
		t.Errorf("got %d faces, want 1", got)
	}
}

// An enrolment is not answered unless it is kept.
func TestNoEnrolmentWithoutRecord(t *testing.T) {
	dir, clock := t.TempDir(), enginetest.NewClock()
	r := enginetest.OpenIn(t, dir, clock)
	c := r.Caller(t, "bank")
	before := r.Journal(t)
	r.Eyes.Before(func(context.Context) error { return r.Store.Close() })
	c.Post(t, enrolPath, ana(nil)).Want(t, http.StatusServiceUnavailable, "storage/closed")
	r = enginetest.OpenIn(t, dir, clock)
	if got := r.Journal(t); got != before {
		t.Errorf("got %d journal entries, want %d", got, before)
	}
	if got := r.With(c.Secret).Get(t, facesPath).Want(t, http.StatusOK, "").Len("data"); got != 0 {
		t.Errorf("got %d faces, want none", got)
	}
}

// The same enrolment sent again adds no second face.
func TestEnrolReplay(t *testing.T) {
	r := enginetest.Open(t)
	c := r.Caller(t, "bank")
	first := c.Post(t, enrolPath, ana(nil), "Idempotency-Key", "k1").Want(t, http.StatusCreated, "")
	r.Clock.Move(time.Minute)
	again := c.Post(t, enrolPath, ana(nil), "Idempotency-Key", "k1").Want(t, http.StatusCreated, "")
	if string(again.Body) != string(first.Body) {
		t.Errorf("got %s, want %s", again.Body, first.Body)
	}
	if got := c.Get(t, facesPath).Len("data"); got != 1 {
		t.Errorf("got %d faces, want 1", got)
	}
}
