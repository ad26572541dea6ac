package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Person is whom a process is about.
type Person struct {
	Code            string `json:"code"` // CPF or CURP
	Name            string `json:"name"`
	ClientReference string `json:"clientReference,omitempty"`
	BirthDate       string `json:"birthDate,omitempty"`
	Email           string `json:"email,omitempty"`
	Phone           string `json:"phone,omitempty"`
}

// ProcessRequest is a process: the key's capabilities on one picture or bundle.
// Image is base64, or the bundle of a capture.
type ProcessRequest struct {
	Subject Person `json:"subject"`
	Image   string `json:"imageBase64"`
}

// Process is what was found. Only the capabilities of the key are there.
type Process struct {
	ID                string  `json:"id"`
	Status            int     `json:"status"`   // 1 running, 2 divergent, 3 done, 4 cancelled, 5 broken
	Liveness          int     `json:"liveness"` // 1 live, or not asked for; 2 not
	Authenticated     *bool   `json:"authenticated"`
	Score             *int    `json:"score"`
	IDCloud           *Result `json:"idCloud"`
	UnicoID           *Result `json:"unicoId"`
	IdentityFraudster *Result `json:"identityFraudsters"`
}

// Result is what one capability found.
type Result struct {
	Result string `json:"result"`
}

// selects names the client's own key as the one whose capabilities run.
func (c *Client) selects() map[string]string { return map[string]string{"APIKEY": c.key} }

// CreateProcess runs the key's capabilities. It is not repeated by itself: its
// contract knows no Idempotency-Key.
func (c *Client) CreateProcess(ctx context.Context, q ProcessRequest) (a Process, err error) {
	err = c.do(ctx, op{method: http.MethodPost, path: "/processes/v1", body: q, header: c.selects()}, &a)
	return a, err
}

// Process reads a process.
func (c *Client) Process(ctx context.Context, id string) (a Process, err error) {
	err = c.do(ctx, op{method: http.MethodGet, path: "/processes/v1/" + segment(id), header: c.selects(), repeat: free}, &a)
	return a, err
}

// Ring is accounts that belong to one person.
type Ring struct {
	ID        string    `json:"id"`
	Accounts  []string  `json:"accounts"`
	Erased    int       `json:"erased"`
	CreatedAt time.Time `json:"createdAt"`
	ChangedAt time.Time `json:"changedAt"`
}

// Rings lists the rings of a segment; the key's own when it is empty.
func (c *Client) Rings(ctx context.Context, segmentID string) ([]Ring, error) {
	query := url.Values{}
	set(query, "segment", segmentID)
	a, err := page[Ring](ctx, c, "/api/rings", query)
	return a.Data, err
}

// MergeRings says that accounts are one person's.
func (c *Client) MergeRings(ctx context.Context, segmentID string, accounts ...string) (a Ring, err error) {
	body := map[string]any{"accounts": accounts}
	if segmentID != "" {
		body["segment"] = segmentID
	}
	err = c.do(ctx, op{method: http.MethodPost, path: "/api/rings/merge", body: body}, &a)
	return a, err
}

// SplitRing takes accounts out of their rings.
func (c *Client) SplitRing(ctx context.Context, segmentID string, accounts ...string) (a Ring, err error) {
	body := map[string]any{"accounts": accounts}
	if segmentID != "" {
		body["segment"] = segmentID
	}
	err = c.do(ctx, op{method: http.MethodPost, path: "/api/rings/split", body: body}, &a)
	return a, err
}

// Import is an import of an operator's base.
type Import struct {
	ID        string         `json:"id"`
	State     string         `json:"state"` // waiting, running, done, cancelled, failed
	Segment   string         `json:"segment"`
	Rows      uint64         `json:"rows"`
	Counts    map[string]any `json:"counts"`
	Share     float64        `json:"share"`
	CreatedAt time.Time      `json:"createdAt"`
	EndedAt   time.Time      `json:"endedAt"`
}

// ImportRequest is a source below the daemon's import folder.
type ImportRequest struct {
	Source     string  `json:"source"`
	Segment    string  `json:"segment,omitempty"`
	Duplicates string  `json:"duplicates,omitempty"` // enrol, report
	Rate       float64 `json:"rate,omitempty"`
	DryRun     bool    `json:"dryRun,omitempty"`
}

const imports = "/api/imports"

// StartImport begins an import.
func (c *Client) StartImport(ctx context.Context, q ImportRequest) (a Import, err error) {
	err = c.do(ctx, op{method: http.MethodPost, path: imports, body: q}, &a)
	return a, err
}

// Import says how far an import is.
func (c *Client) Import(ctx context.Context, id string) (a Import, err error) {
	err = c.do(ctx, op{method: http.MethodGet, path: imports + "/" + segment(id), repeat: free}, &a)
	return a, err
}

// Imports lists the imports.
func (c *Client) Imports(ctx context.Context) ([]Import, error) {
	a, err := page[Import](ctx, c, imports, nil)
	return a.Data, err
}

// CancelImport ends an import; what it has enrolled stays.
func (c *Client) CancelImport(ctx context.Context, id string) (a Import, err error) {
	err = c.do(ctx, op{method: http.MethodPost, path: imports + "/" + segment(id) + "/cancel", repeat: free}, &a)
	return a, err
}

// Receipt is a journal entry with its proof, as a file that anybody checks
// offline: rostod-verify receipt.
func (c *Client) Receipt(ctx context.Context, journal uint64) (file []byte, err error) {
	err = c.do(ctx, op{method: http.MethodGet, path: "/api/audit/entries/" + strconv.FormatUint(journal, 10) + "/receipt", repeat: free}, &file)
	return file, err
}
