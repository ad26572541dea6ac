package customer

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// usualPage is how many customers a page has when nothing is said.
const usualPage = 50

type createBody struct {
	ID          engine.CustomerID `json:"customerId,omitzero" doc:"Your own name for the customer; one is made, cus_…, when left out." maxLength:"256" pattern:"^[^\\s\\x00-\\x1f\\x7f-\\x9f]*$" example:"cus_1"`
	FullName    string            `json:"fullName" doc:"The customer's name." minLength:"1" maxLength:"256" pattern:"^[^\\x00-\\x1f\\x7f-\\x9f]*$" example:"Ana Souza"`
	DateOfBirth string            `json:"dateOfBirth,omitzero" doc:"A day." format:"date" example:"1990-01-31"`
	Email       string            `json:"email,omitzero" maxLength:"254" pattern:"^[^\\s@]+@[^\\s@]+$"`
	Phone       string            `json:"phone,omitzero" doc:"E.164." maxLength:"16" pattern:"^\\+[0-9]{6,15}$" example:"+6281234567890"`
	NationalID  string            `json:"nationalId,omitzero" doc:"Number of the identity document: CPF, NIK, CURP." maxLength:"64" pattern:"^[A-Za-z0-9./-]*$"`
}

type updateBody struct {
	Version     *uint64               `json:"version,omitzero" doc:"The version that you saw; when it no longer holds, nothing is changed."`
	Status      engine.CustomerStatus `json:"status,omitzero" doc:"active and suspended follow each other; closed is for good." enum:"active,suspended,closed"`
	Reason      string                `json:"reason,omitzero" doc:"Why, in words for the evidence." maxLength:"256"`
	FullName    *string               `json:"fullName,omitzero" minLength:"1" maxLength:"256" pattern:"^[^\\x00-\\x1f\\x7f-\\x9f]*$"`
	DateOfBirth *string               `json:"dateOfBirth,omitzero" format:"date"`
	Email       *string               `json:"email,omitzero" maxLength:"254" pattern:"^[^\\s@]+@[^\\s@]+$"`
	Phone       *string               `json:"phone,omitzero" maxLength:"16" pattern:"^\\+[0-9]{6,15}$"`
	NationalID  *string               `json:"nationalId,omitzero" maxLength:"64" pattern:"^[A-Za-z0-9./-]*$"`
}

type customerPath struct {
	ID engine.CustomerID `path:"customerId" doc:"Your own name for the customer." maxLength:"256"`
}

type listParams struct {
	Limit  int    `query:"limit" doc:"Customers in a page; 50 when left out." minimum:"1" maximum:"200"`
	Cursor string `query:"cursor" doc:"Goes on behind the page that gave this cursor." maxLength:"128"`
}

type customerView struct {
	ID          engine.CustomerID     `json:"id"`
	FullName    string                `json:"fullName"`
	DateOfBirth string                `json:"dateOfBirth,omitzero"`
	Email       string                `json:"email,omitzero"`
	Phone       string                `json:"phone,omitzero"`
	NationalID  string                `json:"nationalId,omitzero"`
	Status      engine.CustomerStatus `json:"status"`
	KYCLevel    engine.KYCLevel       `json:"kycLevel" enum:"none,basic,standard,premium"`
	Verified    time.Time             `json:"kycLastVerifiedAt,omitzero" doc:"The newest check that the level rests on."`
	Expires     time.Time             `json:"kycExpiresAt,omitzero" doc:"When the level falls if nothing is verified anew."`
	Version     uint64                `json:"version"`
	CreatedAt   time.Time             `json:"createdAt"`
	UpdatedAt   time.Time             `json:"updatedAt"`
}

type customerAnswer struct {
	Customer customerView `json:"customer"`
}

type listAnswer struct {
	Data  []customerView `json:"data"`
	Limit int            `json:"limit"`
	Meta  listMeta       `json:"meta"`
}

type listMeta struct {
	Next string `json:"next,omitzero" doc:"The cursor of the next page; left out behind the last customer."`
}

func (c *Customers) routes(r *web.Router) {
	const all, one, tag = "/api/customers", "/api/customers/{customerId}", "Customers"
	web.Handle(r, web.Operation{
		Method: http.MethodPost, Path: all, ID: "createCustomer", Tag: tag, Summary: "Enter a customer",
		About:  "Faces and step-ups need no entry here: any customerId will do for them. An entry gives the customer a name, a status and a KYC level.",
		Family: web.Identity, Scope: engine.WriteCustomers, Success: http.StatusCreated, Idempotent: true,
		Faults: []*fault.Fault{ErrExists, storage.Full, storage.Failed},
	}, c.handleCreate)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: all, ID: "listCustomers", Tag: tag, Summary: "List customers, newest first",
		Family: web.Identity, Scope: engine.ViewCustomers, Faults: []*fault.Fault{ErrBadCursor},
	}, c.handleList)
	web.Handle(r, web.Operation{
		Method: http.MethodGet, Path: one, ID: "getCustomer", Tag: tag, Summary: "Read a customer",
		Family: web.Identity, Scope: engine.ViewCustomers, Faults: []*fault.Fault{ErrNone, ErrErased},
	}, c.handleShow)
	web.Handle(r, web.Operation{
		Method: http.MethodPatch, Path: one, ID: "updateCustomer", Tag: tag, Summary: "Change, suspend or close a customer",
		About:  "What is left out stays. A closed customer is changed no more.",
		Family: web.Identity, Scope: engine.WriteCustomers, Faults: []*fault.Fault{ErrNone, ErrErased, ErrClosed, ErrChanged, storage.Full, storage.Failed},
	}, c.handleUpdate)
	c.kycRoutes(r)
}

func (c *Customers) handleCreate(ctx context.Context, _ web.None, b createBody) (customerAnswer, error) {
	return c.create(ctx, web.CallerOf(ctx), b.ID, details{b.FullName, b.DateOfBirth, b.Email, b.Phone, b.NationalID})
}

func (c *Customers) handleShow(ctx context.Context, p customerPath, _ web.None) (answer customerAnswer, err error) {
	err = c.Store.View(ctx, func(v *storage.View) error {
		k, err := c.kept(v, web.CallerOf(ctx).Org, p.ID)
		if err != nil {
			return err
		}
		now, err := c.found(v, k)
		answer = customerAnswer{viewOf(k, now.level)}
		return err
	})
	return answer, err
}

func (c *Customers) handleUpdate(ctx context.Context, p customerPath, b updateBody) (customerAnswer, error) {
	return c.update(ctx, web.CallerOf(ctx), p.ID, wish{
		Version: b.Version, Status: b.Status, Reason: b.Reason,
		Details: func(d *details) {
			for to, from := range map[*string]*string{
				&d.FullName: b.FullName, &d.DateOfBirth: b.DateOfBirth, &d.Email: b.Email, &d.Phone: b.Phone, &d.NationalID: b.NationalID,
			} {
				if from != nil {
					*to = *from
				}
			}
		},
	})
}

// handleList is one page. An erased customer is not in it, and one that was
// erased and entered anew stands where it was entered last.
func (c *Customers) handleList(ctx context.Context, p listParams, _ web.None) (listAnswer, error) {
	if p.Limit == 0 {
		p.Limit = usualPage
	}
	org := web.CallerOf(ctx).Org
	order := c.ordered(org)
	within := storage.Range{Prefix: order, Reverse: true}
	if p.Cursor != "" {
		place, err := base64.RawURLEncoding.DecodeString(p.Cursor)
		if err != nil || len(place) != placeInOrder {
			return listAnswer{}, ErrBadCursor.Field("cursor", "must be a cursor that an earlier page gave")
		}
		within.After = append(c.ordered(org), place...)
	}
	answer := listAnswer{Data: []customerView{}, Limit: p.Limit}
	err := c.Store.View(ctx, func(v *storage.View) error {
		var last storage.Key
		for row, err := range c.records.Scan(v, within) {
			if err != nil {
				return err
			}
			place := row.Key[len(order):]
			k, err := c.at(v, c.place(org, storage.Subject(place[8:])))
			switch {
			case errors.Is(err, ErrErased) || errors.Is(err, ErrNone):
				continue
			case err != nil:
				return err
			case string(storage.Path(storage.At(k.Created))) != string(place[:8]):
				continue
			case len(answer.Data) == p.Limit:
				answer.Meta.Next = base64.RawURLEncoding.EncodeToString(last)
				return nil
			}
			now, err := c.found(v, k)
			if err != nil {
				return err
			}
			answer.Data, last = append(answer.Data, viewOf(k, now.level)), place
		}
		return nil
	})
	return answer, err
}

func viewOf(k record, l level) customerView {
	d := k.Details
	return customerView{
		ID: k.ID, FullName: d.FullName, DateOfBirth: d.DateOfBirth, Email: d.Email, Phone: d.Phone, NationalID: d.NationalID,
		Status: k.Status, KYCLevel: l.Level, Verified: l.Verified, Expires: l.Expires,
		Version: k.Version, CreatedAt: k.Created, UpdatedAt: k.Changed,
	}
}
