package webhook

import (
	"context"

	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// mostResent is how many deliveries become pending again in one request.
const mostResent = 500

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
	d.Attempts, d.Due = 0, tx.Now()
	d.Resent++
	return w.deliveries.Put(tx, storage.Subject{}, d.at(pending, of), d)
}
