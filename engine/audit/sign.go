package audit

import (
	"context"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// Keys are the verifier keys of the journal, the first first, and the proofs of its
// changes of keys (transparency.Follow). The first key is made when there is none.
func (a *Audit) Keys(ctx context.Context) (names []string, proofs [][]byte, err error) {
	if _, err := a.current(ctx); err != nil {
		return nil, nil, err
	}
	err = a.Store.View(ctx, func(v *storage.View) error {
		all, err := a.chain(v)
		for _, k := range all {
			names = append(names, k.Name)
			if k.Proof != nil {
				proofs = append(proofs, k.Proof)
			}
		}
		return err
	})
	return names, proofs, err
}

// At is the checkpoint of the journal's first size entries, signed.
func (a *Audit) At(v *storage.View, size uint64) (transparency.Checkpoint, []byte, error) {
	by, err := a.signer(v)
	if err != nil {
		return transparency.Checkpoint{}, nil, err
	}
	then, err := checkpointAt(v, by.log(), size)
	if err != nil {
		return then, nil, err
	}
	signed, err := then.Sign(by.seed.Bytes)
	return then, signed, err
}

// State signs lines of a kind for the journal (transparency.State).
func (a *Audit) State(ctx context.Context, kind string, lines ...string) ([]byte, error) {
	by, err := a.current(ctx)
	if err != nil {
		return nil, err
	}
	return transparency.State(by.log(), by.seed.Bytes, kind, lines...)
}

// Rotate makes the next key.
func (a *Audit) Rotate(ctx context.Context) error { return a.rotate(ctx, engine.Operator) }
