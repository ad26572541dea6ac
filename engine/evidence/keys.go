package evidence

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/rostod/rostod/storage"
)

// keyLife is how long one key signs. Older ones keep only their public half,
// by which bundles that are still under way are checked.
const keyLife = 90 * 24 * time.Hour

// signingKey is a key that signs bundles.
type signingKey struct {
	ID      string    `json:"id"`
	Seed    []byte    `json:"seed,omitzero"` // Ed25519; gone when it signs no more
	Public  []byte    `json:"public"`
	Created time.Time `json:"created"`
}

// signer is the key that signs now. There is always one: the first capture
// makes the first.
func (e *Evidence) signer(tx *storage.Tx) (signingKey, error) {
	for row, err := range e.keys.Scan(tx, storage.Range{}) {
		if err != nil {
			return signingKey{}, fmt.Errorf("read the keys that sign bundles: %w", err)
		}
		k := row.Value
		if len(k.Seed) == 0 {
			continue
		}
		if age := tx.Now().Sub(k.Created); age >= 0 && age < keyLife {
			return k, nil
		}
		k.Seed = nil
		if err := e.keys.Put(tx, storage.Subject{}, storage.Key(k.ID), k); err != nil {
			return signingKey{}, err
		}
	}
	return e.newSigner(tx)
}

func (e *Evidence) newSigner(tx *storage.Tx) (signingKey, error) {
	k := signingKey{Seed: make([]byte, ed25519.SeedSize), Created: tx.Now()}
	if _, err := io.ReadFull(e.Random, k.Seed); err != nil {
		return signingKey{}, fmt.Errorf("read randomness for a key: %w", err)
	}
	public, ok := ed25519.NewKeyFromSeed(k.Seed).Public().(ed25519.PublicKey)
	if !ok {
		return signingKey{}, errors.New("evidence: the public half of an Ed25519 key is not one")
	}
	name := sha256.Sum256(public)
	k.ID, k.Public = hex.EncodeToString(name[:8]), public
	if err := e.keys.Put(tx, storage.Subject{}, storage.Key(k.ID), k); err != nil {
		return signingKey{}, err
	}
	_, err := tx.Log(storage.Entry{Kind: "bundle.key-made", Actor: "system", Public: map[string]any{"kid": k.ID}})
	return k, err
}

// public is the public half of a key; nil when it is not one of ours.
func (e *Evidence) public(r storage.Reader, kid string) ([]byte, error) {
	if kid == "" || len(kid) > 64 {
		return nil, nil
	}
	k, err := e.keys.Get(r, storage.Key(kid))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a key that signs bundles: %w", err)
	}
	return k.Public, nil
}
