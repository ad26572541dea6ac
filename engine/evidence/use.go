package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// Behind is the capture behind a bundle as a caller sent it: a string is a
// bundle of ours, an object a compatible one. It does not use it up.
func (e *Evidence) Behind(ctx context.Context, caller engine.Caller, customer engine.CustomerID, bundle jsontext.Value) (engine.Capture, error) {
	switch bundle.Kind() {
	case '"':
		var text string
		if err := json.Unmarshal(bundle, &text); err != nil {
			return engine.Capture{}, ErrAltered
		}
		return e.Open(ctx, caller, customer, text)
	case '{':
		return e.compat(ctx, caller, customer, bundle)
	default:
		return engine.Capture{}, ErrMalformed.Field("bundle", "must be the string that a capture gave, or an object")
	}
}

// Open checks a bundle of ours and answers its capture. It does not use it up.
func (e *Evidence) Open(ctx context.Context, caller engine.Caller, customer engine.CustomerID, bundle string) (engine.Capture, error) {
	l, err := read(bundle)
	if err != nil {
		return engine.Capture{}, err
	}
	if l.Audience != e.audience {
		return engine.Capture{}, ErrForeign
	}
	var c engine.Capture
	err = e.Store.View(ctx, func(v *storage.View) error {
		public, err := e.public(v, l.kid)
		switch {
		case err != nil:
			return err
		case !l.signedBy(public):
			return ErrAltered
		}
		if err := l.about(e.audience, caller.Org, e.pseudonym(caller.Org, customer), e.Now()); err != nil {
			return err
		}
		k, err := e.kept(v, caller.Org, l.Capture)
		switch {
		case err != nil:
			return err
		case !k.Used.IsZero():
			return ErrUsed
		case !l.tells(k):
			return ErrAltered
		}
		c, err = e.opened(v, k)
		return err
	})
	if err != nil {
		return engine.Capture{}, fmt.Errorf("open bundle: %w", err)
	}
	return c, nil
}

// kept is what is known of a capture, or ErrErased.
func (e *Evidence) kept(r storage.Reader, org engine.OrgID, id engine.CaptureID) (kept, error) {
	k, err := e.captures.Get(r, captureAt(e.org(org), id))
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return kept{}, ErrErased
	case err != nil:
		return kept{}, fmt.Errorf("read capture: %w", err)
	}
	return k, nil
}

// opened reads a capture whole, and holds it against its digests.
func (e *Evidence) opened(r storage.Reader, k kept) (engine.Capture, error) {
	at := captureAt(e.org(k.Org), k.ID)
	record, err1 := e.joined(r, at, ofRecord)
	picture, err2 := e.joined(r, at, ofPicture)
	if err := errors.Join(err1, err2); err != nil {
		return engine.Capture{}, fmt.Errorf("read capture: %w", err)
	}
	ofRecord, ofPicture := sha256.Sum256(record), sha256.Sum256(picture)
	if !slices.Equal(ofRecord[:], k.Record) || !slices.Equal(ofPicture[:], k.Picture) {
		return engine.Capture{}, ErrAltered
	}
	return unpack(record, picture)
}

// Use takes a capture in the transaction of what it is used for, with the
// finding as it was judged there. A capture is used once: the second time is
// bundle/used. With a compatible bundle, the capture is kept here too.
func (e *Evidence) Use(tx *storage.Tx, c engine.Capture, finding engine.LivenessFinding) error {
	if failing(finding) {
		if err := e.failed(tx, c.Org, c.Device); err != nil {
			return err
		}
	} else if err := e.tries.Delete(tx, e.triesAt(c.Org, c.Customer)); err != nil {
		return err
	}
	if c.Profile == engine.ProfileCompat {
		return e.useCompat(tx, c, finding)
	}
	k, err := e.kept(tx, c.Org, c.ID)
	if err != nil {
		return err
	}
	if !k.Used.IsZero() {
		return ErrUsed
	}
	k.Used, k.Finding = tx.Now(), &finding
	return e.captures.Put(tx, e.Subject(c.Org, c.Customer), captureAt(e.org(c.Org), c.ID), k)
}

func (e *Evidence) useCompat(tx *storage.Tx, c engine.Capture, finding engine.LivenessFinding) error {
	ch, err := e.challenge(tx, c.Challenge)
	switch {
	case err != nil:
		return ErrErased
	case ch.State == Finished:
		return ErrUsed
	case ch.State != Created:
		return ErrExpired
	}
	s, err := pack(c)
	if err != nil {
		return err
	}
	s.Used, s.Finding = tx.Now(), &finding
	return e.keep(tx, ch, s, map[string]any{})
}

// Capture is a capture of an org, and how it was judged when it was used; nil
// when it was not. The error is ErrErased when it cannot be had any more.
func (e *Evidence) Capture(ctx context.Context, org engine.OrgID, id engine.CaptureID) (c engine.Capture, judged *engine.LivenessFinding, err error) {
	err = e.Store.View(ctx, func(v *storage.View) error {
		k, err := e.kept(v, org, id)
		if err != nil {
			return err
		}
		judged = k.Finding
		c, err = e.opened(v, k)
		return err
	})
	return c, judged, err
}

// Erase removes the captures of a customer and says how many there were. That
// nothing of them can be read again is for whoever forgets the key.
func (e *Evidence) Erase(tx *storage.Tx, org engine.OrgID, customer engine.CustomerID) (int, error) {
	subject, n := e.Subject(org, customer), 0
	for row, err := range e.index.Scan(tx, storage.Range{Prefix: storage.Path(subject)}) {
		if err != nil {
			return 0, fmt.Errorf("list captures: %w", err)
		}
		at := append(storage.Path(e.org(org)), row.Key[len(subject):]...)
		if err := errors.Join(e.dropCapture(tx, at), e.index.Delete(tx, row.Key)); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}
