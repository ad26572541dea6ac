package access

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the keys' records: the key's id -> key.
const tablePrefix = 'k'

// Key is an API key without its secret.
type Key struct {
	ID      engine.KeyID     `json:"id"`
	Org     engine.OrgID     `json:"org"`
	Segment engine.SegmentID `json:"segment,omitzero"`
	Scopes  []engine.Scope   `json:"scopes"`
	Label   string           `json:"label,omitzero"`
	Holder  engine.Holder    `json:"holder,omitzero"` // until the key is revoked
	Created time.Time        `json:"created"`
	Expires time.Time        `json:"expires,omitzero"`
	Revoked time.Time        `json:"revoked,omitzero"`

	// What its processes do; keys of before have none of it.
	Capabilities []engine.CapabilityName `json:"capabilities,omitempty"`
	CaptureOnly  bool                    `json:"captureOnly,omitempty"`
	Sandbox      bool                    `json:"sandbox,omitempty"`
}

// key is the record: a Key and the keyed hash of its secret.
type key struct {
	Key
	Hash []byte `json:"hash"`
}

func (k Key) view() keyView {
	return keyView{
		ID: k.ID, Scopes: k.Scopes, Org: k.Org, Segment: k.Segment, Label: k.Label, Holder: k.Holder,
		CreatedAt: k.Created, ExpiresAt: k.Expires, RevokedAt: k.Revoked,
		Capabilities: k.Capabilities, CaptureOnly: k.CaptureOnly, Sandbox: k.Sandbox,
	}
}

// own is whose key seals a record that names a holder.
func (a *Access) own(id engine.KeyID) storage.Subject {
	return a.Store.Pseudonym("api key", string(id))
}

// mark stands for a holder of an org; names that differ in case only are one.
func (a *Access) mark(org engine.OrgID, h engine.Holder) engine.HolderMark {
	if h == "" {
		return ""
	}
	mark := a.Store.Pseudonym("holder", string(org), strings.ToLower(string(h)))
	return engine.HolderMark(hex.EncodeToString(mark[:]))
}

// put writes a key and says so in the journal. The label is the operator's own
// words and the holder may be a person, so both stay out of the leaf.
func (a *Access) put(tx *storage.Tx, actor engine.KeyID, kind string, k key) error {
	var seal storage.Subject
	if k.Holder != "" {
		seal = a.own(k.ID)
	}
	if err := a.table.Put(tx, seal, storage.Key(k.ID), k); err != nil {
		return err
	}
	_, err := tx.Log(storage.Entry{
		Kind: kind, Org: string(k.Org), Actor: string(actor),
		Public: map[string]any{"key": k.ID, "scopes": k.Scopes, "capabilities": k.Capabilities},
	})
	return err
}
