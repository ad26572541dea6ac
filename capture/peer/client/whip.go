package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// WHIP is the way to the daemon over HTTP, RFC 9725.
type WHIP struct {
	HTTP  *http.Client // nil: http.DefaultClient
	URL   string       // whipUrl of the challenge
	Token string       // captureToken

	location string
}

// StatusError is an answer that refuses.
type StatusError struct {
	Status int
	Body   string // RFC 9457
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the daemon answers %d: %s", e.Status, e.Body)
}

const maxBody = 256 << 10

// do gives the answer's text and Location.
func (w *WHIP) do(ctx context.Context, method, to, body string) (text, location string, err error) {
	r, err := http.NewRequestWithContext(ctx, method, to, strings.NewReader(body))
	if err != nil {
		return "", "", err
	}
	r.Header.Set("Authorization", "Bearer "+w.Token)
	if body != "" {
		r.Header.Set("Content-Type", "application/sdp")
	}
	client := w.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(r)
	if err != nil {
		return "", "", err
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return "", "", err
	}
	if resp.StatusCode/100 != 2 {
		return "", "", &StatusError{Status: resp.StatusCode, Body: string(read)}
	}
	return string(read), resp.Header.Get("Location"), nil
}

// Answer posts the offer. It refuses with a *StatusError.
func (w *WHIP) Answer(ctx context.Context, offer string) (string, error) {
	answer, location, err := w.do(ctx, http.MethodPost, w.URL, offer)
	if err != nil {
		return "", err
	}
	base, err := url.Parse(w.URL)
	if err != nil {
		return "", err
	}
	at, err := base.Parse(location)
	if err != nil {
		return "", err
	}
	w.location = at.String()
	return answer, nil
}

// Delete ends the session that Answer opened.
func (w *WHIP) Delete(ctx context.Context) error {
	_, _, err := w.do(ctx, http.MethodDelete, w.location, "")
	return err
}
