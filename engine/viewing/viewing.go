package viewing

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// tablePrefix owns the rows, and the index of them by customer, which holds
// nothing. Keys of both end with the time and the row's id:
//
//	0, pseudonym of the org, time, id       -> row, sealed with the key of its customer's evidence
//	1, pseudonym of the customer, time, id  -> an empty row
const tablePrefix = 'T'

const (
	ofOrg      storage.U8 = 0
	ofCustomer storage.U8 = 1
)

// before is how long the keys are in front of the time, and timeLength the time.
const (
	before     = 1 + len(storage.Subject{})
	timeLength = 8
)

type rowID string

// row is one look.
type row struct {
	ID       rowID             `json:"id,omitzero"`
	Customer engine.CustomerID `json:"customer,omitzero"`
	What     string            `json:"what,omitzero"`
	Record   string            `json:"record,omitzero"`
	Reason   string            `json:"reason,omitzero"`
	By       engine.KeyID      `json:"by,omitzero"`
	Request  string            `json:"request,omitzero"`
	Journal  uint64            `json:"journal,omitzero"`
	At       time.Time         `json:"at,omitzero"`
}

func (w *Viewings) orgAt(org engine.OrgID) storage.Key {
	return storage.Path(ofOrg, w.Store.Pseudonym("viewings", string(org)))
}

func (w *Viewings) customerAt(org engine.OrgID, customer engine.CustomerID) storage.Key {
	return storage.Path(ofCustomer, w.Store.Pseudonym("viewing", string(org), string(customer)))
}

// Note writes down that somebody is about to see something about a person. On
// an error it must not be shown.
func (w *Viewings) Note(ctx context.Context, v engine.Viewing) error {
	if w.May != nil {
		if err := w.May(ctx); err != nil {
			return err
		}
	}
	if v.Reason == "" {
		needed, err := w.Rules.ReasonNeeded(ctx, v.By.Org)
		switch {
		case err != nil:
			return err
		case needed:
			return ErrNoReason.Field("X-Access-Reason", "It is required.")
		}
	}
	id, err := engine.NewID[rowID]("view", w.Now(), w.Random)
	if err != nil {
		return err
	}
	var subject storage.Subject
	if v.Customer != "" {
		subject = w.Subject(v.By.Org, v.Customer)
	}
	_, err = w.Store.Commit(ctx, func(tx *storage.Tx) error {
		r := row{ID: id, Customer: v.Customer, What: v.What, Record: v.Record, Reason: v.Reason, By: v.By.Key, Request: web.RequestID(ctx), At: tx.Now()}
		r.Journal, err = tx.Log(storage.Entry{
			Kind: "data.viewed", Org: string(v.By.Org), Actor: string(v.By.Key), Subject: subject,
			Public:  map[string]any{"what": v.What, "record": v.Record},
			Private: map[string]string{"customer": string(v.Customer), "reason": v.Reason},
		})
		if err != nil {
			return err
		}
		end := storage.Path(storage.At(r.At), storage.Text(id))
		if err := w.table.Put(tx, subject, append(w.orgAt(v.By.Org), end...), r); err != nil {
			return err
		}
		return w.table.Put(tx, storage.Subject{}, append(w.customerAt(v.By.Org, v.Customer), end...), row{})
	})
	if err != nil {
		return fmt.Errorf("note who looks: %w", err)
	}
	return nil
}

// query is which rows are wanted: of a customer, or all; made at From or later
// and before To; in the order of time, behind After.
type query struct {
	Customer engine.CustomerID
	From, To time.Time
	After    []byte // time and id of a row
}

// found is a row; erased when nothing but its time can be read.
type found struct {
	row
	erased bool
	end    []byte
}

// rows passes the rows that are wanted, oldest first.
func (w *Viewings) rows(r storage.Reader, org engine.OrgID, q query) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		prefix, owner := w.orgAt(org), w.orgAt(org)
		if q.Customer != "" {
			prefix = w.customerAt(org, q.Customer)
		}
		within := storage.Range{Prefix: prefix}
		switch {
		case len(q.After) > 0:
			within.After = append(append(storage.Key(nil), prefix...), q.After...)
		case !q.From.IsZero():
			within.From = append(append(storage.Key(nil), prefix...), storage.Path(storage.At(q.From))...)
		}
		for one, err := range w.table.Scan(r, within) {
			if len(one.Key) < before+timeLength {
				yield(found{}, fmt.Errorf("read the access log: %w", err))
				return
			}
			f := found{row: one.Value, end: one.Key[before:]}
			if q.Customer != "" {
				f.row, err = w.table.Get(r, append(append(storage.Key(nil), owner...), f.end...))
			}
			at := timeAt(f.end)
			if !q.To.IsZero() && !at.Before(q.To) {
				return
			}
			if errors.Is(err, storage.ErrErased) {
				f, err = found{row: row{At: at}, erased: true, end: f.end}, nil
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// timeAt is the time in the end of a key, as storage.At writes it.
func timeAt(end []byte) time.Time {
	var n uint64
	for _, b := range end[:timeLength] {
		n = n<<8 | uint64(b)
	}
	return time.Unix(0, int64(n^1<<63)).UTC()
}

// tell passes the looks at a customer.
func (w *Viewings) tell(r storage.Reader, org engine.OrgID, customer engine.CustomerID) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for f, err := range w.rows(r, org, query{Customer: customer}) {
			if err == nil && f.erased {
				continue // it says nothing of anybody
			}
			if !yield(f.view(), err) {
				return
			}
		}
	}
}
