package stepup

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type customerLockPath struct {
	Customer engine.CustomerID `path:"customerId" doc:"Your own name for the customer." maxLength:"256"`
}

type deviceLockPath struct {
	Device engine.DeviceID `path:"deviceId" doc:"Your own name for the device." maxLength:"128"`
}

type unlockBody struct {
	Reason string `json:"reason,omitzero" doc:"Why, in words for the evidence." maxLength:"256"`
}

type lockAnswer struct {
	Locked            bool      `json:"locked"`
	Failures          int       `json:"failures" doc:"Failures in a row since the last success."`
	Until             time.Time `json:"until,omitzero" doc:"When the lock ends by itself."`
	RetryAfterSeconds int64     `json:"retryAfterSeconds,omitzero"`
}

type unlockAnswer struct {
	Unlocked bool `json:"unlocked" doc:"Always true: nothing is counted against the customer or device any more."`
	Was      bool `json:"was" doc:"Whether there was a lock to end."`
}

func (s *StepUp) lockRoutes(r *web.Router) {
	const about = "The failures counted so far are forgotten. Who did it, and when, is in the journal."
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/api/identity/customers/{customerId}/lock", ID: "getCustomerLock", Tag: "Lockout",
		Summary: "Is a customer locked out?", Family: web.Identity, Scope: engine.ViewVerifications,
	}, func(ctx context.Context, p customerLockPath, _ web.None) (lockAnswer, error) {
		return s.lock(ctx, s.customer(web.CallerOf(ctx).Org, p.Customer))
	})
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/customers/{customerId}/unlock", ID: "unlockCustomer", Tag: "Lockout",
		Summary: "End a customer's lockout", About: about, Family: web.Identity, Scope: engine.UnlockCustomers, OptionalBody: true,
		Faults: []*fault.Fault{storage.Full, storage.Failed},
	}, func(ctx context.Context, p customerLockPath, b unlockBody) (unlockAnswer, error) {
		return s.unlock(ctx, s.customer(web.CallerOf(ctx).Org, p.Customer), "customer", string(p.Customer), b.Reason)
	})
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: "/api/identity/devices/{deviceId}/lock", ID: "getDeviceLock", Tag: "Lockout",
		Summary: "Is a device locked out?", Family: web.Identity, Scope: engine.ViewVerifications,
	}, func(ctx context.Context, p deviceLockPath, _ web.None) (lockAnswer, error) {
		return s.lock(ctx, s.device(web.CallerOf(ctx).Org, p.Device))
	})
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: "/api/identity/devices/{deviceId}/unlock", ID: "unlockDevice", Tag: "Lockout",
		Summary: "End a device's lockout", About: about, Family: web.Identity, Scope: engine.UnlockCustomers, OptionalBody: true,
		Faults: []*fault.Fault{storage.Full, storage.Failed},
	}, func(ctx context.Context, p deviceLockPath, b unlockBody) (unlockAnswer, error) {
		return s.unlock(ctx, s.device(web.CallerOf(ctx).Org, p.Device), "device", string(p.Device), b.Reason)
	})
}

func (s *StepUp) lock(ctx context.Context, w watched) (lockAnswer, error) {
	var t tally
	err := s.Store.View(ctx, func(v *storage.View) (err error) {
		t, err = s.tally(v, w)
		return err
	})
	if err != nil {
		return lockAnswer{}, err
	}
	answer := lockAnswer{Failures: t.Failures}
	if left := t.locked(s.Now()); left > 0 {
		answer.Locked, answer.Until = true, t.Until
		answer.RetryAfterSeconds = int64((left + time.Second - 1) / time.Second)
	}
	return answer, nil
}

// unlock forgets the failures of a customer or device, and keeps who did so.
func (s *StepUp) unlock(ctx context.Context, w watched, kind, name, reason string) (unlockAnswer, error) {
	caller := web.CallerOf(ctx)
	var was bool
	_, err := s.Store.Commit(ctx, func(tx *storage.Tx) error {
		t, err := s.tally(tx, w)
		if err != nil {
			return err
		}
		was = t.locked(s.Now()) > 0
		if err := s.tallies.Delete(tx, storage.Key(w.place[:])); err != nil {
			return err
		}
		_, err = tx.Log(storage.Entry{
			Kind: kind + ".unlocked", Org: string(caller.Org), Actor: string(caller.Key), Subject: w.subject,
			Public:  map[string]any{"was": was, "failures": t.Failures},
			Private: map[string]string{kind: name, "reason": reason},
		})
		return err
	})
	if err != nil {
		return unlockAnswer{}, fmt.Errorf("unlock: %w", err)
	}
	return unlockAnswer{Unlocked: true, Was: was}, nil
}
