package customer

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// shownChecks is how many verifications the view lists.
const shownChecks = 50

type kycParams struct {
	ID    engine.CustomerID `path:"customerId" doc:"Your own name for the customer." maxLength:"256"`
	Level string            `query:"level" doc:"The level that your product asks for; basic when left out." enum:"basic,standard,premium"`
}

type checkBody struct {
	Method    engine.Method             `json:"method" doc:"How it was checked: document_seen by staff, ktp_capture of a document, nik_format of its number, nik_dukcapil in the register." enum:"document_seen,ktp_capture,nik_format,nik_dukcapil"`
	Status    engine.VerificationStatus `json:"status" doc:"What came of it. A failed check takes back older ones of its method." enum:"verified,failed"`
	Reference string                    `json:"reference,omitzero" doc:"Where your evidence of it lies." maxLength:"256"`
	Until     time.Time                 `json:"validUntil,omitzero" doc:"Until when it counts, such as the document's last day; a year at most."`
}

type kycAnswer struct {
	Customer      kycCustomer  `json:"customer"`
	Eligible      bool         `json:"eligible" doc:"Whether the customer is active and has the level that was asked for."`
	Verifications []kycCheck   `json:"verifications" doc:"What was verified, newest first: 50 at most, of one year."`
	History       []kycChanged `json:"history" doc:"How the level changed, newest first."`
}

type kycCustomer struct {
	ID       engine.CustomerID     `json:"id"`
	FullName string                `json:"fullName"`
	Status   engine.CustomerStatus `json:"status"`
	Level    engine.KYCLevel       `json:"kycLevel" enum:"none,basic,standard,premium"`
	Verified *time.Time            `json:"kycLastVerifiedAt" doc:"null when nothing counts."`
	Expires  *time.Time            `json:"kycExpiresAt" doc:"null when nothing counts."`
}

type kycCheck struct {
	ID        engine.VerificationID     `json:"id"`
	Method    engine.Method             `json:"method"`
	Status    engine.VerificationStatus `json:"status"`
	Score     *int                      `json:"score,omitzero" doc:"0..100, of faces; only for keys with scores:view."`
	CreatedAt time.Time                 `json:"createdAt"`
}

type kycChanged struct {
	From engine.KYCLevel `json:"from"`
	To   engine.KYCLevel `json:"to"`
	At   time.Time       `json:"at"`
}

func (c *Customers) kycRoutes(r *web.Router) {
	const at, tag = "/api/identity/kyc/{customerId}", "Customers"
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: at, ID: "getKYC", Tag: tag, Summary: "How well is a customer known?",
		About:  "basic: a face was verified. standard: and a document or a register entry. premium: a face by a flash capture, a document and a register entry. Each check counts for a year.",
		Family: web.Identity, Scope: engine.ViewCustomers, Faults: []*fault.Fault{ErrNone, ErrErased},
	}, c.handleKYC)
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: at + "/checks", ID: "enterCheck", Tag: tag, Summary: "Enter what was checked elsewhere",
		About:  "Who entered it is in the journal. The answer is the customer's view as it is then.",
		Family: web.Identity, Scope: engine.WriteCustomers, Success: http.StatusCreated, Idempotent: true,
		Faults: []*fault.Fault{ErrNone, ErrErased, ErrClosed, ErrCrowded, storage.Full, storage.Failed},
	}, c.handleCheck)
}

func (c *Customers) handleKYC(ctx context.Context, p kycParams, _ web.None) (answer kycAnswer, err error) {
	wanted := cmp.Or(engine.KYCLevel(p.Level), engine.KYCBasic)
	err = c.Store.View(ctx, func(v *storage.View) (err error) {
		answer, err = c.kyc(v, web.CallerOf(ctx), p.ID, wanted)
		return err
	})
	return answer, err
}

func (c *Customers) handleCheck(ctx context.Context, p customerPath, b checkBody) (kycAnswer, error) {
	if !b.Until.IsZero() && !b.Until.After(c.Now()) {
		return kycAnswer{}, web.ErrInvalid.Field("validUntil", "must be in the future")
	}
	return c.enter(ctx, web.CallerOf(ctx), p.ID, entry{Method: b.Method, Status: b.Status, Reference: b.Reference, Until: b.Until})
}

// kyc is the view of a customer's level.
func (c *Customers) kyc(r storage.Reader, by engine.Caller, id engine.CustomerID, wanted engine.KYCLevel) (kycAnswer, error) {
	k, err := c.kept(r, by.Org, id)
	if err != nil {
		return kycAnswer{}, err
	}
	now, err := c.found(r, k)
	if err != nil {
		return kycAnswer{}, err
	}
	answer := kycAnswer{
		Customer: kycCustomer{
			ID: k.ID, FullName: k.Details.FullName, Status: k.Status, Level: now.level.Level,
			Verified: present(now.level.Verified), Expires: present(now.level.Expires),
		},
		Eligible:      k.Status == engine.CustomerActive && now.level.Level.Rank() >= wanted.Rank(),
		Verifications: rows(k, now.tried, by.May(engine.ViewScores)), History: []kycChanged{},
	}
	for _, h := range slices.Backward(k.History) {
		answer.History = append(answer.History, kycChanged(h))
	}
	return answer, nil
}

// rows are the verifications of a customer, newest first.
func rows(k record, tried []engine.Attempt, scores bool) []kycCheck {
	list := []kycCheck{}
	for _, a := range tried {
		if a.Verification == "" {
			continue
		}
		row := kycCheck{ID: a.Verification, Method: a.Method, Status: a.Status, CreatedAt: a.Created}
		if scores {
			row.Score = &a.Score
		}
		list = append(list, row)
	}
	for _, e := range k.Checks {
		list = append(list, kycCheck{ID: e.ID, Method: e.Method, Status: e.Status, CreatedAt: e.At})
	}
	slices.SortStableFunc(list, func(a, b kycCheck) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return list[:min(len(list), shownChecks)]
}

func present(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
