package behaviour

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// The room's records.
//
//	watchlist: pseudonym of the org, entry id            -> entry, under a key of its own
//	visits:    pseudonym of the person, time, process id -> visit, under the key of the person's faces
const (
	entriesPrefix = 'D'
	visitsPrefix  = 'M'
)

// features are a template as it is kept.
type features struct {
	Model  []byte `json:"model"`  // SHA-256
	Vector []byte `json:"vector"` // float32, little endian
}

func packed(t engine.Template) features {
	f := features{Model: t.Model[:]}
	for _, x := range t.Vector {
		f.Vector = binary.LittleEndian.AppendUint32(f.Vector, math.Float32bits(x))
	}
	return f
}

func (f features) template() (t engine.Template) {
	copy(t.Model[:], f.Model)
	for i := 0; i+4 <= len(f.Vector); i += 4 {
		t.Vector = append(t.Vector, math.Float32frombits(binary.LittleEndian.Uint32(f.Vector[i:])))
	}
	return t
}

// entry is one face of the watchlist. It counts when it is confirmed, and until
// it expires.
type entry struct {
	features
	ID        string            `json:"id"`
	Org       engine.OrgID      `json:"org"`
	Reason    string            `json:"reason"`
	Source    string            `json:"source"`
	Process   engine.ProcessID  `json:"process,omitzero"` // whose face it is; empty: a picture's
	Proposed  time.Time         `json:"proposed"`
	By        engine.KeyID      `json:"by"`
	Holder    engine.HolderMark `json:"holder,omitzero"` // of that key
	Confirmed time.Time         `json:"confirmed,omitzero"`
	Seconder  engine.KeyID      `json:"seconder,omitzero"`
	Expires   time.Time         `json:"expires"`
}

// counts says whether an entry counts at a moment.
func (e entry) counts(at time.Time) bool { return !e.Confirmed.IsZero() && at.Before(e.Expires) }

// visit is a face that came, with pseudonyms of the identity that it came
// under and of the device that it came by.
type visit struct {
	features
	Org      engine.OrgID `json:"org"`
	Identity []byte       `json:"identity"`
	Numbered bool         `json:"numbered,omitzero"` // the identity is of a declared number
	Device   []byte       `json:"device,omitempty"`
	Picture  []byte       `json:"picture"` // SHA-256 of its bytes
	At       time.Time    `json:"at"`
	Until    time.Time    `json:"until,omitzero"`
}

// firstWindow is how long visits are kept that do not say so: what held for all
// before orgs could set it.
const firstWindow = 7 * 24 * time.Hour

// until is when a visit is forgotten.
func (v visit) until() time.Time {
	if v.Until.IsZero() {
		return v.At.Add(firstWindow)
	}
	return v.Until
}

func (b *Behaviour) entryAt(org engine.OrgID, id string) storage.Key {
	return storage.Path(b.Store.Pseudonym("watchlist", string(org)), storage.Text(id))
}

// own is whose key seals an entry.
func (b *Behaviour) own(org engine.OrgID, id string) storage.Subject {
	return b.Store.Pseudonym("watchlist", string(org), id)
}

func (b *Behaviour) visitAt(c engine.Case) storage.Key {
	return storage.Path(b.Faces(c.Caller.Org, c.Reference), storage.At(c.Created), storage.Text(c.Process))
}

// identity is the pseudonym of whom a case is about: by the declared number, or
// by the reference where none was declared.
func (b *Behaviour) identity(c engine.Case) storage.Subject {
	if c.Declared.Number != "" {
		return b.Store.Pseudonym("behaviour", string(c.Caller.Org), c.Declared.Kind, c.Declared.Number)
	}
	return b.Store.Pseudonym("behaviour", string(c.Caller.Org), "", string(c.Reference))
}

// visitor is the case as the memory would have it.
func (b *Behaviour) visitor(c engine.Case) seen {
	return seen{key: b.visitAt(c), identity: b.identity(c), numbered: c.Declared.Number != ""}
}

// device is the pseudonym of a case's device; zero when there is none.
func (b *Behaviour) device(c engine.Case) storage.Subject {
	if c.Device == "" {
		return storage.Subject{}
	}
	return b.Store.Pseudonym("behaviour", string(c.Caller.Org), "device", string(c.Device))
}

// load takes every face of the records into memory, the oldest first.
func (b *Behaviour) load(v *storage.View) error {
	for row, err := range b.entries.Scan(v, storage.Range{}) {
		if errors.Is(err, storage.ErrErased) {
			continue
		}
		if err != nil {
			return err
		}
		if !row.Value.Confirmed.IsZero() {
			b.list.add(row.Value.Org, row.Value.template(), seen{key: row.Key, at: row.Value.Confirmed})
		}
	}
	var all []storage.Row[visit]
	for row, err := range b.visits.Scan(v, storage.Range{}) {
		if errors.Is(err, storage.ErrErased) {
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, row)
	}
	slices.SortFunc(all, func(x, y storage.Row[visit]) int {
		return cmp.Or(x.Value.At.Compare(y.Value.At), slices.Compare(x.Key, y.Key))
	})
	for _, row := range all {
		b.late.add(row.Value.Org, row.Value.template(), row.Value.seen(row.Key))
	}
	return nil
}

// seen is a visit as the memory has it.
func (v visit) seen(key storage.Key) seen {
	s := seen{key: slices.Clone(key), at: v.At, until: v.until(), numbered: v.Numbered}
	copy(s.identity[:], v.Identity)
	copy(s.device[:], v.Device)
	copy(s.picture[:], v.Picture)
	return s
}

// note keeps a good face that came under an identity, in the transaction of its process. The
// memory has it at once, so that the next process in line sees it; should the
// commit fail, the memory has too much, and the records decide.
func (b *Behaviour) note(tx *storage.Tx, c engine.Case) error {
	if c.Face.Template.Empty() || len(c.Face.Issues) > 0 || c.Unnamed {
		return nil
	}
	identity, device := b.identity(c), b.device(c)
	v := visit{
		features: packed(c.Face.Template), Org: c.Caller.Org, Identity: identity[:], Numbered: c.Declared.Number != "", Picture: c.Face.Picture[:],
		At: c.Created, Until: c.Created.Add(c.Policy.Face.Window),
	}
	if device != (storage.Subject{}) {
		v.Device = device[:]
	}
	at := b.visitAt(c)
	if err := b.visits.Put(tx, b.Faces(c.Caller.Org, c.Reference), at, v); err != nil {
		return err
	}
	s := v.seen(at)
	s.turn = uint64(tx.Position())
	b.late.add(c.Caller.Org, c.Face.Template, s)
	return nil
}

// erase takes away the visits of a customer, from the memory too.
func (b *Behaviour) erase(tx *storage.Tx, e room.Erased) (int, error) {
	prefix, n := storage.Path(e.Faces), 0
	for row, err := range b.visits.Scan(tx, storage.Range{Prefix: prefix}) {
		if err != nil && !errors.Is(err, storage.ErrErased) {
			return 0, fmt.Errorf("list a customer's visits: %w", err)
		}
		if err := b.visits.Delete(tx, row.Key); err != nil {
			return 0, err
		}
		n++
	}
	b.late.drop(prefix)
	return n, nil
}

const (
	sweeping = time.Hour // between two sweeps
	batch    = 256       // records in one commit
	// mostVisits is how many faces of one org and model are remembered; of more,
	// the oldest go before their time. A search compares all: see the benchmark.
	mostVisits = 100_000
)

// work removes what is too old, at once and then every hour. What it cannot do
// now it does the next time.
func (b *Behaviour) work(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timer.C:
			_ = b.sweep(ctx)
			timer.Reset(sweeping)
		}
	}
}

// sweep removes visits whose time is over, and entries that have expired.
func (b *Behaviour) sweep(ctx context.Context) error {
	keys := b.late.old(b.Now(), mostVisits)
	for some := range slices.Chunk(keys, batch) {
		_, err := b.Store.Commit(ctx, func(tx *storage.Tx) error {
			for _, k := range some {
				if err := b.visits.Delete(tx, k); err != nil {
					return err
				}
			}
			_, err := tx.Log(storage.Entry{Kind: "visits.forgotten", Actor: "system", Public: map[string]any{"visits": len(some)}})
			return err
		})
		if err != nil {
			return fmt.Errorf("forget old visits: %w", err)
		}
		for _, k := range some {
			b.late.drop(k)
		}
	}
	return b.expire(ctx)
}
