package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rostod/rostod/engine"
)

// secretPrefix marks a secret whose key is the base64 behind it, as Standard
// Webhooks has it. The key of any other secret is its own bytes.
const secretPrefix = "whsec_"

// newSecret is a secret with a key of 32 random bytes.
func newSecret(random io.Reader) (engine.Secret, error) {
	if random == nil {
		random = rand.Reader
	}
	key := make([]byte, 32)
	if _, err := io.ReadFull(random, key); err != nil {
		return "", fmt.Errorf("read randomness for a secret: %w", err)
	}
	return engine.Secret(secretPrefix + base64.StdEncoding.EncodeToString(key)), nil
}

// keyOf is the HMAC key of a secret.
func keyOf(word engine.Secret) []byte {
	if text, ok := strings.CutPrefix(string(word), secretPrefix); ok {
		if key, err := base64.StdEncoding.DecodeString(text); err == nil {
			return key
		}
	}
	return []byte(word)
}

// message is what is sent in one attempt.
type message struct {
	event    EventID
	delivery DeliveryID
	name     engine.EventName
	attempt  int
	body     []byte
	at       time.Time
}

// sign writes the headers of a message.
//
// webhook-signature covers id, time and body, by each secret that signs
// (standardwebhooks.com, "Signature scheme"): it is the one to check. The
// vendors' own headers cover the body alone and can be replayed; they are there
// for receivers that check them already, by the newest secret, whose text is
// the key.
func (m message) sign(h http.Header, words []engine.Secret) {
	stamp := strconv.FormatInt(m.at.Unix(), 10)
	var list []string
	for _, w := range words {
		list = append(list, "v1,"+base64.StdEncoding.EncodeToString(mac(keyOf(w), string(m.event), ".", stamp, ".", string(m.body))))
	}
	h.Set("webhook-id", string(m.event))
	h.Set("webhook-timestamp", stamp)
	h.Set("webhook-signature", strings.Join(list, " "))

	h.Set("X-Quantum-Event", string(m.name))
	h.Set("X-Quantum-Delivery", string(m.delivery))
	h.Set("X-Quantum-Timestamp", stamp)
	h.Set("X-Quantum-Attempt", strconv.Itoa(m.attempt))
	h.Set("X-Identity-Event", string(m.name))
	h.Set("X-Identity-Delivery", string(m.delivery))
	if len(words) > 0 {
		sum := "sha256=" + hex.EncodeToString(mac([]byte(words[0]), string(m.body)))
		h.Set("X-Quantum-Signature", sum)
		h.Set("X-Identity-Signature", sum)
		h.Set("X-Signature", sum)
	}
}

func mac(key []byte, parts ...string) []byte {
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		m.Write([]byte(p))
	}
	return m.Sum(nil)
}
