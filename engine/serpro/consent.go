package serpro

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
)

// mostConsent bounds a consent token and its answer, in bytes.
const mostConsent = 16 << 10

var errConsent = errors.New("no consent token was given")

// ConsentFile reads the token from a file at each operation, so that another
// program may renew it.
func ConsentFile(path string) Consent {
	return func(context.Context, string) (engine.Secret, error) {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("read the consent token: %w", err)
		}
		if len(text) > mostConsent {
			return "", errConsent
		}
		return engine.Secret(bytes.TrimSpace(text)), nil
	}
}

// ConsentFrom asks the operator's own service, which keeps the customers'
// consents, for a token: POST {"cpf":"…"} is answered by {"token":"…"}. A nil
// transport is the network.
func ConsentFrom(address string, transport http.RoundTripper, patience time.Duration) Consent {
	if transport == nil {
		transport = network(patience)
	}
	client := &http.Client{Transport: transport, CheckRedirect: stay}
	return func(ctx context.Context, cpf string) (engine.Secret, error) {
		body, err := json.Marshal(map[string]string{"cpf": cpf})
		if err != nil {
			return "", fmt.Errorf("ask for consent: %w", err)
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
		if err != nil {
			return "", fmt.Errorf("ask for consent: %w", err)
		}
		r.Header.Set("Content-Type", "application/json")
		answered, err := client.Do(r)
		if err != nil {
			return "", fmt.Errorf("ask for consent: %w", err)
		}
		defer answered.Body.Close()
		text, err := io.ReadAll(io.LimitReader(answered.Body, mostConsent))
		if err != nil || answered.StatusCode != http.StatusOK {
			return "", errors.Join(errConsent, err)
		}
		var given struct {
			Token string `json:"token"`
		}
		if json.Unmarshal(text, &given) != nil || given.Token == "" {
			return "", errConsent
		}
		return engine.Secret(given.Token), nil
	}
}
