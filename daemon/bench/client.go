package bench

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
)

// Client asks a daemon over connections that it keeps.
type Client struct {
	address, key string
	http         *http.Client
}

// Client is for so many callers side by side.
func (d *Daemon) Client(callers int) *Client {
	return &Client{d.Address, d.Key, &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{MaxIdleConns: callers, MaxIdleConnsPerHost: callers, DisableCompression: true},
	}}
}

// As is the same client with another API key.
func (c *Client) As(key string) *Client { return &Client{c.address, key, c.http} }

// Close ends the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Refused is an answer that is an error.
type Refused struct {
	Status int                 `json:"-"`
	Code   string              `json:"code"`
	Title  string              `json:"title"`
	Fields map[string][]string `json:"fields"`
}

// Error says how the daemon put it.
func (r *Refused) Error() string {
	return fmt.Sprintf("the daemon answered %d: %s (%s) %v", r.Status, r.Title, r.Code, r.Fields)
}

// Send asks and returns the answer's text. An error status is a *Refused.
func (c *Client) Send(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("APIKEY", c.key) // the by-client contract wants both
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the daemon: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read the daemon's answer: %w", err)
	}
	if answer.StatusCode < http.StatusBadRequest {
		return text, nil
	}
	refused := &Refused{}
	if err := json.Unmarshal(text, refused); err != nil {
		return nil, fmt.Errorf("the daemon answered %d: %w", answer.StatusCode, err)
	}
	refused.Status = answer.StatusCode
	return nil, refused
}

// Do asks with a JSON body, or none when ask is nil, and reads the JSON answer.
func (c *Client) Do(ctx context.Context, method, path string, ask, answer any) error {
	if ask == nil {
		return c.read(ctx, method, path, nil, answer)
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return fmt.Errorf("write a request: %w", err)
	}
	return c.read(ctx, method, path, body, answer)
}

// DoPicture asks with a picture and reads the JSON answer.
func (c *Client) DoPicture(ctx context.Context, method, path string, ask Ask, members map[string]string, answer any) error {
	body, err := ask.Body(members)
	if err != nil {
		return err
	}
	return c.read(ctx, method, path, body, answer)
}

func (c *Client) read(ctx context.Context, method, path string, body []byte, answer any) error {
	text, err := c.Send(ctx, method, path, body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("understand the daemon's answer: %w", err)
	}
	return nil
}

// ForPictures sets through the settings that a plain picture suffices at every
// risk level, and that no failures lock anybody: a bench has only pictures, and
// asks for one customer more often than a customer may.
func (c *Client) ForPictures(ctx context.Context) error {
	var now struct{}
	return c.Do(ctx, http.MethodPut, "/api/identity/settings/risk-tiers", map[string]any{
		"tiers":   map[string]any{"high": map[string]string{"assurance": "low"}},
		"lockout": map[string]int{"afterFailures": 0}, "note": "bench",
	}, &now)
}

// Ask is a request's body with a picture in it, put together around base64 that
// is encoded once however often it is sent: a bench must not spend on writing
// JSON the time that it measures.
type Ask struct{ image []byte }

// WithPicture begins bodies with a picture.
func WithPicture(data []byte) Ask {
	return Ask{base64.StdEncoding.AppendEncode(nil, data)}
}

// Body is a JSON object of the members and the picture as its member image.
func (a Ask) Body(members map[string]string) ([]byte, error) {
	head, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write a request: %w", err)
	}
	body := make([]byte, 0, len(head)+len(a.image)+len(`,"image":""}`))
	body = append(body, head[:len(head)-1]...)
	if len(members) > 0 {
		body = append(body, ',')
	}
	body = append(body, `"image":"`...)
	body = append(body, a.image...)
	return append(body, `"}`...), nil
}
