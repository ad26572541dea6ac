package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Error is an answer that is an error. Code is stable and explained by the
// daemon at /problems/{code}; by-client operations have a number there.
type Error struct {
	Status     int
	Code       string
	Message    string              // what is wrong, in one sentence
	Hint       string              // what to do next
	Fields     map[string][]string // for each member at fault, what it must be
	RetryAfter time.Duration       // when to try again; 0: it does not say
	TraceID    string              // finds the request in the daemon's log
}

// The codes that teller software tells apart.
const (
	CodeLocked        = "stepup/locked"           // too many failures: wait RetryAfter, or let staff unlock
	CodeNoEnrolment   = "stepup/no-enrolment"     // enrol the customer first
	CodeCustomerTaken = "customer/exists"         // there is a customer with this id
	CodeClosed        = "customer/closed"         // the customer is closed
	CodeMissingScope  = "auth/missing-scope"      // the key may not do this
	CodeInvalid       = "request/invalid"         // read Fields
	CodeOther         = "antifraud/other-request" // the externalId stands for another transaction
)

// Error is the sentence, with the code and what to do.
func (e *Error) Error() string {
	s := fmt.Sprintf("rostod: %s (%d %s)", e.Message, e.Status, e.Code)
	if e.Hint != "" {
		s += " " + e.Hint
	}
	return s
}

// CodeOf is the code of an error answer; empty for other errors.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// errorOf reads an error answer of any of the daemon's families.
func errorOf(r *http.Response, body []byte) *Error {
	e := &Error{Status: r.StatusCode, Message: http.StatusText(r.StatusCode), TraceID: r.Header.Get("X-Request-Id")}
	if n, err := strconv.Atoi(r.Header.Get("Retry-After")); err == nil && n > 0 {
		e.RetryAfter = time.Duration(n) * time.Second
	}
	var said struct {
		Error  json.RawMessage     `json:"error"`
		Title  string              `json:"title"`
		Code   json.RawMessage     `json:"code"` // a number in the contract of hosted processes
		Hint   string              `json:"hint"`
		Fields map[string][]string `json:"fields"`
	}
	if json.Unmarshal(body, &said) != nil {
		return e // a proxy's page; the status has to do
	}
	var numbered struct {
		Code        string `json:"code"`
		Description string `json:"description"`
	}
	var sentence, code string
	switch {
	case json.Unmarshal(said.Error, &numbered) == nil && numbered.Code != "":
		e.Code, e.Message = numbered.Code, numbered.Description
	case said.Title != "":
		e.Message = said.Title
	case json.Unmarshal(said.Error, &sentence) == nil && sentence != "":
		e.Message = sentence
	}
	if json.Unmarshal(said.Code, &code) == nil && code != "" {
		e.Code = code
	}
	e.Hint, e.Fields = said.Hint, said.Fields
	return e
}
