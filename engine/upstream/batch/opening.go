package batch

import (
	"crypto/hpke"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/internal/transparency"
)

// Openings are private values by entry and name, each with the salt of its commitment.
type Openings map[uint64]map[string]transparency.Opened

// suite is how private values are sealed to headquarters (RFC 9180): ML-KEM-768 with
// X25519, so that what is recorded today cannot be opened by a quantum computer later.
func suite() (hpke.KEM, hpke.KDF, hpke.AEAD) {
	return hpke.MLKEM768X25519(), hpke.HKDFSHA256(), hpke.AES256GCM()
}

// purpose binds a sealed message to its place: it opens as nothing else.
func purpose(origin string, from, to uint64) []byte {
	return fmt.Appendf(nil, "rostod/openings/v1\n%s\n%d %d", origin, from, to)
}

// Seal seals openings of entries [from, to) to headquarters' key; nil when there are none.
func (o Openings) Seal(to hpke.PublicKey, origin string, first, end uint64) ([]byte, error) {
	if len(o) == 0 {
		return nil, nil
	}
	plain := make(map[string]map[string]transparency.Opened, len(o))
	for index, values := range o {
		plain[strconv.FormatUint(index, 10)] = values
	}
	text, err := json.Marshal(plain, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write openings: %w", err)
	}
	packed, err := pack(text)
	if err != nil {
		return nil, err
	}
	_, kdf, aead := suite()
	sealed, err := hpke.Seal(to, kdf, aead, purpose(origin, first, end), packed)
	if err != nil {
		return nil, fmt.Errorf("seal openings: %w", err)
	}
	return sealed, nil
}

// OpenOpenings opens what a batch has sealed, and holds each value to what its entry
// commits to.
func (b Batch) OpenOpenings(key hpke.PrivateKey) (Openings, error) {
	if b.Openings == nil {
		return Openings{}, nil
	}
	_, kdf, aead := suite()
	packed, err := hpke.Open(key, kdf, aead, purpose(b.Origin, b.From, b.To), b.Openings)
	if err != nil {
		return nil, fmt.Errorf("%w: openings that are not sealed to this key", ErrMalformed)
	}
	text, err := unpack(packed, mostBody)
	if err != nil {
		return nil, err
	}
	var plain map[string]map[string]transparency.Opened
	if err := json.Unmarshal(text, &plain); err != nil {
		return nil, fmt.Errorf("%w: openings", ErrMalformed) // the error could repeat a value
	}
	out := make(Openings, len(plain))
	for name, values := range plain {
		index, err := strconv.ParseUint(name, 10, 62)
		if err != nil || index < b.From || index >= b.To {
			return nil, fmt.Errorf("%w: an opening of no entry", ErrMalformed)
		}
		if err := transparency.Committed(b.Entries[index-b.From], values); err != nil {
			return nil, errors.Join(ErrOpening, err)
		}
		out[index] = values
	}
	return out, nil
}
