package serpro

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/bearer"
)

// mostAnswer bounds an answer, in bytes: whole ones have about one thousand.
const mostAnswer = 64 << 10

// The breaker: after failures in a row nobody is asked for a while, then one is.
const (
	failuresThatRest = 5
	restFor          = 30 * time.Second
)

var (
	errDown = errors.New("the register is at fault")
	errLong = errors.New("the answer is too long")
)

// network is a transport for TLS alone, that gives up where the budget does.
func network(budget time.Duration) http.RoundTripper {
	dialer := &net.Dialer{Timeout: budget, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: budget, ResponseHeaderTimeout: budget,
		MaxIdleConns: 16, MaxIdleConnsPerHost: 16, IdleConnTimeout: 90 * time.Second, MaxResponseHeaderBytes: 64 << 10,
	}
}

// stay follows no redirect: the face goes to whom it was meant for.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// newBreaker counts what the register did wrong. Callers who went away are
// neither for nor against it.
func newBreaker(log *slog.Logger) *gobreaker.CircuitBreaker[answer] {
	return gobreaker.NewCircuitBreaker[answer](gobreaker.Settings{
		Name: "serpro", MaxRequests: 1, Timeout: restFor,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failuresThatRest },
		IsExcluded:  func(err error) bool { return errors.Is(err, context.Canceled) },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			log.Warn("register", "room", "serpro", "from", from.String(), "to", to.String())
		},
	})
}

// guarded asks unless the register rests.
func (s *Serpro) guarded(ctx context.Context, body []byte) (answer, error) {
	a, err := s.breaker.Execute(func() (answer, error) { return s.ask(ctx, body) })
	if errors.Is(err, errDown) {
		return a, nil // it was said; only the breaker had to know
	}
	return a, err
}

// ask asks once, and once more with another token when the register does not
// take the one that there was.
func (s *Serpro) ask(ctx context.Context, body []byte) (answer, error) {
	var a answer
	for range 2 {
		token, err := s.tokens.Token(ctx)
		if err != nil {
			return answer{}, err
		}
		status, text, err := s.post(ctx, token, body)
		if err != nil {
			return answer{}, err
		}
		var down bool
		if a, down = read(status, text); down {
			return a, errDown
		}
		if status != http.StatusUnauthorized {
			return a, nil
		}
		s.tokens.Drop(ctx, token)
	}
	// Two tokens in a row were refused: that is no mistake of one request.
	return a, errDown
}

// post sends one request and reads the whole answer.
func (s *Serpro) post(ctx context.Context, token engine.Secret, body []byte) (status int, text []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Base+s.Version.path(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+string(token))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	answered, err := s.client.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("ask: %w", err)
	}
	defer answered.Body.Close()
	text, err = io.ReadAll(io.LimitReader(answered.Body, mostAnswer+1))
	if err == nil {
		err = ctx.Err() // who gives up may read the end of what was never said
	}
	switch {
	case err != nil:
		return 0, nil, fmt.Errorf("read the answer: %w", err)
	case len(text) > mostAnswer:
		return 0, nil, errLong
	}
	return answered.StatusCode, text, nil
}

// reasonOf is an error in one word. Its text is not kept: it may hold an
// address or what somebody else wrote.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		return reasonResting
	case errors.Is(err, bearer.ErrNone):
		return reasonToken
	case errors.Is(err, errLong):
		return reasonWords
	default:
		return reasonNetwork
	}
}
