package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The reasons why a webhook is not believed.
var (
	ErrWebhookUnsigned  = errors.New("rostod: the webhook has no signature")
	ErrWebhookSignature = errors.New("rostod: the webhook's signature is not by this secret")
	ErrWebhookTime      = errors.New("rostod: the webhook is too old, or of the future")
)

// WebhookTolerance is how far a webhook's time may be from now.
const WebhookTolerance = 5 * time.Minute

// Event is what a webhook tells. A delivery may come twice: know each ID.
type Event struct {
	ID         string          `json:"id"`
	Event      string          `json:"event"` // verification.created, customer.kyc_updated, ...
	OccurredAt time.Time       `json:"occurredAt"`
	OrgID      string          `json:"orgId"`
	Data       json.RawMessage `json:"data"`
}

// VerifyWebhook says whether a webhook is rostod's, by the headers
// webhook-id, webhook-timestamp and webhook-signature (standardwebhooks.com):
// HMAC-SHA256 over id.timestamp.body. During a change of secrets any of those
// given may sign. body is as it came, before it is read as JSON.
func VerifyWebhook(h http.Header, body []byte, now time.Time, secrets ...string) (Event, error) {
	id, stamp, list := h.Get("webhook-id"), h.Get("webhook-timestamp"), h.Get("webhook-signature")
	if id == "" || stamp == "" || list == "" {
		return Event{}, ErrWebhookUnsigned
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return Event{}, ErrWebhookTime
	}
	signed := false
	for _, secret := range secrets {
		key := webhookKey(secret)
		if len(key) == 0 {
			continue // anybody has that key
		}
		want := sum(key, id, ".", stamp, ".", string(body))
		for one := range strings.FieldsSeq(list) {
			version, text, _ := strings.Cut(one, ",")
			got, err := base64.StdEncoding.DecodeString(text)
			signed = signed || version == "v1" && err == nil && hmac.Equal(got, want)
		}
	}
	if !signed {
		return Event{}, ErrWebhookSignature
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > WebhookTolerance || age < -WebhookTolerance {
		return Event{}, ErrWebhookTime
	}
	return event(body)
}

// VerifyQuantumWebhook checks the vendor's older header, X-Quantum-Signature or
// X-Identity-Signature, which covers the body alone: a message that was
// overheard can be sent again. Prefer [VerifyWebhook].
func VerifyQuantumWebhook(h http.Header, body []byte, secret string) (Event, error) {
	text := h.Get("X-Quantum-Signature")
	if text == "" {
		text = h.Get("X-Identity-Signature")
	}
	if text == "" {
		return Event{}, ErrWebhookUnsigned
	}
	got, err := hex.DecodeString(strings.TrimPrefix(text, "sha256="))
	if err != nil || secret == "" || !hmac.Equal(got, sum([]byte(secret), string(body))) {
		return Event{}, ErrWebhookSignature
	}
	return event(body)
}

func event(body []byte) (Event, error) {
	var e Event
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, fmt.Errorf("rostod: read the webhook: %w", err)
	}
	return e, nil
}

// webhookKey is the HMAC key of a secret: what is base64 behind whsec_, or its
// own bytes.
func webhookKey(secret string) []byte {
	if text, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if key, err := base64.StdEncoding.DecodeString(text); err == nil {
			return key
		}
	}
	return []byte(secret)
}

func sum(key []byte, parts ...string) []byte {
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		m.Write([]byte(p))
	}
	return m.Sum(nil)
}
