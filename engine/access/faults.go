package access

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when access says no. The messages of the first three
// are fixed by the step-up contract.
var (
	ErrUnknown = &fault.Fault{
		Kind: fault.Unauthenticated, Code: "access/unknown-key",
		Title:   "This API key is not known here.",
		Hint:    "Send Authorization: Bearer with a key made by `rostod keys create`.",
		Message: "missing or invalid Bearer",
	}
	ErrRevoked = &fault.Fault{
		Kind: fault.Unauthenticated, Code: "access/revoked-key",
		Title:   "This API key has been revoked.",
		Hint:    "Ask your operator for another key.",
		Message: "missing or invalid Bearer",
	}
	ErrExpired = &fault.Fault{
		Kind: fault.Unauthenticated, Code: "access/expired-key",
		Title:   "This API key has expired.",
		Hint:    "Make a new one with `rostod keys create`.",
		Message: "missing or invalid Bearer",
	}
	ErrToken = &fault.Fault{
		Kind: fault.Forbidden, Code: "access/unknown-token", Number: "10501", Message: "O token informado é inválido",
		Title: "The Authorization header has no token or key of this daemon.",
		Hint:  "Get an access token with POST /oauth2/token, or send an API key.",
	}
	ErrTokenExpired = &fault.Fault{
		Kind: fault.Forbidden, Code: "access/expired-token", Number: "10502", Message: "O token informado está expirado",
		Title: "The access token has expired.",
		Hint:  "Get another one with POST /oauth2/token.",
	}
	ErrAPIKey = &fault.Fault{
		Kind: fault.Forbidden, Code: "access/unknown-api-key", Number: "10201", Message: "O AppKey informado é inválido",
		Title: "The APIKEY header has no key that is known here, or one that has ended.",
		Hint:  "Send a key made by `rostod keys create --capabilities`.",
	}
	ErrOtherOrg = &fault.Fault{
		Kind: fault.Forbidden, Code: "access/other-org", Number: "30017", Message: "O usuário não tem permissão para executar está ação",
		Title: "The token and the API key are of two orgs.",
		Hint:  "Use a service account and a key of the same org.",
	}
	ErrNoKey = &fault.Fault{
		Kind: fault.NotFound, Code: "access/no-such-key",
		Title: "There is no such API key in your org.",
		Hint:  "GET /api/keys lists them.",
	}
	ErrTooMuch = &fault.Fault{
		Kind: fault.Forbidden, Code: "access/more-than-yours",
		Title: "A key cannot give what it does not have.",
		Hint:  "Ask for scopes, and an org, that your own key has; `rostod keys create` on the machine itself may give any.",
	}
)

// Refusals is what the headers of the by-client contract may be refused with.
func Refusals() []*fault.Fault {
	return []*fault.Fault{ErrToken, ErrTokenExpired, ErrAPIKey, ErrOtherOrg}
}
