package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// log is the name of the journal, as its keys have it.
func (k key) log() string {
	name, _, _ := strings.Cut(k.Name, "+")
	return name
}

// signed is the checkpoint of now, and as a note.
func (a *Audit) signed(ctx context.Context) (now transparency.Checkpoint, signed []byte, err error) {
	by, err := a.current(ctx)
	if err != nil {
		return now, nil, err
	}
	err = a.Store.View(ctx, func(v *storage.View) error {
		if now, err = checkpoint(v, by.log()); err == nil {
			signed, err = now.Sign(by.seed.Bytes)
		}
		return err
	})
	return now, signed, err
}

// Key is the verifier key of what is signed now: what an auditor keeps.
func (a *Audit) Key(ctx context.Context) (string, error) {
	by, err := a.current(ctx)
	return by.Name, err
}

// Attest completes the manifest of an export with the journal as it is now, and
// signs it.
func (a *Audit) Attest(ctx context.Context, m transparency.Manifest) (manifest, signature []byte, err error) {
	by, err := a.current(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = a.Store.View(ctx, func(v *storage.View) error {
		now, err := checkpoint(v, by.log())
		if err != nil {
			return err
		}
		signed, err := now.Sign(by.seed.Bytes)
		if err != nil {
			return err
		}
		m.Log, m.Checkpoint = by.log(), string(signed)
		if manifest, err = m.JSON(); err == nil {
			signature, err = transparency.SignManifest(by.log(), by.seed.Bytes, manifest)
		}
		return err
	})
	return manifest, signature, err
}

// Proof is an entry that a caller may see, with its proof, as a file.
func (a *Audit) Proof(ctx context.Context, caller engine.Caller, index uint64) (file []byte, err error) {
	err = a.proved(ctx, caller, index, func(_ *storage.View, _ storage.Leaf, proof []byte) error {
		file = proof
		return nil
	})
	return file, err
}

// proved hands over the proof of an entry that a caller may see.
func (a *Audit) proved(ctx context.Context, caller engine.Caller, index uint64, then func(*storage.View, storage.Leaf, []byte) error) error {
	by, err := a.current(ctx)
	if err != nil {
		return err
	}
	return a.Store.View(ctx, func(v *storage.View) error {
		leaves, err := v.Leaves(index, 1)
		if err != nil {
			return err
		}
		if len(leaves) == 0 || leaves[0].Org != "" && leaves[0].Org != string(caller.Org) && caller.Key != engine.Operator {
			return ErrNoEntry
		}
		file, err := prove(v, by, index)
		if err != nil {
			return err
		}
		return then(v, leaves[0], file)
	})
}

// scores are private values that are only for callers who may see scores.
var scores = map[string]bool{"similarity": true, "livenessScore": true}

// sees says whether a caller may know a private value of an entry: scores are for
// those who may see scores, and who a process was about for those who run processes.
func sees(caller engine.Caller, kind, name string) bool {
	return (!scores[name] || caller.May(engine.ViewScores)) &&
		(!strings.HasPrefix(kind, "process.") || caller.May(engine.RunProcesses))
}

// Receipt is a receipt of an entry for other rooms, for a reason.
func (a *Audit) Receipt(ctx context.Context, caller engine.Caller, index uint64, why string) ([]byte, error) {
	return a.receipt(ctx, caller, index, why)
}

// receipt is a proof with the private values that a caller may see, when it is
// written down who sees them. Those of somebody who was erased are gone.
func (a *Audit) receipt(ctx context.Context, caller engine.Caller, index uint64, why string) (file []byte, err error) {
	var about engine.CustomerID
	shows := 0
	err = a.proved(ctx, caller, index, func(v *storage.View, leaf storage.Leaf, proof []byte) error {
		private, err := v.Disclose(index)
		if err != nil && !errors.Is(err, storage.ErrErased) {
			return fmt.Errorf("open an entry: %w", err)
		}
		opened := make(map[string]transparency.Opened, len(private))
		for name, d := range private {
			if sees(caller, leaf.Kind, name) {
				opened[name] = transparency.Opened(d)
			}
		}
		about, shows = engine.CustomerID(private["customer"].Value+private["reference"].Value), len(opened)
		file, err = transparency.NewReceipt(proof, opened)
		return err
	})
	if err == nil && shows > 0 {
		err = a.Views.Note(ctx, engine.Viewing{By: caller, Customer: about, What: "entry.receipt", Record: strconv.FormatUint(index, 10), Reason: why})
	}
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Certified is a proof of an entry for whom it is about: with all its private
// values. It is for the room that makes the entry, and not for callers.
func (a *Audit) Certified(ctx context.Context, index uint64) (receipt []byte, err error) {
	err = a.proved(ctx, engine.Caller{Key: engine.Operator}, index, func(v *storage.View, _ storage.Leaf, proof []byte) error {
		private, err := v.Disclose(index)
		if err != nil && !errors.Is(err, storage.ErrErased) {
			return fmt.Errorf("open an entry: %w", err)
		}
		opened := make(map[string]transparency.Opened, len(private))
		for name, d := range private {
			opened[name] = transparency.Opened(d)
		}
		receipt, err = transparency.NewReceipt(proof, opened)
		return err
	})
	return receipt, err
}

// sequel proves that the journal of now begins with its first entries of then.
func (a *Audit) sequel(ctx context.Context, from uint64) (hashes tlog.TreeProof, signed []byte, err error) {
	by, err := a.current(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = a.Store.View(ctx, func(v *storage.View) error {
		now, err := checkpoint(v, by.log())
		if err != nil {
			return err
		}
		if from > now.Size {
			return ErrAhead
		}
		if from > 0 {
			if hashes, err = tlog.ProveTree(int64(now.Size), int64(from), v.Hashes()); err != nil {
				return fmt.Errorf("prove what the journal was: %w", err)
			}
		}
		signed, err = now.Sign(by.seed.Bytes)
		return err
	})
	return hashes, signed, err
}

// state is how an earlier checkpoint stands to the journal.
type state string

const (
	within  state = "within"  // the journal begins with what it speaks of
	forked  state = "forked"  // it has other entries
	short   state = "short"   // it has fewer: an older state was put back
	foreign state = "foreign" // another log, or another key, signed it
)

// compare holds a checkpoint that was kept elsewhere against the journal.
func compare(v *storage.View, keys []key, signed string) (transparency.Checkpoint, state, error) {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	then, err := transparency.OpenCheckpoint([]byte(signed), names...)
	switch {
	case errors.Is(err, transparency.ErrMalformed):
		return then, "", ErrCheckpoint
	case err != nil:
		return then, foreign, nil //nolint:nilerr // that is what it is
	}
	size, err := v.Position()
	if err != nil {
		return then, "", err
	}
	if then.Size > uint64(size) {
		return then, short, nil
	}
	here, err := checkpointAt(v, then.Origin, then.Size)
	if err != nil {
		return then, "", err
	}
	if here != then {
		return then, forked, nil
	}
	return then, within, nil
}
