package evidence

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// Limits of a compatible bundle.
const (
	mostFrames = 60
	mostFrame  = 400 << 10 // bytes
	// clockSkew is how far the device's clock may be from ours.
	clockSkew = time.Minute
)

// envelope is what is read of a compatible bundle before it is known who
// signed it. What else is in it counts for the signature and is not believed.
type envelope struct {
	Version   string         `json:"version"`
	SDK       string         `json:"sdkVersion"`
	Platform  string         `json:"platform"`
	Frames    jsontext.Value `json:"frames"`
	Samples   jsontext.Value `json:"flashSamples"`
	Captured  time.Time      `json:"capturedAt"`
	Nonce     string         `json:"flashChallengeNonce"`
	Signature string         `json:"signature"`
}

// open reads the envelope of a bundle, and says everything that it lacks.
func open(bundle jsontext.Value) (envelope, error) {
	var v envelope
	if err := json.Unmarshal(bundle, &v); err != nil {
		return envelope{}, ErrMalformed.Field("bundle", "has a member of another type than the contract's")
	}
	bad := ErrMalformed
	for name, ok := range map[string]bool{
		"version": v.Version != "", "sdkVersion": v.SDK != "", "platform": v.Platform != "",
		"frames": v.Frames.Kind() == '[', "capturedAt": !v.Captured.IsZero(),
		"flashChallengeNonce": v.Nonce != "", "signature": v.Signature != "",
	} {
		if !ok {
			bad = bad.Field("bundle."+name, "is missing")
		}
	}
	if len(bad.Fields) > 0 {
		return envelope{}, bad
	}
	return v, nil
}

// signedWith says whether the bundle's signature is the HMAC-SHA256, in
// hexadecimal, of its canonical JSON (RFC 8785) without the member signature.
func signedWith(secret string, bundle jsontext.Value, signature string) (bool, error) {
	text, err := canonical(bundle)
	if err != nil {
		return false, err
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(text)
	said, err := hex.DecodeString(signature)
	return hmac.Equal(mac.Sum(nil), said) && err == nil, nil
}

// canonical is what a compatible bundle's signature covers.
func canonical(bundle jsontext.Value) (jsontext.Value, error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(bundle, &members); err != nil {
		return nil, fmt.Errorf("read a bundle: %w", err)
	}
	delete(members, "signature")
	text, err := json.Marshal(members)
	if err != nil {
		return nil, fmt.Errorf("write a bundle: %w", err)
	}
	out := jsontext.Value(text)
	if err := out.Canonicalize(); err != nil {
		return nil, fmt.Errorf("write a bundle: %w", err)
	}
	return out, nil
}

// compat makes a capture of a compatible bundle. Whose it is and what was
// shown, the challenge says; all else is seen in the frames. It is kept when it
// is used.
func (e *Evidence) compat(ctx context.Context, caller engine.Caller, customer engine.CustomerID, bundle jsontext.Value) (engine.Capture, error) {
	v, err := open(bundle)
	if err != nil {
		return engine.Capture{}, err
	}
	ch, err := e.answered(ctx, caller, customer, v.Nonce)
	if err != nil {
		return engine.Capture{}, err
	}
	signed, err := signedWith(ch.Secret, bundle, v.Signature)
	switch {
	case err != nil, !signed:
		return engine.Capture{}, ErrAltered
	case v.Captured.Before(ch.Created.Add(-clockSkew)), v.Captured.After(e.Now().Add(clockSkew)), v.Captured.After(ch.Expires.Add(clockSkew)):
		return engine.Capture{}, ErrWindow.Field("bundle.capturedAt", "is not between the challenge and its end")
	}
	frames, err := v.stills(ch.HoldMs)
	if err != nil {
		return engine.Capture{}, err
	}
	return e.seen(ctx, ch, frames)
}

// answered is the challenge that a compatible bundle answers, if it may.
func (e *Evidence) answered(ctx context.Context, caller engine.Caller, customer engine.CustomerID, said string) (Challenge, error) {
	var ch Challenge
	err := e.Store.View(ctx, func(v *storage.View) error {
		n, err := e.nonces.Get(v, e.nonceAt(said))
		if errors.Is(err, storage.ErrNotFound) {
			return ErrNonce.Field("bundle.flashChallengeNonce", "is of no challenge with profile compat")
		}
		if err != nil {
			return fmt.Errorf("read nonce: %w", err)
		}
		ch, err = e.challenge(v, n.Challenge)
		if errors.Is(err, ErrNoChallenge) {
			return ErrErased
		}
		return err
	})
	switch {
	case err != nil:
		return Challenge{}, err
	case ch.Org != caller.Org, ch.Customer != customer:
		return Challenge{}, ErrForeign
	case ch.State == Finished:
		return Challenge{}, ErrUsed
	case ch.State != Created:
		return Challenge{}, ErrExpired
	}
	return ch, nil
}

// stills are the frames with their times: those of the flash samples when
// there are as many, else evenly over the time that the colours take.
func (v envelope) stills(holdMs []int) ([]engine.Still, error) {
	var pictures []web.Base64
	if err := json.Unmarshal(v.Frames, &pictures); err != nil {
		return nil, ErrFrames.Field("bundle.frames", "must be a list of pictures in base64")
	}
	if len(pictures) == 0 || len(pictures) > mostFrames {
		return nil, ErrFrames.Field("bundle.frames", fmt.Sprintf("must be 1 to %d", mostFrames))
	}
	at := v.times(len(pictures), holdMs)
	stills := make([]engine.Still, len(pictures))
	for i, p := range pictures {
		if len(p) == 0 || len(p) > mostFrame {
			return nil, ErrFrames.Field(fmt.Sprintf("bundle.frames[%d]", i), fmt.Sprintf("must have 1 to %d bytes", mostFrame))
		}
		stills[i] = engine.Still{Data: p, At: at[i]}
	}
	return stills, nil
}

// times are when n frames were taken, in milliseconds after the first colour.
// Times that do not rise, or lie outside the sequence and the second behind it,
// are not believed.
func (v envelope) times(n int, holdMs []int) []float64 {
	total := 0.0
	for _, ms := range holdMs {
		total += float64(ms)
	}
	var samples []struct {
		T float64 `json:"tMs"`
	}
	if len(v.Samples) > 0 && json.Unmarshal(v.Samples, &samples) == nil && len(samples) == n {
		at, last := make([]float64, n), -1.0
		for i, s := range samples {
			if s.T < 0 || s.T <= last || s.T > total+1000 {
				at = nil
				break
			}
			at[i], last = s.T, s.T
		}
		if at != nil {
			return at
		}
	}
	at := make([]float64, n)
	for i := range at {
		at[i] = total * (float64(i) + 0.5) / float64(n)
	}
	return at
}
