package storage

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Entry is what a room writes into the journal.
type Entry struct {
	// Kind says what happened, "stepup.decided".
	Kind string
	// Org is whose journal line it is.
	Org string
	// Actor is the id of the API key that asked, or "system".
	Actor string
	// Subject is whom the private part is about.
	Subject Subject
	// Public becomes JSON in the leaf, and stays for ever: never personal data.
	Public any
	// Private is personal: the leaf holds only a salted commitment to each
	// value, HMAC-SHA256(salt, name || 0 || value). Salts and values lie in a
	// record under the subject's key, and go with it.
	Private map[string]string
}

// Leaf is one line of the journal, as it was written.
type Leaf struct {
	Index       uint64
	Time        time.Time
	Kind        string
	Org         string
	Actor       string
	Public      jsontext.Value    // nil when there was none
	Commitments map[string][]byte // one HMAC-SHA256 for each private value
	Writes      []Write           // records that this commit put or deleted
	Forgot      [][]byte          // ids of the data keys that it destroyed
	Raw         []byte            // the leaf's bytes: what its hash covers
}

// Write names a record without telling which: a keyed hash of its key, and a
// hash of its sealed value (zero when it was deleted).
type Write struct{ Key, Value [16]byte }

// leafJSON is the leaf as text. Its members stand in the order of RFC 8785,
// so that marshalling it is canonical. Integers in "public" keep their digits.
type leafJSON struct {
	Actor   string            `json:"actor"`
	Forgot  [][]byte          `json:"forgot,omitempty"`
	Index   uint64            `json:"index"`
	Kind    string            `json:"kind"`
	Org     string            `json:"org"`
	Private map[string][]byte `json:"private,omitempty"`
	Public  jsontext.Value    `json:"public,omitzero"`
	Time    time.Time         `json:"time"`
	V       int               `json:"v"`
	Writes  [][]byte          `json:"writes,omitempty"`
}

const leafVersion = 1

var errLeaf = errors.New("a journal leaf is altered")

func (l leafJSON) bytes() ([]byte, error) {
	b, err := json.Marshal(l, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write a journal leaf: %w", err)
	}
	return b, nil
}

// canonical is v as JSON with sorted members.
func canonical(v any) (jsontext.Value, error) {
	if v == nil {
		return nil, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write the public part of a journal entry: %w", err)
	}
	out := jsontext.Value(b)
	if err := out.Canonicalize(jsontext.CanonicalizeRawInts(false)); err != nil {
		return nil, fmt.Errorf("write the public part of a journal entry: %w", err)
	}
	return out, nil
}

func parseLeaf(raw []byte) (Leaf, error) {
	var j leafJSON
	if err := json.Unmarshal(raw, &j, json.RejectUnknownMembers(true)); err != nil {
		return Leaf{}, errLeaf
	}
	if j.V != leafVersion {
		return Leaf{}, errLeaf
	}
	l := Leaf{
		Index: j.Index, Time: j.Time, Kind: j.Kind, Org: j.Org, Actor: j.Actor,
		Public: j.Public, Commitments: j.Private, Forgot: j.Forgot, Raw: raw,
	}
	for _, w := range j.Writes {
		if len(w) != 32 {
			return Leaf{}, errLeaf
		}
		l.Writes = append(l.Writes, Write{[16]byte(w[:16]), [16]byte(w[16:])})
	}
	return l, nil
}

const saltSize = 16

// Disclosed is one private value of a journal entry with the salt that proves it:
// the leaf holds HMAC-SHA256(salt, name || 0 || value).
type Disclosed struct {
	Salt  []byte `json:"salt"`
	Value string `json:"value"`
}

// conceal makes salts, and commitments to the values.
func conceal(random io.Reader, private map[string]string) (map[string]Disclosed, map[string][]byte, error) {
	opening := make(map[string]Disclosed, len(private))
	commitments := make(map[string][]byte, len(private))
	for name, value := range private {
		d := Disclosed{make([]byte, saltSize), value}
		if _, err := io.ReadFull(random, d.Salt); err != nil {
			return nil, nil, fmt.Errorf("read randomness for a salt: %w", err)
		}
		opening[name], commitments[name] = d, d.commitment(name)
	}
	return opening, commitments, nil
}

func (d Disclosed) commitment(name string) []byte {
	mac := hmac.New(sha256.New, d.Salt)
	mac.Write([]byte(name))
	mac.Write([]byte{0})
	mac.Write([]byte(d.Value))
	return mac.Sum(nil)
}
