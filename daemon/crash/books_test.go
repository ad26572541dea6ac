package crash

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/storage"
)

// books are what the journal says happened, entry by entry, held against what
// the clerks wrote down.
type books struct {
	next      uint64
	marks     map[string]uint64    // what an entry names -> the entry
	faces     map[string][]string  // customer -> enrolments, oldest first
	enrolment map[string]uint64    // enrolment -> the entry that made it
	dead      map[string]bool      // enrolments that were erased, so that nothing of them can be read
	tallies   map[string]*tally    // of customers and devices
	attempts  map[string]attempted // attempt -> what its entry says
	decisions map[string]int       // label -> decisions, refusals because of a lock left out
	version   uint64               // of the settings
	keys      map[string]bool      // API key -> revoked
	byPending int                  // entries of requests that got no answer
	rolls     int
}

// tally is what the journal makes of a customer or device.
type tally struct {
	failures int
	since    time.Time // of the newest failure
}

type attempted struct{ verification, customer string }

func newBooks() *books {
	return &books{
		marks: map[string]uint64{}, faces: map[string][]string{}, enrolment: map[string]uint64{}, dead: map[string]bool{},
		tallies: map[string]*tally{}, attempts: map[string]attempted{}, decisions: map[string]int{}, keys: map[string]bool{},
	}
}

// openStore opens the records as the daemon does, but begins no epoch roll:
// it would write an entry that the wreck does not have.
func openStore(ctx context.Context, dir string) (*storage.Store, error) {
	text, err := os.ReadFile(filepath.Join(dir, "root.key"))
	if err != nil {
		return nil, err
	}
	root, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, err
	}
	return storage.Open(ctx, storage.Config{
		Dir: dir, Root: root, Origin: "rostod/journal", MinFree: storage.LeastMinFree, EraseDelay: time.Hour,
	})
}

// unasked are the kinds of the entries that the daemon makes unasked: an index has
// drawn a secret, that of faces or that of words, and retention has begun to count
// days.
func unasked(kind string) bool {
	return kind == "index.secret" || kind == "search.secret" || kind == "retention.begun"
}

// read takes the entries that are new since the last time, and answers what
// is wrong with them.
func (b *books) read(ctx context.Context, s *storage.Store, clerks []*clerk) error {
	asked := ledgerOf(clerks)
	for {
		leaves, err := s.Leaves(ctx, b.next, 1000)
		if err != nil {
			return err
		}
		if len(leaves) == 0 {
			return nil
		}
		for _, l := range leaves {
			if b.next = l.Index + 1; unasked(l.Kind) {
				continue
			}
			e := entry{Leaf: l}
			if err := json.Unmarshal(l.Public, &e.said); err != nil {
				return fmt.Errorf("entry %d: %w", l.Index, err)
			}
			if e.private, err = s.Opening(ctx, l.Index); err != nil && !errors.Is(err, storage.ErrErased) {
				return fmt.Errorf("entry %d: %w", l.Index, err)
			}
			if err := b.take(e, asked); err != nil {
				return fmt.Errorf("entry %d, %s: %w", l.Index, e.mark(), err)
			}
		}
	}
}

// take enters one entry, which somebody must have asked for.
func (b *books) take(e entry, asked *ledger) error {
	switch e.Kind {
	case "storage.epoch-rolled":
		b.rolls++
		return nil
	case "storage.created", "idempotency.swept":
		return nil
	}
	if at, twice := b.marks[e.mark()]; twice {
		return fmt.Errorf("entry %d says the same", at)
	}
	b.marks[e.mark()] = e.Index
	o, err := asked.who(e, b)
	if err != nil {
		return err
	}
	if o.unknown() && !e.locked() {
		b.byPending++
	}
	if customer, known := e.private["customer"]; known && customer != o.customer {
		return errors.New("it is about another customer than was asked for")
	}
	return b.enter(e, o)
}

// enter is what an entry changes, and holds it against the answer.
func (b *books) enter(e entry, o *op) error {
	switch e.Kind {
	case enrolled:
		if e.said.Replaced {
			b.faces[o.customer] = nil
		}
		b.faces[o.customer] = append(b.faces[o.customer], e.said.Enrolment)
		b.enrolment[e.said.Enrolment] = e.Index
		return o.agrees("faces", len(b.faces[o.customer]))
	case removed:
		b.faces[o.customer] = slices.DeleteFunc(b.faces[o.customer], func(id string) bool { return id == e.said.Enrolment })
		if e.said.Last != (len(b.faces[o.customer]) == 0) {
			return errors.New("it is the last face, and the entry says otherwise, or the reverse")
		}
		b.dead[e.said.Enrolment] = e.said.Last
	case erased:
		for _, id := range e.said.Enrolments {
			b.dead[id] = true
		}
		delete(b.faces, o.customer)
		return o.agrees("erased", len(e.said.Enrolments))
	case decided:
		return b.decision(e, o)
	case unlocked:
		delete(b.tallies, "customers/"+o.customer)
	case deviceUnlocked:
		delete(b.tallies, "devices/"+e.private["device"])
	case changed:
		if b.version++; e.said.Version != b.version {
			return fmt.Errorf("version: got %d, want %d", e.said.Version, b.version)
		}
	case keyMade:
		b.keys[e.said.Key] = false
	case keyEnded:
		b.keys[e.said.Key] = true
	}
	return nil
}

// decision enters a step-up: the attempt, and what it means for a lockout.
func (b *books) decision(e entry, o *op) error {
	b.attempts[e.said.Attempt] = attempted{e.said.Verification, o.customer}
	if e.locked() {
		return nil
	}
	if b.decisions[o.label]++; b.decisions[o.label] > 1 {
		return fmt.Errorf("decisions of one request: got %d, want 1", b.decisions[o.label])
	}
	watched := []string{"customers/" + o.customer}
	if device := e.private["device"]; device != "" {
		watched = append(watched, "devices/"+device)
	}
	failed := e.said.Liveness != "unclear" && (e.said.Match == "no_match" || e.said.Liveness == "spoof")
	for _, w := range watched {
		switch {
		case failed:
			t := tally{since: e.Time}
			if before := b.tallies[w]; before != nil {
				t.failures = before.failures
			}
			t.failures++
			b.tallies[w] = &t
		case e.said.Status == "verified":
			delete(b.tallies, w)
		}
	}
	return o.agrees("allow", e.said.Allow)
}

// agrees holds a member of the answer against the journal. A request without
// an answer agrees with everything.
func (o *op) agrees(member string, want any) error {
	if !o.answer.ok() {
		return nil
	}
	var answer map[string]any
	if err := json.Unmarshal(o.answer.body, &answer); err != nil {
		return err
	}
	if got := answer[member]; fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Errorf("%s: answered %v, but the journal says %v", member, got, want)
	}
	return nil
}
