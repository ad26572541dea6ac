package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// follower names the room among those that follow the journal.
const follower = "webhook"

// tested is the kind of entry that asks for webhook.test.
const tested = "webhook.tested"

// mostAtOnce is how many events are queued in one transaction: a journal entry
// names each record, and an org has as many endpoints as mostEndpoints.
const mostAtOnce = 32

// again is how long is waited when something could not be read or written.
const again = time.Second

// note is one event, before it is known who is told of it.
type note struct {
	entry uint64
	part  int
	at    time.Time
	org   engine.OrgID
	name  engine.EventName
	only  EndpointID // who alone is told; empty: who wants it
}

// follow queues what the entries say, and tries until it is queued: an entry
// that was passed over would never be told.
func (w *Webhooks) follow(ctx context.Context, leaves []storage.Leaf) error {
	for {
		err := w.queue(ctx, leaves)
		if err == nil || ctx.Err() != nil {
			break
		}
		w.Log.LogAttrs(ctx, slog.LevelError, "notifications are not queued", slog.String("room", "webhook"), slog.String("err", err.Error()))
		select {
		case <-time.After(again):
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if slices.ContainsFunc(leaves, func(l storage.Leaf) bool { return strings.HasPrefix(l.Kind, "webhook.") }) {
		w.wake()
	}
	return nil
}

// queue writes a row for each event and each endpoint that wants it.
func (w *Webhooks) queue(ctx context.Context, leaves []storage.Leaf) error {
	notes, err := w.notes(ctx, leaves)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(notes, mostAtOnce) {
		if _, err := w.Store.Commit(ctx, func(tx *storage.Tx) error { return w.enqueue(tx, some) }); err != nil {
			return fmt.Errorf("queue notifications: %w", err)
		}
	}
	return nil
}

// notes are the events of some entries that somebody could want.
func (w *Webhooks) notes(ctx context.Context, leaves []storage.Leaf) (list []note, err error) {
	err = w.view(ctx, func(v *storage.View) error {
		next, err := w.marked(v)
		if err != nil {
			return err
		}
		endpoints, err := w.every(v, "")
		if err != nil || len(endpoints) == 0 {
			return err
		}
		for _, l := range leaves {
			if l.Index < next {
				continue // a crash came between the rows and the follower's position
			}
			events, err := w.events(v, l)
			if err != nil {
				return err
			}
			only, err := w.only(l)
			if err != nil {
				return err
			}
			for part, e := range events {
				list = append(list, note{entry: l.Index, part: part, at: l.Time, org: engine.OrgID(l.Org), name: e.Name, only: only})
			}
		}
		return nil
	})
	return list, err
}

// events are those of one entry: none when its person was erased.
func (w *Webhooks) events(v *storage.View, l storage.Leaf) ([]engine.Event, error) {
	if l.Kind == tested {
		return []engine.Event{{Name: engine.WebhookTest, Data: map[string]string{"message": "This is a test."}}}, nil
	}
	var all []engine.Event
	for _, source := range w.Sources[l.Kind] {
		some, err := source(v, l)
		if errors.Is(err, storage.ErrErased) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("make events of journal entry %d: %w", l.Index, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// only is the one endpoint that a test is for.
func (*Webhooks) only(l storage.Leaf) (EndpointID, error) {
	if l.Kind != tested {
		return "", nil
	}
	var said struct {
		Endpoint EndpointID `json:"endpoint"`
	}
	if err := json.Unmarshal(l.Public, &said); err != nil {
		return "", fmt.Errorf("read whom a test is for: %w", err)
	}
	return said.Endpoint, nil
}

// enqueue writes rows, and up to where they were written.
func (w *Webhooks) enqueue(tx *storage.Tx, notes []note) error {
	endpoints, err := w.every(tx, "")
	if err != nil {
		return err
	}
	rows := 0
	for _, n := range notes {
		for _, e := range endpoints {
			if !e.wants(n) {
				continue
			}
			d, err := w.fresh(n, e.ID, tx.Now())
			if err != nil {
				return err
			}
			if err := w.deliveries.Put(tx, storage.Subject{}, d.at(pending, e.ID), d); err != nil {
				return err
			}
			rows++
		}
	}
	if rows == 0 {
		return nil
	}
	last := notes[len(notes)-1].entry
	if err := w.mark(tx, notes, last); err != nil {
		return err
	}
	return w.log(tx, "", "system", "webhook.queued", map[string]any{"deliveries": rows, "until": last})
}

// mark notes up to where was queued. An entry whose events are in two
// transactions is queued again after a crash between: its rows have the same
// ids.
func (w *Webhooks) mark(tx *storage.Tx, notes []note, last uint64) error {
	if len(notes) < mostAtOnce {
		last++ // it is the last transaction, so all of the entry is in it
	}
	return w.deliveries.Put(tx, storage.Subject{}, storage.Path(markByte), delivery{Entry: last})
}

// fresh is an event's delivery to an endpoint.
func (w *Webhooks) fresh(n note, to EndpointID, now time.Time) (d delivery, err error) {
	d = delivery{Name: n.name, Entry: n.entry, Part: n.part, Queued: now, Due: now} // never before what is due already
	if d.Event, err = w.eventID(n); err != nil {
		return d, err
	}
	d.ID, err = w.deliveryID(n, to)
	return d, err
}
