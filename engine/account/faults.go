package account

import "github.com/rostod/rostod/internal/fault"

// numbered is a fault of the token endpoint: its number and what it means.
func numbered(what, number, title string) *fault.Fault {
	return &fault.Fault{
		Kind: fault.Unauthenticated, Code: "account/" + what, Number: number, Message: "Falha na autenticação", Title: title,
		Hint: "Read docs/PROCESS.md, Service accounts; `rostod accounts list` shows the account as it is.",
	}
}

// Why an assertion is not taken.
var (
	ErrTenant      = numbered("tenant", "1.0.1", "The issuer names no org that has service accounts here.")
	ErrScope       = numbered("scope", "1.1.1", "The assertion has no scope.")
	ErrOld         = numbered("expired", "1.2.4", "The assertion has expired, is not yet valid, or is valid for more than an hour.")
	ErrSignature   = numbered("signature", "1.2.5", "No key of the account has signed the assertion.")
	ErrKeyEnded    = numbered("key-ended", "1.2.6", "The key that signed the assertion has ended.")
	ErrUsed        = numbered("used", "1.2.7", "The assertion has been used.")
	ErrInactive    = numbered("inactive", "1.2.11", "There is no such account, or it was disabled.")
	ErrPermission  = numbered("permission", "1.2.14", "The account may not have that scope.")
	ErrLocked      = numbered("locked", "1.2.18", "Too many assertions of this account failed: none is taken for a while.")
	ErrImpersonate = numbered("impersonation", "1.2.19", "The assertion is on behalf of somebody else.")
	ErrUndecodable = numbered("undecodable", "1.2.20", "The assertion is no JWT.")
	ErrMalformed   = numbered("malformed", "1.2.21", "The assertion's header, issuer, audience or times are not as they must be.")
	ErrExtra       = numbered("extra", "1.2.22", "The assertion has members that it may not have.")
	ErrAddress     = numbered("address", "1.3.1", "The account may not be used from this address.")
	ErrTimes       = numbered("times", "1.3.2", "The account may not be used at this time.")
)

// What else may be wrong with a request for a token: RFC 6749, section 5.2.
var (
	ErrGrant = &fault.Fault{
		Kind: fault.Invalid, Code: "account/grant", Message: "unsupported_grant_type",
		Title: "The grant type is not urn:ietf:params:oauth:grant-type:jwt-bearer.",
	}
	ErrForm = &fault.Fault{
		Kind: fault.Invalid, Code: "account/form", Message: "invalid_request",
		Title: "The body is not one grant_type and one assertion, form-encoded.",
	}
)

// What is wrong with an access token, in the words of the by-client contract.
var (
	ErrToken = &fault.Fault{
		Kind: fault.Forbidden, Code: "account/token", Number: "10501", Message: "O token informado é inválido",
		Title: "This is no access token of this daemon, or its account has ended.", Hint: "Get another one with POST /oauth2/token.",
	}
	ErrTokenOld = &fault.Fault{
		Kind: fault.Forbidden, Code: "account/token-expired", Number: "10502", Message: "O token informado está expirado",
		Title: "The access token has expired.", Hint: "Get another one with POST /oauth2/token.",
	}
)

// What an operator may read.
var (
	ErrTaken = &fault.Fault{
		Kind: fault.Conflict, Code: "account/name-taken",
		Title: "The org has a service account of that name.", Hint: "Choose another name, or renew its key.",
	}
	ErrNone = &fault.Fault{
		Kind: fault.NotFound, Code: "account/no-such-account",
		Title: "There is no such service account in your org.", Hint: "GET /api/accounts lists them.",
	}
	ErrOtherOrg = &fault.Fault{
		Kind: fault.Forbidden, Code: "account/other-org",
		Title: "A key makes service accounts of its own org only.", Hint: "Leave org out.",
	}
	ErrKey = &fault.Fault{
		Kind: fault.Unprocessable, Code: "account/key",
		Title: "This is no public RSA key of at least 2048 bits in PEM.", Hint: "Send what `openssl rsa -pubout` writes, or nothing, to have one made.",
	}
)

// Refusals is what a token may be refused with.
func Refusals() []*fault.Fault { return []*fault.Fault{ErrToken, ErrTokenOld} }

func numbers() []*fault.Fault {
	return []*fault.Fault{
		ErrTenant, ErrScope, ErrOld, ErrSignature, ErrKeyEnded, ErrUsed, ErrInactive, ErrPermission, ErrLocked,
		ErrImpersonate, ErrUndecodable, ErrMalformed, ErrExtra, ErrAddress, ErrTimes,
	}
}
