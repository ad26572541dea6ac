package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// RiskLevel is how much is at stake in an action.
type RiskLevel string

// The risk levels.
const (
	RiskNone   RiskLevel = "none"
	RiskLow    RiskLevel = "low"
	RiskMedium RiskLevel = "medium"
	RiskHigh   RiskLevel = "high"
)

// ChallengeRequest asks for a flash challenge.
type ChallengeRequest struct {
	CustomerID string `json:"customerId"`
	DeviceID   string `json:"deviceId,omitempty"`  // the kiosk, as you name it
	TTLMillis  int    `json:"ttlMs,omitempty"`     // how long it may be begun
	Profile    string `json:"profile,omitempty"`   // flash, or compat for bundles of your own making
	Locale     string `json:"locale,omitempty"`    // pt-BR, id, en
	ReturnURL  string `json:"returnUrl,omitempty"` // where the hosted page goes afterwards
	Steps      int    `json:"steps,omitempty"`     // of profile compat
	NoOtherWay bool   `json:"-"`                   // the page offers no other way
	Soft       bool   `json:"soft,omitempty"`      // colours change softly
	NoFlash    bool   `json:"noflash,omitempty"`   // no colours: the other way alone
}

// Challenge is a flash challenge. CaptureToken and CaptureURL may go to the
// customer's browser; they open one capture.
type Challenge struct {
	ID           string    `json:"id"`
	State        string    `json:"state"` // created, capturing, finished, expired, aborted
	ExpiresAt    time.Time `json:"expiresAt"`
	CaptureURL   string    `json:"captureUrl"`
	WhipURL      string    `json:"whipUrl"`
	CaptureToken string    `json:"captureToken"`
	Nonce        string    `json:"nonce"`
	Colors       []string  `json:"colors"`
	HoldMillis   []int     `json:"holdMs"`
	HMACSecret   string    `json:"hmacSecret"`
	Liveness     *Liveness `json:"liveness"` // once there is a capture
}

// Liveness is what presentation attack detection found.
type Liveness struct {
	Verdict       string   `json:"verdict"`       // live, spoof, unclear
	AssuranceTier string   `json:"assuranceTier"` // low, standard, high
	Score         *float64 `json:"score"`
	Voters        []Voter  `json:"voters"`
}

// Voter is one signal of a liveness check.
type Voter struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
}

// Match is what a comparison found.
type Match struct {
	Verdict    string   `json:"verdict"` // match, no_match, grey_zone
	Similarity *float64 `json:"similarity"`
	Threshold  *float64 `json:"threshold"`
}

// Verification is a finished check, which may be reused while it is fresh.
type Verification struct {
	ID         string    `json:"id"`
	Status     string    `json:"status"` // verified, failed, pending
	Score      *int      `json:"score"`
	FreshUntil time.Time `json:"freshUntil"`
	CustomerID string    `json:"customerId"`
	Method     string    `json:"method"`
	RiskLevel  RiskLevel `json:"riskLevel"`
	CreatedAt  time.Time `json:"createdAt"`
}

// Challenge creates a flash challenge for a customer.
func (c *Client) Challenge(ctx context.Context, q ChallengeRequest) (Challenge, error) {
	body := struct {
		ChallengeRequest
		OtherWay *bool `json:"allowOtherWay,omitempty"`
	}{ChallengeRequest: q}
	if no := false; q.NoOtherWay {
		body.OtherWay = &no
	}
	var a struct {
		FlashChallenge Challenge `json:"flashChallenge"`
	}
	err := c.do(ctx, op{method: http.MethodPost, path: "/api/identity/face/flash-challenge", body: body}, &a)
	return a.FlashChallenge, err
}

// ChallengeState says how a challenge stands, without its token.
func (c *Client) ChallengeState(ctx context.Context, id string) (Challenge, error) {
	var a struct {
		FlashChallenge Challenge `json:"flashChallenge"`
	}
	err := c.do(ctx, op{method: http.MethodGet, path: "/api/identity/face/flash-challenge/" + segment(id), repeat: free}, &a)
	return a.FlashChallenge, err
}

// EnrolRequest is a face to enrol: a bundle, or a picture (PNG, JPEG, WebP).
type EnrolRequest struct {
	CustomerID string    `json:"customerId"`
	Image      []byte    `json:"image,omitempty"`
	Bundle     any       `json:"bundle,omitempty"` // a string, or an object of profile compat
	Source     string    `json:"source,omitempty"` // onboarding_selfie when empty
	CapturedAt time.Time `json:"capturedAt,omitzero"`
	Replace    bool      `json:"replace,omitempty"` // the customer's other faces go
}

// Enrolment is an enrolled face.
type Enrolment struct {
	ID         string    `json:"id"`
	Source     string    `json:"source"`
	CapturedAt time.Time `json:"capturedAt"`
	CreatedAt  time.Time `json:"createdAt"`
	Model      string    `json:"model"`
	Segment    string    `json:"segment"`
}

// Enrol enrols a customer's face.
func (c *Client) Enrol(ctx context.Context, q EnrolRequest) (Enrolment, error) {
	var a struct {
		Enrolment Enrolment `json:"enrolment"`
	}
	err := c.do(ctx, op{method: http.MethodPost, path: "/api/identity/face/enroll", body: q, repeat: idempotent}, &a)
	return a.Enrolment, err
}

// MatchRequest is a face to compare with the customer's, or with another picture.
type MatchRequest struct {
	CustomerID     string `json:"customerId"`
	Image          []byte `json:"image,omitempty"`
	Bundle         any    `json:"bundle,omitempty"`
	ReferenceImage []byte `json:"referenceImage,omitempty"`
}

// Checked is a finding that gives no permission.
type Checked struct {
	Verification Verification `json:"verification"`
	Match        *Match       `json:"match"`
	Liveness     *Liveness    `json:"liveness"`
	Reasons      []string     `json:"reasons"`
	Hints        []string     `json:"hints"` // what to tell the customer
	AttemptID    string       `json:"attemptId"`
}

// Match compares a face. Its verification is never fresh.
func (c *Client) Match(ctx context.Context, q MatchRequest) (a Checked, err error) {
	err = c.do(ctx, op{method: http.MethodPost, path: "/api/identity/face/match", body: q, repeat: idempotent}, &a)
	return a, err
}

// CheckLiveness asks whether a living person is behind a bundle. Who it is, is
// not asked.
func (c *Client) CheckLiveness(ctx context.Context, customerID string, bundle any) (a Checked, err error) {
	body := map[string]any{"customerId": customerID, "bundle": bundle}
	err = c.do(ctx, op{method: http.MethodPost, path: "/api/identity/face/liveness", body: body, repeat: idempotent}, &a)
	return a, err
}

// StepUpRequest asks whether the person at the camera is the customer.
type StepUpRequest struct {
	CustomerID  string    `json:"customerId"`
	RiskLevel   RiskLevel `json:"riskLevel,omitempty"` // low when empty
	ActionLabel string    `json:"actionLabel,omitempty"`
	Trigger     string    `json:"trigger,omitempty"`
	Bundle      any       `json:"bundle,omitempty"` // a string, or an object of profile compat
	Image       []byte    `json:"image,omitempty"`  // instead: worth the lowest assurance
	DeviceID    string    `json:"deviceId,omitempty"`
}

// StepUp is the answer. Allow is all that decides.
type StepUp struct {
	Allow        bool          `json:"allow"`
	Liveness     *Liveness     `json:"liveness"`
	Match        *Match        `json:"match"`
	Verification *Verification `json:"verification"`
	Reasons      []string      `json:"reasons"`
	Hints        []string      `json:"hints"` // what to tell the customer
	Audit        Audit         `json:"audit"`
}

// Audit is where the evidence of a step-up lies.
type Audit struct {
	AttemptID     string    `json:"attemptId"`
	RiskLevel     RiskLevel `json:"riskLevel"`
	Trigger       string    `json:"trigger"`
	ActionLabel   string    `json:"actionLabel"`
	PolicyVersion uint64    `json:"policyVersion"`
	DecidedAt     time.Time `json:"decidedAt"`
}

// StepUp asks before a sensitive action. An action that is not allowed is no
// error.
func (c *Client) StepUp(ctx context.Context, q StepUpRequest) (a StepUp, err error) {
	err = c.do(ctx, op{method: http.MethodPost, path: "/api/identity/auth/step-up", body: q, repeat: idempotent}, &a)
	return a, err
}

// Verification reads one verification.
func (c *Client) Verification(ctx context.Context, id string) (Verification, error) {
	var a struct {
		Verification Verification `json:"verification"`
	}
	err := c.do(ctx, op{method: http.MethodGet, path: "/api/identity/verifications/" + segment(id), repeat: free}, &a)
	return a.Verification, err
}

// FreshnessRequest asks whether a verification may stand for another action.
type FreshnessRequest struct {
	VerificationID string    `json:"verificationId"`
	MaxAgeMinutes  int       `json:"maxAgeMinutes,omitempty"`
	RiskLevel      RiskLevel `json:"riskLevel,omitempty"`
	CustomerID     string    `json:"customerId,omitempty"`
}

// Freshness is the answer, and why not.
type Freshness struct {
	Fresh      bool      `json:"fresh"`
	Reason     string    `json:"reason"`
	RiskLevel  RiskLevel `json:"riskLevel"`
	AgeSeconds *int64    `json:"ageSeconds"`
	ExpiresAt  time.Time `json:"expiresAt"`
}

// CheckFreshness asks whether a verification may be reused. One that is unknown
// is not fresh, and no error.
func (c *Client) CheckFreshness(ctx context.Context, q FreshnessRequest) (a Freshness, err error) {
	err = c.do(ctx, op{method: http.MethodPost, path: "/api/identity/verifications/check-freshness", body: q, repeat: free}, &a)
	return a, err
}

// AttemptsQuery is which attempts are wanted; what is empty does not narrow.
type AttemptsQuery struct {
	Method, CustomerID, DeviceID, Status string
	RiskLevel                            RiskLevel
	Trigger                              string
	From, To                             string // a day, 2026-01-31, or RFC 3339
	Limit                                int
	Cursor                               string // of the page before
}

// Attempt is one row of the evidence.
type Attempt struct {
	ID             string    `json:"id"`
	CustomerID     string    `json:"customerId"`
	DeviceID       string    `json:"deviceId"`
	Method         string    `json:"method"`
	Status         string    `json:"status"`
	Allow          bool      `json:"allow"`
	Score          *int      `json:"score"`
	RiskLevel      RiskLevel `json:"riskLevel"`
	Trigger        string    `json:"trigger"`
	ActionLabel    string    `json:"actionLabel"`
	Liveness       *Liveness `json:"liveness"`
	Match          *Match    `json:"match"`
	Reasons        []string  `json:"reasons"`
	VerificationID string    `json:"verificationId"`
	CaptureID      string    `json:"captureId"`
	Journal        uint64    `json:"journal"` // the entry that proves it: Receipt
	Erased         bool      `json:"erased"`
	CreatedAt      time.Time `json:"createdAt"`
}

// Page is one page of a list; Next is the cursor of the page behind it, empty at
// the end.
type Page[T any] struct {
	Data []T
	Next string
}

type pageAnswer[T any] struct {
	Data []T `json:"data"`
	Meta struct {
		Next string `json:"next"`
	} `json:"meta"`
}

// Attempts is a page of attempts, newest first.
func (c *Client) Attempts(ctx context.Context, q AttemptsQuery) (Page[Attempt], error) {
	query := url.Values{}
	for name, value := range map[string]string{
		"method": q.Method, "customerId": q.CustomerID, "deviceId": q.DeviceID, "status": q.Status, "riskLevel": string(q.RiskLevel),
		"trigger": q.Trigger, "from": q.From, "to": q.To, "cursor": q.Cursor,
	} {
		set(query, name, value)
	}
	setInt(query, "limit", q.Limit)
	return page[Attempt](ctx, c, "/api/identity/attempts", query)
}

func page[T any](ctx context.Context, c *Client, path string, query url.Values) (Page[T], error) {
	var a pageAnswer[T]
	err := c.do(ctx, op{method: http.MethodGet, path: path, query: query, repeat: free}, &a)
	return Page[T]{a.Data, a.Meta.Next}, err
}
