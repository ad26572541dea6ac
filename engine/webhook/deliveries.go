package webhook

import (
	"context"
	"encoding/hex"
	"errors"

	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// mostResent is how many deliveries become pending again in one request.
const mostResent = 500

func (w *Webhooks) delivery(ctx context.Context, p deliveryPath, _ web.None) (view deliveryView, err error) {
	err = w.view(ctx, func(v *storage.View) error {
		e, err := w.endpoint(v, web.CallerOf(ctx).Org, p.ID)
		if err != nil {
			return err
		}
		d, in, err := w.found(v, e.ID, p.Delivery)
		if errors.Is(err, ErrNoDelivery) {
			d, in, err = w.waiting(v, e.ID, p.Delivery)
		}
		view = d.show(in)
		return err
	})
	return view, err
}

// waiting is a delivery that is pending. Those lie in the order in which they
// are due, so it must be looked for.
func (w *Webhooks) waiting(r storage.Reader, of EndpointID, id DeliveryID) (delivery, state, error) {
	for row, err := range w.deliveries.Scan(r, storage.Range{Prefix: lane(pending, of)}) {
		if err != nil || row.Value.ID == id {
			return row.Value, pending, err
		}
	}
	return delivery{}, pending, ErrNoDelivery
}

func (w *Webhooks) deliveriesOf(ctx context.Context, p listParams, _ web.None) (deliveryList, error) {
	answer := deliveryList{Data: []deliveryView{}}
	in := map[string]state{"pending": pending, "delivered": delivered, "dead": dead, "": dead}[p.State]
	if p.Limit == 0 {
		p.Limit = usualPage
	}
	behind, err := hex.DecodeString(p.After)
	if err != nil {
		return answer, web.ErrInvalid.Field("cursor", "It must be next of an answer.")
	}
	err = w.view(ctx, func(v *storage.View) error {
		e, err := w.endpoint(v, web.CallerOf(ctx).Org, p.ID)
		if err != nil {
			return err
		}
		within := storage.Range{Prefix: lane(in, e.ID)}
		if len(behind) > 0 {
			within.After = append(lane(in, e.ID), behind...)
		}
		for row, err := range w.deliveries.Scan(v, within) {
			if err != nil {
				return err
			}
			if len(answer.Data) == p.Limit {
				answer.Next = hex.EncodeToString(behind)
				return nil
			}
			behind = row.Key[len(within.Prefix):]
			answer.Data = append(answer.Data, row.Value.show(in))
		}
		return nil
	})
	return answer, err
}

func (w *Webhooks) resendOne(ctx context.Context, p deliveryPath, _ web.None) (deliveryAnswer, error) {
	by := web.CallerOf(ctx)
	_, err := w.Store.Commit(ctx, func(tx *storage.Tx) error {
		e, err := w.endpoint(tx, by.Org, p.ID)
		if err != nil {
			return err
		}
		d, in, err := w.found(tx, e.ID, p.Delivery)
		if err != nil {
			return err
		}
		if err := w.anew(tx, e.ID, d, in); err != nil {
			return err
		}
		return w.log(tx, e.Org, by.Key, "webhook.resent", map[string]any{"endpoint": e.ID, "delivery": d.ID})
	})
	return deliveryAnswer{Delivery: p.Delivery}, err
}

func (w *Webhooks) resendDead(ctx context.Context, p endpointPath, _ web.None) (answer resentAnswer, err error) {
	by := web.CallerOf(ctx)
	_, err = w.Store.Commit(ctx, func(tx *storage.Tx) error {
		answer = resentAnswer{}
		e, err := w.endpoint(tx, by.Org, p.ID)
		if err != nil {
			return err
		}
		var list []delivery
		for row, err := range w.deliveries.Scan(tx, storage.Range{Prefix: lane(dead, e.ID)}) {
			if err != nil {
				return err
			}
			if len(list) == mostResent {
				answer.More = 1
				break
			}
			list = append(list, row.Value)
		}
		if answer.Resent = len(list); answer.Resent == 0 {
			return nil
		}
		for _, d := range list {
			if err := w.anew(tx, e.ID, d, dead); err != nil {
				return err
			}
		}
		return w.log(tx, e.Org, by.Key, "webhook.resent", map[string]any{"endpoint": e.ID, "deliveries": answer.Resent})
	})
	return answer, err
}

// anew makes a settled delivery pending, with all its attempts before it.
func (w *Webhooks) anew(tx *storage.Tx, of EndpointID, d delivery, in state) error {
	if err := w.deliveries.Delete(tx, d.at(in, of)); err != nil {
		return err
	}
	d.Attempts, d.Due, d.Queued = 0, tx.Now(), tx.Now()
	d.Resent++
	return w.deliveries.Put(tx, storage.Subject{}, d.at(pending, of), d)
}
