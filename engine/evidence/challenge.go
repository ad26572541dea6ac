package evidence

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// The states of a challenge, in the words of the capture protocol.
const (
	Created   = "created"
	Capturing = "capturing"
	Finished  = "finished"
	Expired   = "expired"
	Aborted   = "aborted"
	// Failed is a way to end: the capture went wrong by itself. The challenge
	// is then aborted, and the failure counts for its kiosk.
	Failed = "failed"
)

// longestCapture is how far behind its challenge's end a capture may finish.
const longestCapture = 5 * time.Minute

// Challenge is one wish to capture a customer's face. The capture token is
// nowhere: only its SHA-256 is kept.
type Challenge struct {
	ID        engine.ChallengeID `json:"id"`
	Org       engine.OrgID       `json:"org"`
	Customer  engine.CustomerID  `json:"customer"`
	Device    engine.DeviceID    `json:"device,omitzero"`
	Profile   engine.Profile     `json:"profile"`
	Purpose   string             `json:"purpose"`
	Nonce     string             `json:"nonce"`
	TokenHash [32]byte           `json:"tokenHash"`
	State     string             `json:"state"`
	Steps     int                `json:"steps"`
	TTL       time.Duration      `json:"-"` // sets Expires when that is zero
	Created   time.Time          `json:"created"`
	Expires   time.Time          `json:"expires"`
	Attempt   int                `json:"attempt"` // in a row of the same customer, from 1; set by Create
	Key       engine.KeyID       `json:"key,omitzero"`
	Outcome   string             `json:"outcome,omitzero"` // as the client was told: captured, retry, other_way
	Hint      string             `json:"hint,omitzero"`
	Capture   engine.CaptureID   `json:"capture,omitzero"`
	Session   Session            `json:"session,omitzero"`   // that took it
	Locale    string             `json:"locale,omitzero"`    // of the hosted page
	ReturnURL string             `json:"returnUrl,omitzero"` // where the hosted page goes when it is done

	NoOtherWay bool `json:"noOtherWay,omitzero"` // the customer can only cancel
	NoFlash    bool `json:"noFlash,omitzero"`    // the page shows no colours
	Soft       bool `json:"soft,omitzero"`       // colours change softly

	// Of the compatible profile.
	Colours []string `json:"colours,omitzero"` // #rrggbb
	HoldMs  []int    `json:"holdMs,omitzero"`
	Secret  string   `json:"secret,omitzero"` // the key of the bundle's HMAC, as it was given
}

// Session is the one capture that a challenge was given to. What another
// session, or another connection of the same client, has filmed is not its.
type Session struct {
	ID         engine.CaptureID `json:"id"`
	Connection string           `json:"connection"` // as in engine.Capture
}

// Format hides a challenge from every verb: it names a customer and a secret.
func (Challenge) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(challenge)") }

// LogValue hides a challenge from slog.
func (Challenge) LogValue() slog.Value { return slog.StringValue("(challenge)") }

// state is the state at a moment: what nobody ended in time has expired.
func (c Challenge) state(now time.Time) string {
	end := c.Expires
	if c.State == Capturing {
		end = end.Add(longestCapture)
	}
	if (c.State == Created || c.State == Capturing) && !now.Before(end) {
		return Expired
	}
	return c.State
}

// Create keeps a new challenge, and answers it with its Attempt. A customer who
// had too many of late gets challenge/too-many.
func (e *Evidence) Create(ctx context.Context, c Challenge) (Challenge, error) {
	now := e.Now().UTC().Truncate(time.Millisecond)
	if c.Created.IsZero() {
		c.Created = now
	}
	if c.Expires.IsZero() {
		c.Expires = c.Created.Add(c.TTL)
	}
	if c.ID == "" || c.Org == "" || c.Customer == "" || c.Profile == "" || !c.Expires.After(c.Created) {
		return Challenge{}, errors.New("evidence: a challenge needs an id, an org, a customer, a profile and an end after its beginning")
	}
	if c.Profile == engine.ProfileCompat && (c.Nonce == "" || c.Secret == "" || len(c.Colours) == 0 || len(c.Colours) != len(c.HoldMs)) {
		return Challenge{}, errors.New("evidence: a compatible challenge needs a nonce, a secret, and a time for each colour")
	}
	c.State = Created
	_, err := e.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		if err = e.Bars.Restricted(tx, c.Org, c.Customer); err != nil {
			return err
		}
		if c.Attempt, err = e.try(tx, c.Org, c.Customer, now); err != nil {
			return err
		}
		return e.create(tx, c)
	})
	if err != nil {
		return Challenge{}, fmt.Errorf("keep challenge: %w", err)
	}
	return c, nil
}

func (e *Evidence) create(tx *storage.Tx, c Challenge) error {
	d := due{Org: c.Org}
	if c.Profile == engine.ProfileCompat {
		d.Nonce = e.nonceAt(c.Nonce)
		if err := e.nonces.Put(tx, storage.Subject{}, d.Nonce, nonce{c.ID}); err != nil {
			return err
		}
	}
	if err := e.due.Put(tx, storage.Subject{}, dueAt(toExpire, c.Expires, c.ID), d); err != nil {
		return err
	}
	if err := e.put(tx, c); err != nil {
		return err
	}
	return e.note(tx, c, "challenge.created", map[string]any{
		"profile": c.Profile, "purpose": c.Purpose, "expires": c.Expires, "attempt": c.Attempt,
	})
}

func (e *Evidence) put(tx *storage.Tx, c Challenge) error {
	return e.challenges.Put(tx, e.Subject(c.Org, c.Customer), challengeAt(c.ID), c)
}

// note is a journal entry about a challenge: about whom, only as commitments.
func (e *Evidence) note(tx *storage.Tx, c Challenge, kind string, public map[string]any) error {
	public["challenge"] = c.ID
	actor := "system"
	if c.Key != "" && kind == "challenge.created" {
		actor = string(c.Key)
	}
	_, err := tx.Log(storage.Entry{
		Kind: kind, Org: string(c.Org), Actor: actor, Subject: e.Subject(c.Org, c.Customer), Public: public,
		Private: map[string]string{"customer": string(c.Customer), "device": string(c.Device)},
	})
	return err
}

// Challenge is a challenge as it stands now, or ErrNoChallenge.
func (e *Evidence) Challenge(ctx context.Context, id engine.ChallengeID) (Challenge, error) {
	var c Challenge
	err := e.Store.View(ctx, func(v *storage.View) (err error) {
		c, err = e.challenge(v, id)
		return err
	})
	return c, err
}

func (e *Evidence) challenge(r storage.Reader, id engine.ChallengeID) (Challenge, error) {
	if id == "" || len(id) > 64 {
		return Challenge{}, ErrNoChallenge
	}
	c, err := e.challenges.Get(r, challengeAt(id))
	switch {
	case errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrErased):
		return Challenge{}, ErrNoChallenge
	case err != nil:
		return Challenge{}, fmt.Errorf("read challenge: %w", err)
	}
	c.TTL = c.Expires.Sub(c.Created)
	c.State = c.state(e.Now())
	return c, nil
}

// Begin opens a challenge to the client that holds its token, for one session
// over one connection. It opens once.
func (e *Evidence) Begin(ctx context.Context, id engine.ChallengeID, token string, by Session) (Challenge, error) {
	if by.ID == "" || by.Connection == "" {
		return Challenge{}, errors.New("evidence: a capture begins with its session and its connection")
	}
	hash := sha256.Sum256([]byte(token))
	var c Challenge
	_, err := e.Store.Commit(ctx, func(tx *storage.Tx) (err error) {
		if c, err = e.challenge(tx, id); err != nil {
			return err
		}
		switch {
		case subtle.ConstantTimeCompare(hash[:], c.TokenHash[:]) != 1:
			return ErrToken
		case c.Profile != engine.ProfileFlash:
			return ErrCompat
		case c.State == Expired:
			return ErrOver
		case c.State != Created:
			return ErrBegun
		}
		c.State, c.Session = Capturing, by
		if err := e.put(tx, c); err != nil {
			return err
		}
		return e.note(tx, c, "challenge.begun", map[string]any{"capture": by.ID, "connection": by.Connection})
	})
	if err != nil {
		return Challenge{}, fmt.Errorf("begin capture: %w", err)
	}
	return c, nil
}

// End ends a challenge that brought no capture: Aborted, Expired or Failed,
// and the hint that the client got. One that has ended stays as it is.
func (e *Evidence) End(ctx context.Context, id engine.ChallengeID, state, hint string) error {
	if state != Aborted && state != Expired && state != Failed {
		return fmt.Errorf("evidence: a challenge does not end as %q", state)
	}
	_, err := e.Store.Commit(ctx, func(tx *storage.Tx) error {
		c, err := e.challenge(tx, id)
		if err != nil {
			return err
		}
		if c.State != Created && c.State != Capturing {
			return nil
		}
		public := map[string]any{"state": state, "hint": hint}
		c.State, c.Hint = state, hint
		if state == Failed {
			c.State, c.Outcome = Aborted, "retry"
			if err := e.failed(tx, c.Org, c.Device); err != nil {
				return err
			}
		}
		if err := e.put(tx, c); err != nil {
			return err
		}
		return e.note(tx, c, "challenge.ended", public)
	})
	if err != nil {
		return fmt.Errorf("end challenge: %w", err)
	}
	return nil
}
