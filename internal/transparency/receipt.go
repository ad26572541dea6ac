package transparency

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// ErrNotOpened is said of a private value that is not the one that was committed to.
var ErrNotOpened = errors.New("a value is not the one that the entry commits to")

// Receipt is an entry that is proved, with the private values that its holder may
// know. The entry holds commitments to them.
type Receipt struct {
	Version int               `json:"receipt"` // 1
	Proof   string            `json:"proof"`   // a tlog-proof with the entry
	Opened  map[string]Opened `json:"opened,omitzero"`
}

// Opened is a value and the salt of its commitment: HMAC-SHA256(salt, name || 0 || value).
type Opened struct {
	Salt  []byte `json:"salt"`
	Value string `json:"value"`
}

const receiptVersion = 1

// NewReceipt is a receipt as a file.
func NewReceipt(proof []byte, opened map[string]Opened) ([]byte, error) {
	b, err := json.Marshal(Receipt{receiptVersion, string(proof), opened}, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write a receipt: %w", err)
	}
	return b, nil
}

// OpenReceipt checks a receipt with the keys of the log. It answers the entry, and
// the private values, each of which the entry commits to.
func OpenReceipt(file []byte, keys ...string) (Entry, map[string]string, error) {
	var r Receipt
	if err := json.Unmarshal(file, &r, json.RejectUnknownMembers(true)); err != nil || r.Version != receiptVersion {
		return Entry{}, nil, fmt.Errorf("%w: a receipt", ErrMalformed)
	}
	e, err := OpenProof([]byte(r.Proof), keys...)
	if err != nil {
		return Entry{}, nil, err
	}
	if err := Committed(e.Leaf, r.Opened); err != nil {
		return Entry{}, nil, err
	}
	values := make(map[string]string, len(r.Opened))
	for name, o := range r.Opened {
		values[name] = o.Value
	}
	return e, values, nil
}

// Committed says whether an entry commits to each of the values.
func Committed(entry []byte, values map[string]Opened) error {
	var leaf struct {
		Private map[string][]byte `json:"private"`
	}
	if err := json.Unmarshal(entry, &leaf); err != nil {
		return fmt.Errorf("%w: an entry", ErrMalformed)
	}
	for name, o := range values {
		mac := hmac.New(sha256.New, o.Salt)
		mac.Write([]byte(name))
		mac.Write([]byte{0})
		mac.Write([]byte(o.Value))
		if !hmac.Equal(mac.Sum(nil), leaf.Private[name]) {
			return fmt.Errorf("%w: %s", ErrNotOpened, name)
		}
	}
	return nil
}
