package evidence

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/room"
	"github.com/rostod/rostod/storage"
)

// holding is what is kept of people: captures, and the challenges that they came
// from.
func (e *Evidence) holding() room.Holding {
	return room.Holding{
		Name: "captures", Kind: engine.DataCaptures, Due: e.dueCaptures, Find: e.find,
		Remove: func(tx *storage.Tx, k engine.Kept) error { return e.forget(tx, k.Place) },
		Erase:  func(tx *storage.Tx, p room.Erased) (int, error) { return e.count(tx, p.Faces) }, Sweep: e.sweepErased, Tell: e.tell,
	}
}

// dueCaptures passes challenges that are over, with their captures, in the order
// of their time.
func (e *Evidence) dueCaptures(r storage.Reader, _ []engine.OrgID, ages engine.Ages) iter.Seq2[engine.Kept, error] {
	return func(yield func(engine.Kept, error) bool) {
		for row, err := range e.due.Scan(r, storage.Range{Prefix: storage.Path(toForget)}) {
			if err != nil {
				yield(engine.Kept{}, fmt.Errorf("look for old captures: %w", err))
				return
			}
			k, err := e.keptAt(r, row)
			if (err != nil || k.At.Before(ages(engine.DataCaptures, k.Org))) && !yield(k, err) {
				return
			}
		}
	}
}

// keptAt is what a row of what is due says of its challenge and capture.
func (e *Evidence) keptAt(r storage.Reader, row storage.Row[due]) (engine.Kept, error) {
	const before, timeLength = 1, 8
	if len(row.Key) < before+timeLength {
		return engine.Kept{}, errors.New("evidence: a row of what is due has no time")
	}
	at := time.Unix(0, int64(binary.BigEndian.Uint64(row.Key[before:])^1<<63)).UTC()
	k := engine.Kept{Kind: engine.DataCaptures, Org: row.Value.Org, ID: string(idIn(row.Key)), At: at, Place: row.Key}
	if c := row.Value.Capture; len(c) > len(storage.Subject{})+2 {
		k.ID = string(c[len(storage.Subject{}) : len(c)-2]) // between the org and the end of a text
	}
	c, err := e.challenges.Get(r, challengeAt(idIn(row.Key)))
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
	case err != nil:
		return k, fmt.Errorf("read an old challenge: %w", err)
	default:
		k.Customer = c.Customer
	}
	return k, nil
}

// find is a capture of an org.
func (e *Evidence) find(r storage.Reader, org engine.OrgID, id string) (engine.Kept, error) {
	k, err := e.captures.Get(r, captureAt(e.org(org), engine.CaptureID(id)))
	return engine.Kept{Kind: engine.DataCaptures, Org: org, Customer: k.Customer, ID: string(k.ID), At: k.Created}, err
}

// Of is how many captures a customer has.
func (e *Evidence) Of(r storage.Reader, org engine.OrgID, customer engine.CustomerID) (int, error) {
	return e.count(r, e.Subject(org, customer))
}

func (e *Evidence) count(r storage.Reader, faces storage.Subject) (n int, err error) {
	for _, err := range e.index.Scan(r, storage.Range{Prefix: storage.Path(faces)}) {
		if err != nil {
			return 0, fmt.Errorf("list captures: %w", err)
		}
		n++
	}
	return n, nil
}

// erasedAtOnce is how many captures of somebody who is erased one transaction
// removes: each is a dozen records.
const erasedAtOnce = 20

// sweepErased removes some of what is left of the captures of somebody who was
// erased. Nobody can read it any more.
func (e *Evidence) sweepErased(ctx context.Context, p room.Erased) (n int, err error) {
	_, err = e.Store.Commit(ctx, func(tx *storage.Tx) error {
		n = 0
		for row, err := range e.index.Scan(tx, storage.Range{Prefix: storage.Path(p.Faces)}) {
			if err != nil {
				return fmt.Errorf("list captures: %w", err)
			}
			at := append(storage.Path(e.org(p.Org)), row.Key[len(p.Faces):]...)
			if err := errors.Join(e.dropCapture(tx, at), e.index.Delete(tx, row.Key)); err != nil {
				return err
			}
			if n++; n == erasedAtOnce {
				break
			}
		}
		if n == 0 {
			return nil
		}
		_, err := tx.Log(storage.Entry{Kind: "captures.removed", Org: string(p.Org), Actor: "system", Public: map[string]any{"captures": n, "erased": p.Entry}})
		return err
	})
	return n, err
}

// told is a capture as subject access has it.
type told struct {
	ID         engine.CaptureID     `json:"id"`
	CreatedAt  time.Time            `json:"createdAt"`
	DeviceID   engine.DeviceID      `json:"deviceId,omitzero"`
	Profile    engine.Profile       `json:"profile"`
	Evidence   engine.FlashEvidence `json:"measurements"`
	Judged     any                  `json:"judgement,omitzero"`
	Picture    string               `json:"picture"`
	PictureOf  string               `json:"pictureEncoding"`
	PictureSum string               `json:"pictureSha256"`
}

// tell passes a customer's captures, with their pictures.
func (e *Evidence) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		subject := e.Subject(org, customer)
		for row, err := range e.index.Scan(r, storage.Range{Prefix: storage.Path(subject)}) {
			if err != nil {
				yield(nil, err)
				return
			}
			one, err := e.toldAt(r, append(storage.Path(e.org(org)), row.Key[len(subject):]...))
			if errors.Is(err, storage.ErrErased) || errors.Is(err, storage.ErrNotFound) {
				continue
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}

func (e *Evidence) toldAt(r storage.Reader, at storage.Key) (told, error) {
	k, err := e.captures.Get(r, at)
	if err != nil {
		return told{}, err
	}
	c, err := e.opened(r, k)
	if err != nil {
		return told{}, err
	}
	one := told{
		ID: k.ID, CreatedAt: k.Created, DeviceID: k.Device, Profile: c.Profile, Evidence: c.Flash,
		Picture: base64.StdEncoding.EncodeToString(c.Picture), PictureOf: "base64", PictureSum: fmt.Sprintf("%x", k.Picture),
	}
	if k.Finding != nil {
		one.Judged = *k.Finding
	}
	return one, nil
}
