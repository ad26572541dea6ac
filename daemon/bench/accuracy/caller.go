package accuracy

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/rostod/rostod/daemon/bench"
	"github.com/rostod/rostod/engine"
)

// Verdict is one answer of the step-up, as far as accuracy goes.
type Verdict struct {
	Allow      bool                   `json:"allow"`
	Liveness   engine.LivenessVerdict `json:"liveness"`
	Passive    float64                `json:"passive"`
	Match      engine.MatchVerdict    `json:"match,omitzero"` // empty: not compared
	Similarity float64                `json:"similarity"`
	Threshold  float64                `json:"threshold"`
	Reasons    []string               `json:"reasons,omitzero"`
}

// same says whether two verdicts decide the same.
func (v Verdict) same(w Verdict) bool {
	return v.Allow == w.Allow && v.Liveness == w.Liveness && v.Match == w.Match
}

// caller asks the daemon as an app would.
type caller struct {
	client *bench.Client
	count  int // callers side by side
}

// enrol enrols a photo as a customer of its own.
func (c caller) enrol(ctx context.Context, p Photo) error {
	var answer struct{}
	return c.client.DoPicture(ctx, http.MethodPost, "/api/identity/face/enroll", p.ask,
		map[string]string{"customerId": string(p.customer())}, &answer)
}

// stepUp asks whether a picture is a customer.
func (c caller) stepUp(ctx context.Context, ask bench.Ask, customer engine.CustomerID, risk engine.RiskLevel) (Verdict, error) {
	var answer struct {
		Allow    bool `json:"allow"`
		Liveness struct {
			Verdict engine.LivenessVerdict `json:"verdict"`
			Score   float64                `json:"score"`
		} `json:"liveness"`
		Match struct {
			Verdict    engine.MatchVerdict `json:"verdict"`
			Similarity float64             `json:"similarity"`
			Threshold  float64             `json:"threshold"`
		} `json:"match"`
		Reasons []string `json:"reasons"`
	}
	members := map[string]string{"customerId": string(customer), "riskLevel": string(risk)}
	err := c.client.DoPicture(ctx, http.MethodPost, "/api/identity/auth/step-up", ask, members, &answer)
	return Verdict{
		Allow: answer.Allow, Liveness: answer.Liveness.Verdict, Passive: answer.Liveness.Score,
		Match: answer.Match.Verdict, Similarity: answer.Match.Similarity, Threshold: answer.Match.Threshold,
		Reasons: answer.Reasons,
	}, err
}

// each does n things with as many callers as there are. The first error ends
// all of it.
func (c caller) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for range c.count {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// refusal is an answer that says no to the photo; other errors end the bench.
func refusal(err error) (*bench.Refused, bool) {
	var r *bench.Refused
	return r, errors.As(err, &r) && r.Status == http.StatusUnprocessableEntity
}
