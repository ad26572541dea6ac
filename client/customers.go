package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Customer is a customer as rostod keeps it.
type Customer struct {
	ID                string    `json:"id"`
	FullName          string    `json:"fullName"`
	DateOfBirth       string    `json:"dateOfBirth"` // 1990-01-31
	Email             string    `json:"email"`
	Phone             string    `json:"phone"`
	NationalID        string    `json:"nationalId"`
	Status            string    `json:"status"`   // active, suspended, closed
	KYCLevel          string    `json:"kycLevel"` // none, basic, standard, premium
	KYCLastVerifiedAt time.Time `json:"kycLastVerifiedAt"`
	KYCExpiresAt      time.Time `json:"kycExpiresAt"`
	Version           uint64    `json:"version"`
	CreatedAt         time.Time `json:"createdAt"`
	UpdatedAt         time.Time `json:"updatedAt"`
}

// CustomerRequest is a customer to enter.
type CustomerRequest struct {
	CustomerID  string `json:"customerId,omitempty"` // one is made when empty
	FullName    string `json:"fullName"`
	DateOfBirth string `json:"dateOfBirth,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	NationalID  string `json:"nationalId,omitempty"`
}

// CustomerChange is what should change; what is nil or empty stays.
type CustomerChange struct {
	Version     *uint64 `json:"version,omitempty"` // that you saw
	Status      string  `json:"status,omitempty"`
	Reason      string  `json:"reason,omitempty"`
	FullName    *string `json:"fullName,omitempty"`
	DateOfBirth *string `json:"dateOfBirth,omitempty"`
	Email       *string `json:"email,omitempty"`
	Phone       *string `json:"phone,omitempty"`
	NationalID  *string `json:"nationalId,omitempty"`
}

type customerAnswer struct {
	Customer Customer `json:"customer"`
}

const customers = "/api/customers"

// CreateCustomer enters a customer.
func (c *Client) CreateCustomer(ctx context.Context, q CustomerRequest) (Customer, error) {
	var a customerAnswer
	err := c.do(ctx, op{method: http.MethodPost, path: customers, body: q, repeat: idempotent}, &a)
	return a.Customer, err
}

// Customer reads a customer.
func (c *Client) Customer(ctx context.Context, id string) (Customer, error) {
	var a customerAnswer
	err := c.do(ctx, op{method: http.MethodGet, path: customers + "/" + segment(id), repeat: free}, &a)
	return a.Customer, err
}

// UpdateCustomer changes a customer.
func (c *Client) UpdateCustomer(ctx context.Context, id string, q CustomerChange) (Customer, error) {
	var a customerAnswer
	err := c.do(ctx, op{method: http.MethodPatch, path: customers + "/" + segment(id), body: q}, &a)
	return a.Customer, err
}

// Customers is a page of customers, newest first.
func (c *Client) Customers(ctx context.Context, limit int, cursor string) (Page[Customer], error) {
	query := url.Values{}
	setInt(query, "limit", limit)
	set(query, "cursor", cursor)
	return page[Customer](ctx, c, customers, query)
}

// KYC is how well a customer is known, and what that rests on.
type KYC struct {
	Customer struct {
		ID                string     `json:"id"`
		FullName          string     `json:"fullName"`
		Status            string     `json:"status"`
		KYCLevel          string     `json:"kycLevel"`
		KYCLastVerifiedAt *time.Time `json:"kycLastVerifiedAt"`
		KYCExpiresAt      *time.Time `json:"kycExpiresAt"`
	} `json:"customer"`
	Eligible      bool           `json:"eligible"`
	Verifications []Verification `json:"verifications"`
	History       []struct {
		From string    `json:"from"`
		To   string    `json:"to"`
		At   time.Time `json:"at"`
	} `json:"history"`
}

const kyc = "/api/identity/kyc/"

// KYC asks how well a customer is known; level is what your product asks for,
// basic when empty.
func (c *Client) KYC(ctx context.Context, customerID, level string) (a KYC, err error) {
	query := url.Values{}
	set(query, "level", level)
	err = c.do(ctx, op{method: http.MethodGet, path: kyc + segment(customerID), query: query, repeat: free}, &a)
	return a, err
}

// Check is something that was checked elsewhere.
type Check struct {
	Method     string    `json:"method"` // document_seen, ktp_capture, nik_format, nik_dukcapil
	Status     string    `json:"status"` // verified, failed
	Reference  string    `json:"reference,omitempty"`
	ValidUntil time.Time `json:"validUntil,omitzero"`
}

// EnterCheck enters what was checked elsewhere.
func (c *Client) EnterCheck(ctx context.Context, customerID string, q Check) (a KYC, err error) {
	err = c.do(ctx, op{method: http.MethodPost, path: kyc + segment(customerID) + "/checks", body: q, repeat: idempotent}, &a)
	return a, err
}
