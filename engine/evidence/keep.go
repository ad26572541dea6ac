package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// mostPicture is the largest picture that is kept, in bytes.
const mostPicture = 800 << 10

// sealed is a capture ready to be written.
type sealed struct {
	kept
	record, picture []byte
	connection      string
	staged          bool // the parts are written already
}

// pieces are the parts of a capture that lies at a key.
func (s sealed) pieces(at storage.Key) []piece {
	return append(pieces(at, ofRecord, s.record), pieces(at, ofPicture, s.picture)...)
}

// pack makes a capture's record, with the picture beside it.
func pack(c engine.Capture) (sealed, error) {
	if len(c.Picture) == 0 || len(c.Picture) > mostPicture {
		return sealed{}, fmt.Errorf("evidence: a capture's picture has 1 to %d bytes", mostPicture)
	}
	picture := c.Picture
	c.Picture = nil
	record, err := json.Marshal(c, json.Deterministic(true))
	if err != nil {
		return sealed{}, fmt.Errorf("write a capture: %w", err)
	}
	ofRecord, ofPicture := sha256.Sum256(record), sha256.Sum256(picture)
	return sealed{record: record, picture: picture, connection: c.Connection, kept: kept{
		ID: c.ID, Challenge: c.Challenge, Org: c.Org, Customer: c.Customer, Device: c.Device,
		Record: ofRecord[:], Picture: ofPicture[:], Created: c.Created,
	}}, nil
}

// unpack is the capture whose record and picture were written.
func unpack(record, picture []byte) (engine.Capture, error) {
	var c engine.Capture
	if err := json.Unmarshal(record, &c); err != nil {
		// The text of the error could repeat what the record holds.
		return engine.Capture{}, errors.New("evidence: a capture's record is not of its type")
	}
	c.Picture = picture
	return c, nil
}

// Keep seals the capture of a challenge that is capturing, and answers its
// bundle. Whose capture it is, the challenge says.
func (e *Evidence) Keep(ctx context.Context, c engine.Capture) (bundle string, err error) {
	ch, err := e.Challenge(ctx, c.Challenge)
	if err != nil {
		return "", fmt.Errorf("keep capture: %w", err)
	}
	c.Org, c.Customer, c.Device, c.Profile = ch.Org, ch.Customer, ch.Device, ch.Profile
	if c, err = e.named(c); err != nil {
		return "", err
	}
	s, err := pack(c)
	if err != nil {
		return "", err
	}
	id, err := engine.NewID[string]("bdl", c.Created, e.Random)
	if err != nil {
		return "", err
	}
	s.Bundle = id
	if bundle, err = e.finish(ctx, s); errors.Is(err, storage.TooLarge) {
		// A store with little room has small transactions: the parts go first.
		if err = e.stage(ctx, ch, s); err == nil {
			s.staged = true
			bundle, err = e.finish(ctx, s)
		}
	}
	if err != nil {
		return "", fmt.Errorf("keep capture: %w", err)
	}
	return bundle, nil
}

// finish writes a capture in one transaction with the end of its challenge, and
// signs its bundle.
func (e *Evidence) finish(ctx context.Context, s sealed) (bundle string, err error) {
	_, err = e.Store.Commit(ctx, func(tx *storage.Tx) error {
		ch, err := e.challenge(tx, s.Challenge)
		if err != nil {
			return err
		}
		if ch.State != Capturing {
			return ErrEnded
		}
		if by := (Session{ID: s.ID, Connection: s.connection}); by != ch.Session {
			return errors.New("evidence: a capture comes by another session than its challenge was given to")
		}
		key, err := e.signer(tx)
		if err != nil {
			return err
		}
		if bundle, err = sign(key, e.claims(s.kept, tx.Now())); err != nil {
			return err
		}
		return e.keep(tx, ch, s, map[string]any{"kid": key.ID})
	})
	return bundle, err
}

// stage writes the parts of a capture, one in a transaction. If it is not
// finished, they are forgotten with its challenge.
func (e *Evidence) stage(ctx context.Context, ch Challenge, s sealed) error {
	subject, at := e.Subject(s.Org, s.Customer), captureAt(e.org(s.Org), s.ID)
	for _, p := range s.pieces(at) {
		_, err := e.Store.Commit(ctx, func(tx *storage.Tx) error {
			if now, err := e.challenge(tx, ch.ID); err != nil || now.State != Capturing {
				return errors.Join(err, ErrEnded)
			}
			d := due{Org: s.Org, Capture: at, Index: indexAt(subject, s.ID)}
			if err := errors.Join(
				e.parts.Put(tx, subject, p.key, p.part),
				e.due.Put(tx, storage.Subject{}, dueAt(toForget, ch.Expires, ch.ID), d),
			); err != nil {
				return err
			}
			return e.note(tx, ch, "capture.part-kept", map[string]any{"capture": s.ID})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// named is a capture with an id and a time.
func (e *Evidence) named(c engine.Capture) (_ engine.Capture, err error) {
	if c.Created.IsZero() {
		c.Created = e.Now()
	}
	c.Created = c.Created.UTC().Truncate(time.Millisecond)
	if c.ID == "" {
		c.ID, err = engine.NewID[engine.CaptureID]("cap", c.Created, e.Random)
	}
	return c, err
}

// claims are what the bundle of a capture says.
func (e *Evidence) claims(k kept, now time.Time) claims {
	return claims{
		ID: k.Bundle, Challenge: k.Challenge, Capture: k.ID, Customer: e.pseudonym(k.Org, k.Customer), Org: k.Org,
		Audience: e.audience, Issued: now.Unix(), Expires: now.Add(bundleLife).Unix(),
		Frame: hex.EncodeToString(k.Picture), Record: hex.EncodeToString(k.Record),
	}
}

// pseudonym is a customer in a bundle.
func (e *Evidence) pseudonym(org engine.OrgID, customer engine.CustomerID) string {
	p := e.Store.Pseudonym("bundle", string(org), string(customer))
	return hex.EncodeToString(p[:])
}

// keep writes a capture and finishes its challenge. The journal gets digests.
func (e *Evidence) keep(tx *storage.Tx, ch Challenge, s sealed, public map[string]any) error {
	subject, at := e.Subject(s.Org, s.Customer), captureAt(e.org(s.Org), s.ID)
	ch.State, ch.Capture, ch.Outcome = Finished, s.ID, "captured"
	d := due{Org: s.Org, Capture: at, Index: indexAt(subject, s.ID)}
	if ch.Profile == engine.ProfileCompat {
		d.Nonce = e.nonceAt(ch.Nonce)
	}
	if !s.staged {
		for _, p := range s.pieces(at) {
			if err := e.parts.Put(tx, subject, p.key, p.part); err != nil {
				return err
			}
		}
	}
	err := errors.Join(
		e.put(tx, ch),
		e.captures.Put(tx, subject, at, s.kept),
		e.index.Put(tx, storage.Subject{}, d.Index, pointer{}),
		e.due.Delete(tx, dueAt(toExpire, ch.Expires, ch.ID)),
		e.due.Put(tx, storage.Subject{}, dueAt(toForget, ch.Expires, ch.ID), d),
	)
	if err != nil {
		return err
	}
	public["challenge"], public["capture"], public["profile"] = s.Challenge, s.ID, ch.Profile
	public["record"] = hex.EncodeToString(s.Record)
	_, err = tx.Log(storage.Entry{
		Kind: "capture.kept", Org: string(s.Org), Actor: "system", Subject: subject, Public: public,
		Private: map[string]string{
			"customer": string(s.Customer), "device": string(s.Device), "picture": hex.EncodeToString(s.Picture),
		},
	})
	return err
}
