package webhook

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// Fixed is an endpoint that stands in the configuration. It is changed there.
type Fixed struct {
	Org        engine.OrgID
	URL        string
	Events     []engine.EventName // empty: all
	Auth       string             // none, oauth2, basic or apiKey
	Credential engine.Secret
	TokenURL   string
	Secret     engine.Secret
}

// fix makes the endpoint of the configuration as it is there, or ends it.
func (w *Webhooks) fix(ctx context.Context) error {
	_, err := w.Store.Commit(ctx, func(tx *storage.Tx) error {
		list, err := w.every(tx, "")
		if err != nil {
			return err
		}
		for _, e := range list {
			if e.ID == configuredID && (w.Fixed == nil || e.Org != w.Fixed.Org) {
				if err := w.end(tx, e, "system"); err != nil {
					return err
				}
			}
		}
		if w.Fixed == nil {
			return nil
		}
		now := tx.Now().UTC().Truncate(time.Millisecond)
		e, err := w.endpoint(tx, w.Fixed.Org, configuredID)
		if errors.Is(err, ErrNone) {
			e, err = endpoint{ID: configuredID, Org: w.Fixed.Org, Label: "from the configuration", Since: uint64(tx.Position()), Created: now}, nil
		}
		if err != nil {
			return err
		}
		next := w.Fixed.onto(e, now)
		if reflect.DeepEqual(e, next) {
			return nil
		}
		next.Changed = now
		return w.put(tx, next, "system", "webhook.configured")
	})
	if errors.Is(err, storage.Full) {
		return nil // it is as it was; the disk's state is told elsewhere
	}
	if err != nil {
		return fmt.Errorf("take the endpoint of the configuration: %w", err)
	}
	return nil
}

// onto is an endpoint as the configuration has it. A changed secret signs
// beside the one before for a day.
func (f Fixed) onto(e endpoint, now time.Time) endpoint {
	e.URL, e.Events = f.URL, f.Events
	e.Auth = auth{Kind: authKind(f.Auth), Credential: f.Credential, TokenURL: f.TokenURL}
	if len(e.Secrets) == 0 || e.Secrets[0].Word != f.Secret {
		e = e.rotated(f.Secret, now, usualOverlap)
	}
	return e
}

// Check says what is wrong with an endpoint of the configuration.
func (f Fixed) Check(e Egress) error {
	var problems []error
	for _, name := range f.Events {
		if !slices.Contains(engine.EventNames(), name) {
			problems = append(problems, fmt.Errorf("webhooks.events: %q is no event", name))
		}
	}
	a := auth{Kind: authKind(f.Auth), Credential: f.Credential, TokenURL: f.TokenURL}
	if !slices.Contains([]authKind{authNone, authOAuth2, authBasic, authAPIKey}, a.Kind) {
		problems = append(problems, errors.New("webhooks.auth: must be none, oauth2, basic or apiKey"))
	}
	if field, sentence := a.wrong(); field != "" {
		problems = append(problems, fmt.Errorf("webhooks.%s: %s", field, sentence))
	}
	if sentence := e.wrong(f.URL); sentence != "" {
		problems = append(problems, fmt.Errorf("webhooks.url: %s", sentence))
	}
	if len(f.Secret) < leastSecret {
		problems = append(problems, fmt.Errorf("webhooks.secret: must have at least %d characters", leastSecret))
	}
	return errors.Join(problems...)
}
