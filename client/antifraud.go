package client

import (
	"context"
	"net/http"
	"time"
)

// Transaction is what is to be evaluated.
type Transaction struct {
	CustomerID   string          `json:"customerId"`
	Lane         string          `json:"lane"` // onboarding, transaction
	ExternalID   string          `json:"externalId"`
	SessionToken string          `json:"sessionToken,omitempty"`
	Amount       int64           `json:"amount,omitempty"`   // smallest unit
	Currency     string          `json:"currency,omitempty"` // IDR when empty
	Data         TransactionData `json:"data,omitzero"`
}

// TransactionData is where it goes, and how.
type TransactionData struct {
	Channel            string `json:"channel,omitempty"` // transfer, qris, card, atm, topup, withdrawal
	BeneficiaryName    string `json:"beneficiaryName,omitempty"`
	BeneficiaryAccount string `json:"beneficiaryAccount,omitempty"`
	BeneficiaryBank    string `json:"beneficiaryBank,omitempty"`
	MerchantCategory   string `json:"merchantCategory,omitempty"`
	IPAddress          string `json:"ipAddress,omitempty"`
	UserAgent          string `json:"userAgent,omitempty"`
}

// Evaluation is what was decided about a transaction.
type Evaluation struct {
	Decision   string `json:"decision"` // allow, flag, review, block
	FraudScore int    `json:"fraudScore"`
	SubScores  struct {
		Rules    int `json:"rules"`
		Velocity int `json:"velocity"`
		ML       int `json:"ml"`
	} `json:"subScores"`
	AppliedRules []AppliedRule `json:"appliedRules"`
	SessionID    string        `json:"sessionId"`
	// StepUpRiskLevel is the level at which to ask for the customer's face
	// before it goes on; empty when it need not.
	StepUpRiskLevel RiskLevel `json:"stepUpRiskLevel"`
	DeviceSession   string    `json:"deviceSession"` // none, valid, unknown, expired
	RulesVersion    uint64    `json:"rulesVersion"`
	EvaluatedAt     time.Time `json:"evaluatedAt"`
}

// AppliedRule is a rule that applied.
type AppliedRule struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Action   string `json:"action"`
	Severity string `json:"severity"`
	Score    int    `json:"score"`
}

// Evaluate asks how doubtful a transaction is. The same ExternalID again gets
// the same answer.
func (c *Client) Evaluate(ctx context.Context, q Transaction) (Evaluation, error) {
	var a struct {
		Data Evaluation `json:"data"`
	}
	err := c.do(ctx, op{method: http.MethodPost, path: "/api/evaluate", body: q, repeat: free}, &a)
	return a.Data, err
}

// Device is what an app says of its device.
type Device struct {
	DeviceID  string `json:"deviceId,omitempty"`
	Platform  string `json:"platform,omitempty"`
	OSVersion string `json:"osVersion,omitempty"`
	Model     string `json:"model,omitempty"`
	Locale    string `json:"locale,omitempty"`
	Timezone  string `json:"timezone,omitempty"`
}

// RiskSignals are what an app found on its device.
type RiskSignals struct {
	Jailbroken bool `json:"jailbroken,omitempty"`
	Rooted     bool `json:"rooted,omitempty"`
	Emulator   bool `json:"emulator,omitempty"`
	VPN        bool `json:"vpn,omitempty"`
}

// DeviceSession begins a device session and answers its token and how long it
// holds.
func (c *Client) DeviceSession(ctx context.Context, d Device, risk RiskSignals) (token string, holds time.Duration, err error) {
	var a struct {
		Data struct {
			SessionToken string `json:"sessionToken"`
			ExpiresIn    int    `json:"expiresIn"`
		} `json:"data"`
	}
	body := map[string]any{"device": d, "riskSignals": risk}
	err = c.do(ctx, op{method: http.MethodPost, path: "/api/device-session", body: body}, &a)
	return a.Data.SessionToken, time.Duration(a.Data.ExpiresIn) * time.Second, err
}
