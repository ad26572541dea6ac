package audit

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"

	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// The room's records: the keys by number, from 1, and the seeds of those that can
// still sign.
const (
	keysPrefix  = 'L'
	seedsPrefix = 'l'
)

// key is what the journal is or was signed with.
type key struct {
	Number uint32    `json:"number"`
	Name   string    `json:"name"` // the verifier key, which names the log
	Since  time.Time `json:"since"`
	Entry  uint64    `json:"entry"` // of the journal, that says so
	// Proof is that entry's, signed by the key before: whoever trusts that one can
	// trust this one. The first key has none.
	Proof []byte `json:"proof,omitempty"`
}

// seed is the private half, Ed25519, sealed with a key of its own: forgetting that
// one destroys it, wherever copies of the record lie.
type seed struct {
	Bytes []byte `json:"bytes"`
}

// Format hides a seed from every verb.
func (seed) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(seed)") }

// LogValue hides a seed from slog.
func (seed) LogValue() slog.Value { return slog.StringValue("(seed)") }

// signer is a key that can sign.
type signer struct {
	key
	seed seed
}

func keyPlace(number uint32) storage.Key { return storage.Path(storage.U32(number)) }

// subject is what the seed of a key is sealed under.
func (a *Audit) subject(number uint32) storage.Subject {
	return a.Store.Pseudonym("audit key", strconv.FormatUint(uint64(number), 10))
}

// chain are all keys, the first first.
func (a *Audit) chain(r storage.Reader) ([]key, error) {
	var list []key
	for row, err := range a.keys.Scan(r, storage.Range{}) {
		if err != nil {
			return nil, fmt.Errorf("read the log's keys: %w", err)
		}
		list = append(list, row.Value)
	}
	return list, nil
}

// current is the key to sign with: the newest that others can come to trust. The
// first is made when it is first asked for, and a change of keys that was cut off
// is brought to its end.
func (a *Audit) current(ctx context.Context) (signer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.settled(ctx, engine.Operator)
}

func (a *Audit) settled(ctx context.Context, by engine.KeyID) (signer, error) {
	var able []signer
	err := a.Store.View(ctx, func(v *storage.View) (err error) {
		able, err = a.able(v)
		return err
	})
	switch {
	case err != nil:
		return signer{}, err
	case len(able) == 0:
		return a.make(ctx, nil, by)
	case len(able) == 2:
		return a.vouch(ctx, able[0], able[1], by)
	default:
		return able[0], nil
	}
}

// able are the keys that can sign: none before the first is made, two while a change
// of keys is under way.
func (a *Audit) able(v *storage.View) (able []signer, err error) {
	all, err := a.chain(v)
	if err != nil {
		return nil, err
	}
	for _, k := range all[max(0, len(all)-2):] {
		s, err := a.seeds.Get(v, keyPlace(k.Number))
		switch {
		case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		case err != nil:
			return nil, fmt.Errorf("read the log's key: %w", err)
		default:
			able = append(able, signer{k, s})
		}
	}
	if len(all) > 0 && len(able) == 0 {
		return nil, errors.New("the log's key is missing")
	}
	return able, nil
}

// signer is the key to sign with, as a view has it: the older of two, which others
// trust already. There must be one.
func (a *Audit) signer(v *storage.View) (signer, error) {
	able, err := a.able(v)
	switch {
	case err != nil:
		return signer{}, err
	case len(able) == 0:
		return signer{}, errors.New("the log has no key yet")
	}
	return able[0], nil
}

// rotate makes the next key.
func (a *Audit) rotate(ctx context.Context, by engine.KeyID) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	before, err := a.settled(ctx, by)
	if err != nil {
		return err
	}
	next, err := a.make(ctx, &before, by)
	if err != nil {
		return err
	}
	_, err = a.vouch(ctx, before, next, by)
	return err
}

// make enters a new key, and that it was made. One that follows another is not
// signed with yet.
func (a *Audit) make(ctx context.Context, before *signer, by engine.KeyID) (signer, error) {
	next := signer{key: key{Number: 1}, seed: seed{make([]byte, ed25519.SeedSize)}}
	if _, err := io.ReadFull(a.Random, next.seed.Bytes); err != nil {
		return signer{}, fmt.Errorf("draw a log's key: %w", err)
	}
	log, public := "", map[string]any{}
	if before == nil {
		id := make([]byte, 8)
		if _, err := io.ReadFull(a.Random, id); err != nil {
			return signer{}, fmt.Errorf("draw a log's name: %w", err)
		}
		log = "rostod/" + hex.EncodeToString(id)
	} else {
		next.Number, log = before.Number+1, before.log()
		public["before"] = before.Name
	}
	var err error
	if next.Name, err = transparency.VerifierKey(log, next.seed.Bytes); err != nil {
		return signer{}, err
	}
	public["key"], public["number"] = next.Name, next.Number
	_, err = a.Store.Commit(ctx, func(tx *storage.Tx) error {
		next.Since = tx.Now().UTC().Truncate(time.Millisecond)
		next.Entry, err = tx.Log(storage.Entry{Kind: "audit.key", Actor: string(by), Public: public})
		if err != nil {
			return err
		}
		if err := a.seeds.Put(tx, a.subject(next.Number), keyPlace(next.Number), next.seed); err != nil {
			return err
		}
		return a.keys.Put(tx, storage.Subject{}, keyPlace(next.Number), next.key)
	})
	if err != nil {
		return signer{}, fmt.Errorf("keep a log's key: %w", err)
	}
	return next, nil
}

// vouch lets the key before sign for the next one, and destroys it.
func (a *Audit) vouch(ctx context.Context, before, next signer, by engine.KeyID) (signer, error) {
	err := a.Store.View(ctx, func(v *storage.View) (err error) {
		next.Proof, err = prove(v, before, next.Entry)
		return err
	})
	if err != nil {
		return signer{}, err
	}
	_, err = a.Store.Commit(ctx, func(tx *storage.Tx) error {
		if err := a.seeds.Delete(tx, keyPlace(before.Number)); err != nil {
			return err
		}
		if err := tx.Forget(a.subject(before.Number)); err != nil {
			return err
		}
		if err := a.keys.Put(tx, storage.Subject{}, keyPlace(next.Number), next.key); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{
			Kind: "audit.key.used", Actor: string(by), Public: map[string]any{"number": next.Number, "destroyed": before.Number},
		})
		return err
	})
	if err != nil {
		return signer{}, fmt.Errorf("keep a log's key: %w", err)
	}
	return next, nil
}

// checkpoint is the journal as a view has it.
func checkpoint(v *storage.View, log string) (transparency.Checkpoint, error) {
	size, err := v.Position()
	if err != nil {
		return transparency.Checkpoint{}, err
	}
	return checkpointAt(v, log, uint64(size))
}

// checkpointAt is the journal as it was when it had so many entries.
func checkpointAt(v *storage.View, log string, size uint64) (transparency.Checkpoint, error) {
	root, err := tlog.TreeHash(int64(size), v.Hashes())
	if err != nil {
		return transparency.Checkpoint{}, fmt.Errorf("read the journal's tree: %w", err)
	}
	return transparency.Checkpoint{Origin: log, Size: size, Root: root}, nil
}

// prove is an entry's proof, under a checkpoint of now.
func prove(v *storage.View, by signer, index uint64) ([]byte, error) {
	now, err := checkpoint(v, by.log())
	if err != nil {
		return nil, err
	}
	leaves, err := v.Leaves(index, 1)
	if err != nil {
		return nil, err
	}
	if len(leaves) == 0 {
		return nil, ErrNoEntry
	}
	hashes, err := tlog.ProveRecord(int64(now.Size), int64(index), v.Hashes())
	if err != nil {
		return nil, fmt.Errorf("prove an entry: %w", err)
	}
	signed, err := now.Sign(by.seed.Bytes)
	if err != nil {
		return nil, err
	}
	return transparency.Proof(index, leaves[0].Raw, hashes, signed), nil
}
