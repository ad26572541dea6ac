package access

import (
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
		ID: k.ID, Scopes: k.Scopes, Org: k.Org, Segment: k.Segment, Label: k.Label,
		CreatedAt: k.Created, ExpiresAt: k.Expires, RevokedAt: k.Revoked,
		Capabilities: k.Capabilities, CaptureOnly: k.CaptureOnly, Sandbox: k.Sandbox,
	}
}

// put writes a key and says so in the journal. The label is the operator's own
// words, so it stays out of the leaf.
func (a *Access) put(tx *storage.Tx, actor engine.KeyID, kind string, k key) error {
	if err := a.table.Put(tx, storage.Subject{}, storage.Key(k.ID), k); err != nil {
		return err
	}
	_, err := tx.Log(storage.Entry{
		Kind: kind, Org: string(k.Org), Actor: string(actor),
		Public: map[string]any{"key": k.ID, "scopes": k.Scopes, "capabilities": k.Capabilities},
	})
	return err
}
