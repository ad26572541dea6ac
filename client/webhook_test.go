package client

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// The published vector of Standard Webhooks' libraries.
const (
	vectorSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorTime      = 1614265330
	vectorBody      = `{"test": 2432232314}`
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

func headers(id string, at int64, signature string) http.Header {
	h := http.Header{}
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", strconv.FormatInt(at, 10))
	h.Set("webhook-signature", signature)
	return h
}

func TestWebhooks(t *testing.T) {
	now := time.Unix(vectorTime, 0)
	good := headers(vectorID, vectorTime, vectorSignature)
	for _, tt := range []struct {
		name    string
		header  http.Header
		body    string
		now     time.Time
		secrets []string
		want    error
	}{
		{"the published vector", good, vectorBody, now, []string{vectorSecret}, nil},
		{"one of two secrets", good, vectorBody, now, []string{"whsec_AAAA", vectorSecret}, nil},
		{"one of two signatures", headers(vectorID, vectorTime, "v1,AAAA v9,BBBB "+vectorSignature), vectorBody, now, []string{vectorSecret}, nil},
		{"four minutes late", good, vectorBody, now.Add(4 * time.Minute), []string{vectorSecret}, nil},
		{"six minutes late", good, vectorBody, now.Add(6 * time.Minute), []string{vectorSecret}, ErrWebhookTime},
		{"of the future", good, vectorBody, now.Add(-6 * time.Minute), []string{vectorSecret}, ErrWebhookTime},
		{"another body", good, vectorBody + " ", now, []string{vectorSecret}, ErrWebhookSignature},
		{"another id", headers("msg_x", vectorTime, vectorSignature), vectorBody, now, []string{vectorSecret}, ErrWebhookSignature},
		{"another time", headers(vectorID, vectorTime+1, vectorSignature), vectorBody, now, []string{vectorSecret}, ErrWebhookSignature},
		{"another version", headers(vectorID, vectorTime, "v2"+vectorSignature[2:]), vectorBody, now, []string{vectorSecret}, ErrWebhookSignature},
		{"another secret", good, vectorBody, now, []string{"whsec_AAAA"}, ErrWebhookSignature},
		{"no secret", good, vectorBody, now, nil, ErrWebhookSignature},
		{"an empty secret", headers(vectorID, vectorTime, "v1,"+base64.StdEncoding.EncodeToString(sum(nil, vectorID, ".", fmt.Sprint(vectorTime), ".", vectorBody))), vectorBody, now, []string{""}, ErrWebhookSignature},
		{"a secret without a key", headers(vectorID, vectorTime, "v1,"+base64.StdEncoding.EncodeToString(sum(nil, vectorID, ".", fmt.Sprint(vectorTime), ".", vectorBody))), vectorBody, now, []string{"whsec_"}, ErrWebhookSignature},
		{"no headers", http.Header{}, vectorBody, now, []string{vectorSecret}, ErrWebhookUnsigned},
	} {
		if _, err := VerifyWebhook(tt.header, []byte(tt.body), tt.now, tt.secrets...); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestVendorsHeader(t *testing.T) {
	const body, secret = `{"id":"evt_1","event":"verification.created"}`, "a secret"
	for _, name := range []string{"X-Quantum-Signature", "X-Identity-Signature"} {
		h := http.Header{}
		h.Set(name, "sha256="+hex.EncodeToString(sum([]byte(secret), body)))
		if e, err := VerifyQuantumWebhook(h, []byte(body), secret); err != nil || e.ID != "evt_1" {
			t.Errorf("%s: got %v %v, want the event", name, e, err)
		}
		if _, err := VerifyQuantumWebhook(h, []byte(body), "another"); !errors.Is(err, ErrWebhookSignature) {
			t.Errorf("%s, another secret: got %v, want a refusal", name, err)
		}
	}
	if _, err := VerifyQuantumWebhook(http.Header{}, []byte(body), secret); !errors.Is(err, ErrWebhookUnsigned) {
		t.Errorf("no header: got %v, want a refusal", err)
	}
}
