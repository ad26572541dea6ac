package webhook

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The room's records, sealed with the key of the store: nothing in them is
// about a customer.
//
//	endpoints:  pseudonym of the org, id                  -> endpoint
//	deliveries: pending, endpoint, when it is due, id     -> delivery
//	            delivered or dead, endpoint, id           -> delivery
//	            mark                                      -> a delivery that has only Entry: the next
//	                                                         entry of the journal to queue
const (
	endpointsPrefix  = 'z'
	deliveriesPrefix = 'Z'
)

// state is where a delivery stands.
type state storage.U8

// The states.
const (
	pending   state = 0
	delivered state = 1
	dead      state = 2
)

const markByte storage.U8 = 9

// stateNames are the states as callers read them.
var stateNames = map[state]string{pending: "pending", delivered: "delivered", dead: "dead"}

// delivery is one event on its way to one endpoint.
type delivery struct {
	ID       DeliveryID       `json:"id,omitzero"`
	Event    EventID          `json:"event,omitzero"`
	Name     engine.EventName `json:"name,omitzero"`
	Entry    uint64           `json:"entry"` // of the journal
	Part     int              `json:"part,omitzero"`
	Attempts int              `json:"attempts,omitzero"`
	Resent   int              `json:"resent,omitzero"`
	Queued   time.Time        `json:"queued,omitzero"`
	Due      time.Time        `json:"due,omitzero"`  // pending: when it is tried next
	Last     time.Time        `json:"last,omitzero"` // when it was tried last
	Status   int              `json:"status,omitzero"`
	Problem  problem          `json:"problem,omitzero"` // of the last attempt
}

func (w *Webhooks) endpointAt(org engine.OrgID, id EndpointID) storage.Key {
	return storage.Path(w.Store.Pseudonym("webhooks", string(org)), storage.Text(id))
}

// lane is where the deliveries of an endpoint in a state lie.
func lane(in state, of EndpointID) storage.Key {
	return storage.Path(storage.U8(in), storage.Text(of))
}

// at is where a delivery lies. Pending ones lie in the order in which they are
// due, others in that in which they happened.
func (d delivery) at(in state, of EndpointID) storage.Key {
	if in == pending {
		return append(lane(in, of), storage.Path(storage.At(d.Due), storage.Text(d.ID))...)
	}
	return append(lane(in, of), storage.Path(storage.Text(d.ID))...)
}

// endpoint is one endpoint of an org.
func (w *Webhooks) endpoint(r storage.Reader, org engine.OrgID, id EndpointID) (endpoint, error) {
	e, err := w.endpoints.Get(r, w.endpointAt(org, id))
	if errors.Is(err, storage.ErrNotFound) {
		return e, ErrNone
	}
	if err != nil {
		return e, fmt.Errorf("read an endpoint: %w", err)
	}
	return e, nil
}

// every lists all endpoints; of one org, or of all when it is empty.
func (w *Webhooks) every(r storage.Reader, org engine.OrgID) ([]endpoint, error) {
	var within storage.Range
	if org != "" {
		within.Prefix = storage.Path(w.Store.Pseudonym("webhooks", string(org)))
	}
	var list []endpoint
	for row, err := range w.endpoints.Scan(r, within) {
		if err != nil {
			return nil, fmt.Errorf("read endpoints: %w", err)
		}
		list = append(list, row.Value)
	}
	return list, nil
}

// put writes an endpoint and says so in the journal.
func (w *Webhooks) put(tx *storage.Tx, e endpoint, by engine.KeyID, kind string) error {
	if err := w.endpoints.Put(tx, storage.Subject{}, w.endpointAt(e.Org, e.ID), e); err != nil {
		return err
	}
	return w.log(tx, e.Org, by, kind, map[string]any{"endpoint": e.ID})
}

func (w *Webhooks) log(tx *storage.Tx, org engine.OrgID, by engine.KeyID, kind string, public map[string]any) error {
	_, err := tx.Log(storage.Entry{Kind: kind, Org: string(org), Actor: string(by), Public: public})
	return err
}

// marked is the next entry of the journal to queue: everything before it was.
func (w *Webhooks) marked(r storage.Reader) (uint64, error) {
	m, err := w.deliveries.Get(r, storage.Path(markByte))
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read how far was queued: %w", err)
	}
	return m.Entry, nil
}

// found is a delivery of an endpoint that is settled, wherever it lies.
func (w *Webhooks) found(r storage.Reader, of EndpointID, id DeliveryID) (delivery, state, error) {
	for _, in := range []state{dead, delivered} {
		d, err := w.deliveries.Get(r, delivery{ID: id}.at(in, of))
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		return d, in, err
	}
	return delivery{}, 0, ErrNoDelivery
}

// eventID and deliveryID are the same for the same entry of the journal, so
// that what is sent again after a crash is known by its id.
func (w *Webhooks) eventID(n note) (EventID, error) {
	return engine.NewID[EventID]("evt", n.at, w.dice("event", "", n))
}

func (w *Webhooks) deliveryID(n note, to EndpointID) (DeliveryID, error) {
	return engine.NewID[DeliveryID]("dlv", n.at, w.dice("delivery", to, n))
}

func (w *Webhooks) dice(what string, to EndpointID, n note) *bytes.Reader {
	var at [16]byte
	binary.BigEndian.PutUint64(at[:8], n.entry)
	binary.BigEndian.PutUint64(at[8:], uint64(n.part))
	return bytes.NewReader(mac(w.Store.Secret("webhook/ids"), what, "\x00", string(to), "\x00", string(at[:])))
}

// view reads from one snapshot.
func (w *Webhooks) view(ctx context.Context, do func(*storage.View) error) error {
	return w.Store.View(ctx, do)
}
