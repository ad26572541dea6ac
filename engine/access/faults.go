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
