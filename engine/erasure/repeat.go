package erasure

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// A copy of the data that is put back brings back whoever was erased since it was
// made: it holds their keys. The journal that it lacks says which those were, by the
// random names that keys have. Whatever proves those entries serves: the certificates
// that were handed out, or headquarters' list. It is believed because this journal's
// own key signed it; somebody who came back after their erasure has another key, and
// is left alone.

// Repeated is what came of proofs.
type Repeated struct {
	Proofs  int    `json:"proofs" doc:"Entries that say that somebody was erased, each proved."`
	Again   int    `json:"again" doc:"Erasures that were repeated: their keys were here."`
	Size    uint64 `json:"size,omitzero" doc:"How many entries the journal had of which headquarters has listed every erasure."`
	Settled bool   `json:"settled" doc:"Whether no erasure is known to be owed."`
}

// proof is an entry that says that somebody was erased.
type proof struct {
	Kind   string       `json:"kind"`
	Org    engine.OrgID `json:"org"`
	Public struct {
		Erasure  ID              `json:"erasure"`
		Basis    string          `json:"legalBasis"`
		Keys     *keysCovered    `json:"keys"` // empty when there were none to forget; nil of older versions
		Evidence evidenceCovered `json:"evidence"`
	} `json:"public"`
}

// names are the keys of proofs.
func names(proofs []proof) (list [][]byte) {
	for _, p := range proofs {
		for _, k := range [][]byte{p.Public.Keys.Faces, p.Public.Keys.Evidence} {
			if len(k) > 0 {
				list = append(list, k)
			}
		}
	}
	return list
}

// readProofs reads a certificate (a receipt or a tlog-proof), or headquarters' list of
// all erasures among so many entries. Nothing of a file is believed of which a part is
// not.
func readProofs(file []byte, vouches string, keys []string) (proofs []proof, of transparency.Checkpoint, err error) {
	parts := [][]byte{file}
	if transparency.IsErasureList(file) {
		if of, parts, err = readList(file, vouches, keys); err != nil {
			return nil, of, err
		}
	}
	for _, part := range parts {
		p, err := readProof(part, keys)
		if err != nil {
			return nil, of, err
		}
		proofs = append(proofs, p)
	}
	return proofs, of, nil
}

// readList reads headquarters' list, when it is of this journal.
func readList(file []byte, vouches string, keys []string) (of transparency.Checkpoint, parts [][]byte, err error) {
	if vouches == "" {
		return of, nil, ErrForeign
	}
	of, parts, err = transparency.OpenErasureList(file, vouches)
	if errors.Is(err, transparency.ErrMalformed) {
		return of, nil, fault.Because(ErrCertificate, err)
	}
	ours, wrong := transparency.CheckKey(keys[0])
	if err = errors.Join(err, wrong); err != nil || ours != of.Origin {
		return of, nil, fault.Because(ErrForeign, err)
	}
	return of, parts, nil
}

func readProof(file []byte, keys []string) (p proof, err error) {
	e, err := entryOf(file, keys)
	if err != nil {
		return p, err
	}
	err = json.Unmarshal(e.Leaf, &p)
	switch {
	case err != nil, p.Kind != "person.erased" && p.Kind != "erasure.completed", p.Public.Erasure == "":
		return p, ErrNoErasure
	case p.Public.Keys == nil:
		return p, ErrNoKeys
	}
	return p, nil
}

func entryOf(file []byte, keys []string) (e transparency.Entry, err error) {
	if bytes.HasPrefix(file, []byte("{")) {
		e, _, err = transparency.OpenReceipt(file, keys...)
	} else {
		e, err = transparency.OpenProof(file, keys...)
	}
	switch {
	case errors.Is(err, transparency.ErrNotSigned), errors.Is(err, transparency.ErrOtherLog):
		return e, fault.Because(ErrForeign, err)
	case err != nil:
		return e, fault.Because(ErrCertificate, err)
	}
	return e, nil
}

// Repeat erases those again whom a file proves to have been erased, and who are here.
func (e *Erasures) Repeat(ctx context.Context, by engine.Caller, file []byte) (Repeated, error) {
	keys, _, err := e.Journal.Keys(ctx)
	if err != nil {
		return Repeated{}, err
	}
	proofs, of, err := readProofs(file, e.Vouches(), keys)
	if err != nil {
		return Repeated{}, err
	}
	out := Repeated{Proofs: len(proofs), Size: of.Size}
	var owners map[string]storage.Subject
	err = e.Store.View(ctx, func(v *storage.View) (err error) {
		owners, err = storage.Owners(v, names(proofs))
		return err
	})
	if err != nil {
		return out, fmt.Errorf("look whom keys belong to: %w", err)
	}
	for _, p := range proofs {
		is, err := e.once(ctx, by, p, owners)
		if err != nil {
			return out, fmt.Errorf("repeat an erasure: %w", err)
		}
		if is {
			out.Again++
		}
	}
	if of.Size > 0 {
		if err := e.settle(ctx, by, of, out); err != nil {
			return out, err
		}
	}
	if err := e.Finish(ctx); err != nil {
		e.Log.Error("erasures that were repeated are finished in the background", "err", err)
	}
	owed, err := e.owes(ctx)
	out.Settled = !owed
	return out, err
}

// once erases somebody once more, when a key of theirs is here. No hold is asked: when
// they were erased, none stood any more.
func (e *Erasures) once(ctx context.Context, by engine.Caller, p proof, owners map[string]storage.Subject) (bool, error) {
	faces, hasFaces := owners[string(p.Public.Keys.Faces)]
	evidence, hasEvidence := owners[string(p.Public.Keys.Evidence)]
	if !hasFaces && !hasEvidence {
		return false, nil
	}
	id, err := engine.NewID[ID]("era", e.Now(), e.Random)
	if err != nil {
		return false, err
	}
	nobody := e.Store.Pseudonym("erased before", string(id)) // has no key
	if !hasFaces {
		faces = nobody
	}
	if !hasEvidence {
		evidence = nobody
	}
	_, err = e.Store.Commit(ctx, func(tx *storage.Tx) error {
		var about whom
		if hasFaces {
			if about.Customer, err = e.Named(tx, faces); err != nil {
				return err
			}
		}
		if about.Customer != "" && !hasEvidence {
			evidence = e.Evidence(p.Org, about.Customer)
		}
		policy, err := e.Policies.Of(tx, p.Org)
		if err != nil {
			return err
		}
		r := erasure{
			ID: id, Org: p.Org, Basis: p.Public.Basis, By: by.Key, Requested: tx.Now(), Faces: faces, Evidence: evidence,
			KeepUntil: p.Public.Evidence.KeptUntil, KeepBasis: p.Public.Evidence.Basis, Repeats: p.Public.Erasure,
		}
		if err := e.table.Put(tx, e.own(id), e.at(ofPeople, r.Org, id), record{Whom: &about}); err != nil {
			return err
		}
		_, err = e.shred(tx, r, about, by, policy)
		return err
	})
	return err == nil, err
}

// settle notes that all erasures of another end of the journal were repeated.
func (e *Erasures) settle(ctx context.Context, by engine.Caller, of transparency.Checkpoint, out Repeated) error {
	_, err := e.Store.Commit(ctx, func(tx *storage.Tx) error {
		_, err := tx.Log(storage.Entry{Kind: "erasures.repeated", Actor: string(by.Key), Public: map[string]any{
			"entries": of.Size, "erasures": out.Proofs, "again": out.Again,
		}})
		return errors.Join(err, e.table.Put(tx, storage.Subject{}, storage.Path(ofRepeated), record{Repeated: &repeated{of.Size, of.Root}}))
	})
	if err != nil {
		return fmt.Errorf("note that erasures were repeated: %w", err)
	}
	return nil
}

// Settled is ErrOwed while headquarters has seen more of this journal than is here, or
// another end of it, and its erasures were not repeated: whoever was erased there may
// be here.
func (e *Erasures) Settled(ctx context.Context) error {
	owed, err := e.owes(ctx)
	if err == nil && owed {
		err = ErrOwed
	}
	return err
}

func (e *Erasures) owes(ctx context.Context) (bool, error) {
	if e.Owed == nil {
		return false, nil
	}
	other := e.Owed()
	if other.Size == 0 {
		return false, nil
	}
	var done repeated
	err := e.Store.View(ctx, func(v *storage.View) error {
		row, err := e.table.Get(v, storage.Path(ofRepeated))
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err == nil {
			done = *row.Repeated
		}
		return err
	})
	return done != repeated{other.Size, other.Root}, err
}
