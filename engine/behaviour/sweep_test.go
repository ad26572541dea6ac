package behaviour

import (
	"bytes"
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/storagetest"
)

// eyes see the same face everywhere.
type eyes struct{}

func (eyes) Look(context.Context, []byte) (engine.Face, error) {
	return engine.Face{Faces: 1, Template: engine.Template{Vector: []float32{1, 0}}}, nil
}

func (eyes) Calibration(engine.Digest) (engine.Calibration, bool) {
	return engine.Calibration{{Cosine: 0, Score: 0}, {Cosine: 1, Score: 1}}, true
}

// open opens the room over a store whose clock says now.
func open(t *testing.T, now *time.Time) *Behaviour {
	t.Helper()
	config := storagetest.Config(t.TempDir())
	config.Now = func() time.Time { return *now }
	store := storagetest.OpenWith(t, config)
	b, err := Open(t.Context(), Config{
		Store: store, Eyes: eyes{}, Now: config.Now, Random: rand.Reader,
		Faces: func(org engine.OrgID, c engine.CustomerID) storage.Subject {
			return store.Pseudonym(string(org), string(c))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// come notes a face that came.
func (b *Behaviour) come(t *testing.T, c engine.Case) {
	t.Helper()
	if c.Policy.Face == (engine.FaceLimits{}) {
		c.Policy.Face = usual()
	}
	b.commit(t, func(tx *storage.Tx) error { return b.note(tx, c) })
}

func (b *Behaviour) commit(t *testing.T, do func(*storage.Tx) error) {
	t.Helper()
	_, err := b.Store.Commit(t.Context(), func(tx *storage.Tx) error {
		if _, err := tx.Log(storage.Entry{Kind: "test", Actor: "test"}); err != nil {
			return err
		}
		return do(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who is erased is not in the memory any more either.
func TestEraseTakesFacesOutOfMemory(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b := open(t, &now)
	face, _ := eyes{}.Look(t.Context(), nil)
	for _, who := range []engine.CustomerID{"one", "two"} {
		b.come(t, engine.Case{Process: engine.ProcessID(who), Caller: engine.Caller{Org: "bank"}, Reference: who, Face: face, Created: now})
	}
	b.commit(t, func(tx *storage.Tx) error {
		n, err := b.erase(tx, room.Erased{Faces: b.Faces("bank", "one")})
		if n != 1 {
			t.Errorf("got %d erased, want 1", n)
		}
		return err
	})
	if hits, n := b.late.near("bank", face.Template, -1, 0); n != 1 || hits[0].identity != b.identity(engine.Case{Caller: engine.Caller{Org: "bank"}, Reference: "two"}) {
		t.Errorf("got %d faces in memory, want the other person's", n)
	}
}

// What is older than the window goes, from records and memory, and so do
// entries that have expired; the others stay.
func TestSweep(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b := open(t, &now)
	store := b.Store
	face, _ := eyes{}.Look(t.Context(), nil)
	for i, age := range []time.Duration{firstWindow + 2*time.Second, firstWindow + time.Second, firstWindow - time.Second, 0} {
		c := engine.Case{
			Process: engine.ProcessID([]byte{'a' + byte(i)}), Caller: engine.Caller{Org: "bank"}, Reference: "MARKER",
			Face: face, Created: now.Add(-age),
		}
		b.come(t, c)
	}
	for _, days := range []int{1, 30} {
		e, err := b.propose(t.Context(), proposal{Caller: engine.Caller{Org: "bank", Key: "key_1", Holder: "one"}, Picture: []byte("x"), Reason: "x", Source: "y", Days: days})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.confirm(t.Context(), engine.Caller{Org: "bank", Key: "key_2", Holder: "two"}, e.ID); err != nil {
			t.Fatal(err)
		}
	}
	left := func() (records, remembered, entries, listed int) {
		err := store.View(t.Context(), func(v *storage.View) error {
			for _, err := range b.visits.Scan(v, storage.Range{}) {
				if err != nil {
					return err
				}
				records++
			}
			for _, err := range b.entries.Scan(v, storage.Range{}) {
				if err != nil {
					return err
				}
				entries++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, remembered = b.late.near("bank", face.Template, -1, 0)
		_, listed = b.list.near("bank", face.Template, -1, 0)
		return records, remembered, entries, listed
	}
	for _, test := range []struct {
		after   time.Duration
		visits  int
		entries int
	}{{0, 2, 2}, {0, 2, 2}, {24 * time.Hour, 1, 1}, {firstWindow, 0, 1}} {
		now = now.Add(test.after)
		if err := b.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if records, remembered, entries, listed := left(); records != test.visits || remembered != test.visits || entries != test.entries || listed != test.entries {
			t.Errorf("at %v: got %d visits (%d in memory) and %d entries (%d in memory), want %d and %d", now, records, remembered, entries, listed, test.visits, test.entries)
		}
	}
	leaves, err := store.Leaves(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range leaves {
		if bytes.Contains(leaf.Raw, []byte("MARKER")) {
			t.Errorf("the journal entry %s has the person", leaf.Raw)
		}
	}
}

// A face is remembered for as long as its org said when it came, whatever others
// say; one that says nothing came before orgs could.
func TestSweepKeepsWhatEachOrgSaid(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	b := open(t, &now)
	face, _ := eyes{}.Look(t.Context(), nil)
	for org, days := range map[engine.OrgID]int{"short": 1, "long": 30} {
		most := usual()
		most.Window = time.Duration(days) * 24 * time.Hour
		b.come(t, engine.Case{Process: "a", Caller: engine.Caller{Org: org}, Reference: "cus_1", Face: face, Created: now, Policy: engine.Policy{Face: most}})
	}
	if got := (visit{At: now}).until(); !got.Equal(now.Add(7 * 24 * time.Hour)) {
		t.Errorf("a visit of before is kept until %v, want a week", got)
	}
	for _, test := range []struct {
		days        int
		short, long int
	}{{1, 1, 1}, {2, 0, 1}, {30, 0, 1}, {31, 0, 0}} {
		now = time.Date(2026, 11, 22+test.days, 12, 0, 0, 0, time.UTC)
		if err := b.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, short := b.late.near("short", face.Template, -1, 0)
		_, long := b.late.near("long", face.Template, -1, 0)
		if short != test.short || long != test.long {
			t.Errorf("after %d days: got %d and %d faces, want %d and %d", test.days, short, long, test.short, test.long)
		}
	}
}
