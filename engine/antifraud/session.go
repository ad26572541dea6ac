package antifraud

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
)

// sessionTime is how long a device session holds, as the contract has it.
const sessionTime = 30 * time.Minute

// The states of the device session that a request names.
const (
	sessionNone    = "none"
	sessionValid   = "valid"
	sessionUnknown = "unknown" // none of this org, or one that was swept
	sessionOver    = "expired"
)

// deviceInfo is what an app says of its device.
type deviceInfo struct {
	ID        engine.DeviceID `json:"deviceId,omitzero" doc:"Your own name for the device. Without it evaluations are counted for the session only." maxLength:"128" pattern:"^[^\\x00-\\x1f\\x7f-\\x9f]*$"`
	Platform  string          `json:"platform,omitzero" maxLength:"32" example:"android"`
	OSVersion string          `json:"osVersion,omitzero" maxLength:"64"`
	Model     string          `json:"model,omitzero" maxLength:"64"`
	Locale    string          `json:"locale,omitzero" maxLength:"35"`
	Timezone  string          `json:"timezone,omitzero" maxLength:"64"`
}

// riskSignals are what an app found on its device. A hostile app says nothing,
// so that they can only speak against it.
type riskSignals struct {
	Jailbroken bool `json:"jailbroken,omitzero"`
	Rooted     bool `json:"rooted,omitzero"`
	Emulator   bool `json:"emulator,omitzero"`
	VPN        bool `json:"vpn,omitzero"`
}

// session is one device session. Its token is nowhere; the device's own name
// only as a pseudonym.
type session struct {
	Org     engine.OrgID    `json:"org"`
	Who     storage.Subject `json:"who"` // the device, or this session
	Risk    riskSignals     `json:"risk"`
	Expires time.Time       `json:"expires"`
}

// deviceState is what is known of the device of a request.
type deviceState struct {
	State string          `json:"state"`
	Who   storage.Subject `json:"who,omitzero"`
	Risk  riskSignals     `json:"risk,omitzero"`
}

func (a *AntiFraud) sessionAt(token string) storage.Key {
	return storage.Path(aSession, a.Store.Pseudonym("device-session", token))
}

// begin keeps a device session and answers its token.
func (a *AntiFraud) begin(ctx context.Context, by engine.Caller, d deviceInfo, risk riskSignals) (token string, err error) {
	now := a.Now().UTC().Truncate(time.Millisecond)
	if token, err = engine.NewID[string]("ds", now, a.Random); err != nil {
		return "", err
	}
	s := session{Org: by.Org, Who: a.Store.Pseudonym("fraud-session", token), Risk: risk, Expires: now.Add(sessionTime)}
	if d.ID != "" {
		s.Who = a.Store.Pseudonym("fraud-device", string(by.Org), string(d.ID))
	}
	_, err = a.Store.Commit(ctx, func(tx *storage.Tx) error {
		if err := a.known.Put(tx, storage.Subject{}, a.sessionAt(token), kept{Session: &s}); err != nil {
			return err
		}
		_, err := tx.Log(storage.Entry{
			Kind: "fraud.device-session", Org: string(by.Org), Actor: string(by.Key), Public: map[string]any{"risk": risk, "platform": platform(d.Platform)},
		})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("keep the device session: %w", err)
	}
	return token, nil
}

// platform is a platform that may stand in the journal: a word of ours.
func platform(said string) string {
	switch said {
	case "ios", "android", "web":
		return said
	default:
		return "other"
	}
}

// device is what is known of the device of a session.
func (a *AntiFraud) device(r storage.Reader, org engine.OrgID, token string, now time.Time) (deviceState, error) {
	if token == "" {
		return deviceState{State: sessionNone}, nil
	}
	k, err := a.known.Get(r, a.sessionAt(token))
	switch {
	case errors.Is(err, storage.ErrNotFound) || err == nil && k.Session.Org != org:
		return deviceState{State: sessionUnknown}, nil
	case err != nil:
		return deviceState{}, fmt.Errorf("read device session: %w", err)
	case !now.Before(k.Session.Expires):
		return deviceState{State: sessionOver}, nil
	}
	return deviceState{State: sessionValid, Who: k.Session.Who, Risk: k.Session.Risk}, nil
}
