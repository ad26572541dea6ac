package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rostod/rostod/internal/fault"
)

// ByClientError is an error in the form of the by-client contract: a number
// and a sentence, both of which are part of it.
type ByClientError struct {
	Error Numbered `json:"error"`
}

// Numbered is what a [ByClientError] says.
type Numbered struct {
	Code        string `json:"code" doc:"The contract's number of the error." example:"20507"`
	Description string `json:"description" doc:"The contract's words." example:"O parâmetro subject.code é inválido"`
}

// OAuthError is an error of the token endpoint: RFC 6749, section 5.2, with
// the contract's number at the end of the description.
type OAuthError struct {
	Error       string `json:"error" example:"server_error"`
	Description string `json:"error_description" example:"Falha na autenticação 1.2.5"`
}

// The faults of the edge that the by-client contract numbers.
var (
	errTokenAbsent = &fault.Fault{
		Kind: fault.Invalid, Code: "byclient/no-token", Number: "20001", Message: "O parâmetro authtoken não foi informado",
		Title: "The Authorization header is missing.",
		Hint:  "Send Authorization: Bearer with an access token of POST /oauth2/token, or with an API key.",
	}
	errAPIKeyAbsent = &fault.Fault{
		Kind: fault.Invalid, Code: "byclient/no-api-key", Number: "20002", Message: "O parâmetro APIKey não foi informado",
		Title: "The APIKEY header is missing.",
		Hint:  "Send APIKEY: <key>, with a key that has capabilities.",
	}
	errTokenBad = &fault.Fault{
		Kind: fault.Forbidden, Code: "byclient/token", Number: "10501", Message: "O token informado é inválido",
		Title: "The access token is not one of this daemon's.",
		Hint:  "Get a new one with POST /oauth2/token.",
	}
	errNotAllowed = &fault.Fault{
		Kind: fault.Forbidden, Code: "byclient/permission", Number: "30017", Message: "O usuário não tem permissão para executar está ação",
		Title: "The API key may not do this.",
		Hint:  "Use a key with the scope processes:run and the capabilities of the process: rostod keys create --capabilities.",
	}
	errBodyBad = &fault.Fault{
		Kind: fault.Invalid, Code: "byclient/body", Number: "20003", Message: "The request body is missing or invalid.",
		Title: "The body cannot be read.",
		Hint:  "Send one JSON object with Content-Type: application/json.",
	}
	errBodyBig = &fault.Fault{
		Kind: fault.Invalid, Code: "byclient/too-large", Number: "20506",
		Message: "O base64 informado é muito grande. O tamanho máximo suportado é até 800kb.",
		Title:   "The body is larger than any picture that is taken.",
		Hint:    "Send a picture of at most 800 KB.",
	}
)

// The codes of what the contract does not number: the statuses, and the number
// that its sister contract gives every failure of its own.
const (
	byClientBroken   = "99999"
	byClientSentence = "Internal failure! Try again later"
)

// spoken is a fault in the words of a family, which may have another status.
// The operator's log and the page of the code keep the fault as it was.
func spoken(family Family, f *fault.Fault) *fault.Fault {
	if family != ByClient || f.Number != "" {
		return f
	}
	by := errBodyBad
	switch {
	case f.Code == errBearerMissing.Code:
		by = errTokenAbsent
	case f.Kind == fault.Unauthenticated:
		by = errTokenBad
	case f.Kind == fault.Forbidden:
		by = errNotAllowed
	case f.Code == errBodyTooLarge.Code:
		by = errBodyBig
	case f.Kind == fault.Invalid, f.Kind == fault.UnsupportedMedia:
	default:
		c := *f
		c.Number, c.Message = strconv.Itoa(f.Kind.Status()), f.Title
		if f.Kind.Status() >= http.StatusInternalServerError {
			c.Number, c.Message = byClientBroken, byClientSentence
		}
		return &c
	}
	c := *by
	c.RetryAfter = f.RetryAfter
	return &c
}

// oauthError is a fault as the token endpoint says it. What has no number is
// not about the assertion.
func oauthError(f *fault.Fault) OAuthError {
	switch {
	case f.Number != "":
		return OAuthError{"server_error", f.Message + " " + f.Number}
	case f.Message != "" && f.Kind == fault.Invalid:
		return OAuthError{f.Message, f.Title}
	case f.Kind.Status() >= http.StatusInternalServerError:
		return OAuthError{"temporarily_unavailable", f.Title}
	default:
		return OAuthError{"invalid_request", f.Title}
	}
}

// perSecond is the period of by-client limits; others are a minute's.
const perSecond = time.Second

// identifyByClient finds the caller of the two headers. In this order, so that
// each mistake has the contract's number.
func (c *call) identifyByClient() error {
	tokens, keys := c.r.Header.Values("Authorization"), c.r.Header.Values("APIKEY")
	token := ""
	if len(tokens) > 0 {
		token = unschemed(tokens[0])
	}
	switch {
	case token == "":
		return errTokenAbsent
	case len(keys) == 0 || strings.TrimSpace(keys[0]) == "":
		return errAPIKeyAbsent
	case len(tokens) > 1 || len(keys) > 1 || c.server.c.ByClient == nil:
		return c.stranger(errTokenBad)
	}
	caller, err := c.server.c.ByClient(c.r.Context(), token, strings.TrimSpace(keys[0]))
	if err != nil {
		if f := fault.Of(err); f != nil && (f.Kind == fault.Unauthenticated || f.Kind == fault.Forbidden) {
			return c.stranger(err)
		}
		return err
	}
	c.caller = caller
	if err := c.countByClient(); err != nil {
		return err
	}
	if c.op.Scope != "" && !caller.May(c.op.Scope) {
		return errNotAllowed
	}
	return nil
}

// unschemed is the token of a header, with or without Bearer before it.
func unschemed(header string) string {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	if strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(rest)
	}
	return strings.TrimSpace(header)
}

// countByClient takes the request from its org's bucket. The contract has no
// headers of it but Retry-After.
func (c *call) countByClient() error {
	limit := c.server.c.Limits[c.op.Bucket]
	if limit == 0 {
		return nil
	}
	v := c.server.limits.take(limitKey{"org " + string(c.caller.Org), c.op.Bucket}, limit, perSecond, c.start)
	if v.ok {
		return nil
	}
	c.server.metrics.limited.WithLabelValues(c.op.Bucket).Inc()
	return errRate.After(v.retry)
}
