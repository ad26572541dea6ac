package enginetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/access"
	"github.com/rostod/rostod/engine/account"
	"github.com/rostod/rostod/engine/antifraud"
	"github.com/rostod/rostod/engine/attempts"
	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/engine/behaviour"
	"github.com/rostod/rostod/engine/consent"
	"github.com/rostod/rostod/engine/customer"
	"github.com/rostod/rostod/engine/erasure"
	"github.com/rostod/rostod/engine/evidence"
	"github.com/rostod/rostod/engine/gallery"
	"github.com/rostod/rostod/engine/hold"
	"github.com/rostod/rostod/engine/idempotency"
	"github.com/rostod/rostod/engine/identity"
	"github.com/rostod/rostod/engine/importer"
	"github.com/rostod/rostod/engine/journey"
	"github.com/rostod/rostod/engine/kiosk"
	"github.com/rostod/rostod/engine/liveness"
	"github.com/rostod/rostod/engine/multiaccount"
	"github.com/rostod/rostod/engine/process"
	"github.com/rostod/rostod/engine/retention"
	"github.com/rostod/rostod/engine/ring"
	"github.com/rostod/rostod/engine/riskscore"
	"github.com/rostod/rostod/engine/settings"
	"github.com/rostod/rostod/engine/stepup"
	"github.com/rostod/rostod/engine/validation"
	"github.com/rostod/rostod/engine/viewing"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

// KeepFor is how long answers are kept under an Idempotency-Key.
const KeepFor = 24 * time.Hour

// KeepDays is how many days captures are kept where an org says nothing.
const KeepDays = 7

// KeepCaptures is the same as a time.
const KeepCaptures = KeepDays * 24 * time.Hour

// Rooms are all the rooms, opened and served.
type Rooms struct {
	Store     *storage.Store
	Clock     *Clock
	Eyes      *Eyes
	Judge     *Judge
	Light     *Light
	Evidence  *evidence.Evidence
	Kiosks    *kiosk.Kiosk
	Access    *access.Access
	Answers   *idempotency.Idempotency
	Attempts  *attempts.Attempts
	Gallery   *gallery.Gallery
	Processes *process.Processes
	Identity  *identity.Identity
	Behaviour *behaviour.Behaviour
	Register  *Register
	Index     string // folder of the index of faces
	Counted   *Counted
	Journeys  *journey.Journeys
	Fraud     *antifraud.AntiFraud
	Consent   bool   // hosted pages ask for it
	Folder    string // below which imports may name sources
	Spool     string // where uploads lie
	// Sources are what others are told of the rooms' journal entries.
	Sources map[string][]room.EventSource

	Retention *retention.Retention
	Erasures  *erasure.Erasures
	Step      func(point string) // called at the points of an erasure, when set before

	importing room.Room
	following room.Room // of customers
	server    *httptest.Server
}

// Open opens the rooms over a new store.
func Open(t testing.TB) *Rooms {
	t.Helper()
	return OpenIn(t, t.TempDir(), NewClock())
}

// OpenIn opens the rooms over the store in a directory, which may be one that
// was used and closed before.
func OpenIn(t testing.TB, dir string, clock *Clock) *Rooms {
	t.Helper()
	return openWith(t, storagetest.Config(dir), clock)
}

// OpenFull opens the rooms over a store in a directory that was used and
// closed before, on a disk that is full: it can be read and not written.
func OpenFull(t testing.TB, dir string, clock *Clock) *Rooms {
	t.Helper()
	c := storagetest.Config(dir)
	c.MinFree = 1 << 60 // more than any disk has
	return openWith(t, c, clock)
}

// OpenElsewhere opens the rooms of another daemon, over a new store with another
// root key.
func OpenElsewhere(t testing.TB) *Rooms {
	t.Helper()
	c := storagetest.Config(t.TempDir())
	c.Root = bytes.Repeat([]byte{8}, len(c.Root))
	return openWith(t, c, NewClock())
}

// OpenConsenting opens the rooms with hosted pages that ask for consent.
func OpenConsenting(t testing.TB) *Rooms {
	t.Helper()
	return openWith(t, storagetest.Config(t.TempDir()), NewClock(), func(r *Rooms) { r.Consent = true })
}

func openWith(t testing.TB, c storage.Config, clock *Clock, changes ...func(*Rooms)) *Rooms {
	t.Helper()
	c.Now = clock.Now
	r := &Rooms{
		Store: storagetest.OpenWith(t, c), Clock: clock, Eyes: &Eyes{}, Light: &Light{}, Counted: &Counted{}, Register: &Register{},
		Judge: &Judge{Liveness: liveness.Open(), found: Lively()},
		Index: filepath.Join(c.Dir, "index"),
	}
	for _, change := range changes {
		change(r)
	}
	r.serve(t, r.open(t))
	return r
}

// open opens every room as the daemon does.
func (r *Rooms) open(t testing.TB) []room.Room {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatalf("open a room: got %v, want none", err)
		}
	}
	var rooms []room.Room
	accounts, err := account.Open(account.Config{Store: r.Store, Now: r.Clock.Now, Random: rand.Reader})
	must(err)
	r.Access, err = access.Open(access.Config{
		Store: r.Store, Now: r.Clock.Now, Random: rand.Reader, Tokens: accounts,
		Capabilities: func() []engine.CapabilityName { return room.Names(rooms) },
	})
	must(err)
	r.Answers, err = idempotency.Open(idempotency.Config{Store: r.Store, Now: r.Clock.Now, KeepFor: KeepFor})
	must(err)
	tiers, err := settings.Open(settings.Config{Store: r.Store})
	must(err)
	holdings := func() []room.Holding { return room.Holdings(rooms) }
	faceKey := func(org engine.OrgID, customer engine.CustomerID) storage.Subject {
		return gallery.Subject(r.Store, org, customer)
	}
	evidenceKey := func(org engine.OrgID, customer engine.CustomerID) storage.Subject {
		return r.Attempts.Subject(org, customer)
	}
	bars, err := hold.Open(hold.Config{Store: r.Store, Subject: evidenceKey, Holdings: holdings, Now: r.Clock.Now, Random: rand.Reader})
	must(err)
	r.Retention, err = retention.Open(retention.Config{
		Store: r.Store, Holds: bars, Holdings: holdings, CaptureDays: KeepDays, Now: r.Clock.Now, Random: rand.Reader,
		Also: func(ctx context.Context, asOf time.Time) error { return r.Erasures.Daily(ctx, asOf) },
	})
	must(err)
	views, err := viewing.Open(viewing.Config{
		Store: r.Store, Rules: r.Retention, Subject: evidenceKey, Holdings: holdings, Now: r.Clock.Now, Random: rand.Reader,
		Known: func(from storage.Reader, org engine.OrgID, customer engine.CustomerID) (bool, error) {
			return r.Erasures.Known(from, org, customer)
		},
	})
	must(err)
	journal, err := audit.Open(audit.Config{Store: r.Store, Views: views, Now: r.Clock.Now, Random: rand.Reader})
	must(err)
	r.Attempts, err = attempts.Open(attempts.Config{Store: r.Store, Journal: journal, SearchDir: filepath.Join(filepath.Dir(r.Index), "search"), Now: r.Clock.Now, Random: rand.Reader})
	must(err)
	t.Cleanup(func() {
		if err := r.Attempts.Close(); err != nil {
			t.Errorf("close the search index: got %v, want none", err)
		}
	})
	r.Kiosks, err = kiosk.Open(kiosk.Config{Store: r.Store, Now: r.Clock.Now})
	must(err)
	ofFaces := func(org engine.OrgID, customer engine.CustomerID) storage.Subject {
		return gallery.Subject(r.Store, org, customer)
	}
	r.Evidence, err = evidence.Open(evidence.Config{
		Store: r.Store, Eyes: r.Eyes, Flash: r.Light, Now: r.Clock.Now, Random: rand.Reader, Tries: -1,
		Subject: faceKey, Bars: bars, Views: views,
		Draw: func(e engine.FlashEvidence) []byte { return fmt.Appendf(nil, "<svg>%d frames</svg>", e.Frames) },
	})
	must(err)
	faces, err := gallery.Open(gallery.Config{
		Store: r.Store, Eyes: r.Eyes, Liveness: r.Judge, Captures: r.Evidence, Kiosks: r.Kiosks, Policies: tiers, Answers: r.Answers, Now: r.Clock.Now, Random: rand.Reader,
		IndexDir: r.Index, Holdings: holdings, Bars: bars,
	})
	must(err)
	t.Cleanup(func() {
		// A test may have closed the store, as a daemon that was killed does.
		if err := faces.Close(context.WithoutCancel(t.Context())); err != nil && !errors.Is(err, storage.Closed) {
			t.Errorf("close the gallery: got %v, want none", err)
		}
	})
	decisions, err := stepup.Open(stepup.Config{
		Store: r.Store, Eyes: r.Eyes, Liveness: r.Judge, Captures: r.Evidence, Kiosks: r.Kiosks, Policies: tiers,
		References: faces, Attempts: r.Attempts,
		Answers: r.Answers, Bars: bars, Now: r.Clock.Now, Random: rand.Reader, Count: r.Counted.add,
	})
	must(err)
	r.Gallery = faces
	people, err := customer.Open(customer.Config{Store: r.Store, Attempts: r.Attempts, Answers: r.Answers, Now: r.Clock.Now, Random: rand.Reader})
	must(err)
	r.following = people.Room()
	r.Fraud, err = antifraud.Open(antifraud.Config{Store: r.Store, Customers: people, Subject: r.Attempts.Subject, Now: r.Clock.Now, Random: rand.Reader})
	must(err)
	rings, err := ring.Open(ring.Config{Store: r.Store, Gallery: faces, Subject: r.Attempts.Subject, Now: r.Clock.Now, Random: rand.Reader})
	must(err)
	r.Erasures, err = erasure.Open(erasure.Config{
		Store: r.Store, Bars: bars, Policies: r.Retention, Journal: journal, Holdings: holdings, Faces: faceKey, Evidence: r.Attempts.Subject, Disclosed: []string{"customer"}, Named: faces.Named,
		Step: func(point string) {
			if r.Step != nil {
				r.Step(point)
			}
		},
		Now: r.Clock.Now, Random: rand.Reader,
	})
	must(err)
	consents, err := consent.Open(consent.Config{
		Store: r.Store, Policies: r.Retention, Erasures: r.Erasures, Subject: r.Attempts.Subject, Now: r.Clock.Now, Random: rand.Reader,
	})
	must(err)
	duplicates := multiaccount.Open(multiaccount.Config{Store: r.Store, Rings: rings, Index: faces.Index(), Gallery: faces, Calibrations: r.Eyes})
	r.Identity, err = identity.Open(identity.Config{
		Store: r.Store, Index: faces.Index(), Gallery: faces, Calibrations: r.Eyes, Faces: ofFaces, Now: r.Clock.Now, Random: rand.Reader,
	})
	must(err)
	r.Behaviour, err = behaviour.Open(t.Context(), behaviour.Config{
		Store: r.Store, Eyes: r.Eyes, Kiosks: r.Kiosks, Faces: ofFaces, Now: r.Clock.Now, Random: rand.Reader,
		Face: func(ctx context.Context, org engine.OrgID, id engine.ProcessID) (engine.KnownFace, error) {
			return r.Processes.Face(ctx, org, id)
		},
	})
	must(err)
	curves, err := riskscore.BuiltIn()
	must(err)
	alive := r.Judge.Room(r.Kiosks, r.Store)
	alive.Capability = liveness.InProcess(r.Judge, r.Kiosks, r.Store)
	rooms = []room.Room{
		r.Access.Room(), accounts.Room(), r.Answers.Room(), tiers.Room(), r.Attempts.Room(), alive, duplicates.Room(), rings.Room(), faces.Room(), decisions.Room(),
		r.Evidence.Room(), r.Kiosks.Room(), journal.Room(), r.Register.room(), r.Behaviour.Room(), r.Identity.Room(), riskscore.Open(curves).Room(),
		validation.Open(validation.Config{Calibrations: r.Eyes}).Room(),
		r.following, r.Fraud.Room(), bars.Room(), r.Retention.Room(), r.Erasures.Room(), consents.Room(), views.Room(),
	}
	processes, err := process.Open(process.Config{
		Store: r.Store, Bars: bars, Views: views, Eyes: r.Eyes, Captures: r.Evidence, Policies: tiers, People: faces, Capabilities: room.Capabilities(rooms),
		Subject: r.Attempts.Subject, Now: r.Clock.Now, Random: rand.Reader,
		Faces: func(org engine.OrgID, customer engine.CustomerID) storage.Subject {
			return gallery.Subject(r.Store, org, customer)
		},
	})
	must(err)
	r.Processes = processes
	r.Folder, r.Spool = t.TempDir(), t.TempDir()
	imports, err := importer.Open(importer.Config{
		Store: r.Store, Eyes: r.Eyes, Index: faces.Index(), Gallery: faces, Rings: rings, Policies: tiers, Parallel: 2,
		Folder: r.Folder, Spool: r.Spool, MaxUpload: 1 << 20, Now: r.Clock.Now, Random: rand.Reader,
	})
	must(err)
	r.importing = imports.Room()
	r.Journeys, err = r.openJourneys(processes, journal, views, func() []room.Room { return rooms })
	must(err)
	rooms = append(rooms, processes.Room(), r.importing, r.Journeys.Room())
	r.Sources = room.Events(rooms)
	return rooms
}

func (r *Rooms) serve(t testing.TB, rooms []room.Room) {
	t.Helper()
	r.server = Serve(t, web.Config{
		Authenticate: r.Access.Authenticate, ByClient: r.Access.ByClient, Hosted: r.Access.Hosted, Replays: r.Answers, Now: r.Clock.Now,
	}, rooms...)
}

// Serve serves some rooms without limits on requests, and with metrics that
// nobody reads.
func Serve(t testing.TB, c web.Config, rooms ...room.Room) *httptest.Server {
	t.Helper()
	c.Metrics, c.Limits = prometheus.NewRegistry(), map[string]int{"read": 0, "write": 0, "auth": 0, "processes": 0}
	edge, err := web.New(c)
	if err != nil {
		t.Fatalf("make an edge: got %v, want none", err)
	}
	for _, one := range rooms {
		if one.Routes != nil {
			one.Routes(edge.Router())
		}
	}
	if err := edge.Check(); err != nil {
		t.Fatalf("mount the rooms: got %v, want none", err)
	}
	server := httptest.NewServer(edge.Handler())
	t.Cleanup(server.Close)
	return server
}

// Import begins to work on imports, and answers what ends that as the end of
// the daemon does.
func (r *Rooms) Import(t testing.TB) (end func()) { return work(t, r.importing) }

// Follow begins to bring customers' levels to what was verified, and answers
// what ends that.
func (r *Rooms) Follow(t testing.TB) (end func()) { return work(t, r.following) }

func work(t testing.TB, one room.Room) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- one.Work(ctx) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("work of %s: got %v, want none", one.Name, err)
		}
	})
	t.Cleanup(end)
	return end
}

// Leaves are the journal's entries from an index on.
func (r *Rooms) Leaves(t testing.TB, from uint64) []storage.Leaf {
	t.Helper()
	leaves, err := r.Store.Leaves(t.Context(), from, 1000)
	if err != nil {
		t.Fatalf("read the journal: got %v, want none", err)
	}
	return leaves
}

// Journal is how many entries the journal has.
func (r *Rooms) Journal(t testing.TB) uint64 {
	t.Helper()
	return r.Store.State(t.Context()).Journal
}

// Counted is what step-up said to the metrics.
type Counted struct {
	mu   sync.Mutex
	list []string
}

func (c *Counted) add(level engine.RiskLevel, outcome string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, string(level)+" "+outcome)
}

// List is every decision counted so far: risk level, space, outcome.
func (c *Counted) List() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.list...)
}

// Daily does the daily work of retention, and answers how much it removed of
// each holding. The first time it only begins.
func (r *Rooms) Daily(t testing.TB) map[string]int {
	t.Helper()
	before, err := r.Retention.State(t.Context())
	if err == nil {
		err = r.Retention.Run(t.Context())
	}
	if err != nil {
		t.Fatalf("the daily work: got %v, want none", err)
	}
	after, err := r.Retention.State(t.Context())
	if err != nil {
		t.Fatalf("the daily work: got %v, want none", err)
	}
	if after.Reached.Equal(before.Reached) {
		return nil
	}
	return after.Removed
}
