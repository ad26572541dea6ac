package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/rostod/rostod/client"
)

// Ask before a withdrawal, with the bundle that the capture page gave.
func ExampleClient_StepUp() {
	c, err := client.New("http://127.0.0.1:8484", os.Getenv("ROSTOD_API_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	ctx := client.WithIdempotencyKey(context.Background(), "withdrawal-4711")
	s, err := c.StepUp(ctx, client.StepUpRequest{
		CustomerID: "cus_1", RiskLevel: client.RiskHigh, Trigger: "high_value_transfer",
		ActionLabel: "Withdraw IDR 50,000,000 to BCA 1234567890", Bundle: os.Getenv("BUNDLE"),
	})
	var e *client.Error
	switch {
	case errors.As(err, &e) && e.Code == client.CodeLocked:
		fmt.Println("locked for", e.RetryAfter)
	case err != nil:
		log.Fatal(err)
	case !s.Allow:
		fmt.Println(s.Hints)
	default:
		fmt.Println("go on, and keep", s.Verification.ID)
	}
}

// A receiver of webhooks.
func ExampleVerifyWebhook() {
	receive := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			return
		}
		event, err := client.VerifyWebhook(r.Header, body, time.Now(), os.Getenv("WEBHOOK_SECRET"))
		if err != nil {
			http.Error(w, "not signed by rostod", http.StatusUnauthorized)
			return
		}
		fmt.Println(event.Event)
	}
	http.HandleFunc("POST /hook", receive)
}

// The reason why a message is not believed.
func ExampleVerifyQuantumWebhook() {
	h := http.Header{"X-Quantum-Signature": {"sha256=00"}}
	_, err := client.VerifyQuantumWebhook(h, []byte(`{}`), "a secret")
	fmt.Println(errors.Is(err, client.ErrWebhookSignature))
	// Output: true
}
