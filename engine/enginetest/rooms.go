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
	"github.com/rostod/rostod/engine/attempts"
	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/engine/behaviour"
	"github.com/rostod/rostod/engine/evidence"
	"github.com/rostod/rostod/engine/gallery"
	"github.com/rostod/rostod/engine/idempotency"
	"github.com/rostod/rostod/engine/identity"
	"github.com/rostod/rostod/engine/importer"
	"github.com/rostod/rostod/engine/journey"
	"github.com/rostod/rostod/engine/kiosk"
	"github.com/rostod/rostod/engine/liveness"
	"github.com/rostod/rostod/engine/multiaccount"
	"github.com/rostod/rostod/engine/process"
	"github.com/rostod/rostod/engine/ring"
	"github.com/rostod/rostod/engine/riskscore"
	"github.com/rostod/rostod/engine/settings"
	"github.com/rostod/rostod/engine/stepup"
	"github.com/rostod/rostod/engine/validation"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

// KeepFor is how long answers are kept under an Idempotency-Key.
const KeepFor = 24 * time.Hour

// KeepCaptures is how long captures are kept.
const KeepCaptures = 7 * 24 * time.Hour

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
	Consent   bool   // hosted pages ask for it
	Folder    string // below which imports may name sources
	Spool     string // where uploads lie
	// Sources are what others are told of the rooms' journal entries.
	Sources map[string][]room.EventSource

	importing room.Room
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
	r.Attempts, err = attempts.Open(attempts.Config{Store: r.Store, Now: r.Clock.Now})
	must(err)
	r.Kiosks, err = kiosk.Open(kiosk.Config{Store: r.Store, Now: r.Clock.Now})
	must(err)
	ofFaces := func(org engine.OrgID, customer engine.CustomerID) storage.Subject {
		return gallery.Subject(r.Store, org, customer)
	}
	r.Evidence, err = evidence.Open(evidence.Config{
		Store: r.Store, Eyes: r.Eyes, Flash: r.Light, Now: r.Clock.Now, Random: rand.Reader, Tries: -1, KeepFor: KeepCaptures,
		Subject: ofFaces,
		Draw:    func(e engine.FlashEvidence) []byte { return fmt.Appendf(nil, "<svg>%d frames</svg>", e.Frames) },
	})
	must(err)
	faces, err := gallery.Open(gallery.Config{
		Store: r.Store, Eyes: r.Eyes, Liveness: r.Judge, Captures: r.Evidence, Kiosks: r.Kiosks, Policies: tiers, Answers: r.Answers, Now: r.Clock.Now, Random: rand.Reader,
		IndexDir: r.Index, Erasers: func() []room.Erase { return room.Erasers(rooms) },
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
		Answers: r.Answers, Now: r.Clock.Now, Random: rand.Reader, Count: r.Counted.add,
	})
	must(err)
	r.Gallery = faces
	journal, err := audit.Open(audit.Config{Store: r.Store, Now: r.Clock.Now, Random: rand.Reader})
	must(err)
	rings, err := ring.Open(ring.Config{Store: r.Store, Gallery: faces, Subject: r.Attempts.Subject, Now: r.Clock.Now, Random: rand.Reader})
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
	}
	processes, err := process.Open(process.Config{
		Store: r.Store, Eyes: r.Eyes, Captures: r.Evidence, Policies: tiers, People: faces, Capabilities: room.Capabilities(rooms),
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
	r.Journeys, err = r.openJourneys(processes, journal, func() []room.Room { return rooms })
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
func (r *Rooms) Import(t testing.TB) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.importing.Work(ctx) }()
	end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("work on imports: got %v, want none", err)
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
