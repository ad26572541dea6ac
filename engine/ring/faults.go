package ring

import "github.com/rostod/rostod/internal/fault"

// What an operator may read.
var (
	ErrNone = &fault.Fault{
		Kind: fault.NotFound, Code: "ring/no-such-ring",
		Title: "There is no such ring in this segment.", Hint: "GET /api/rings lists them.",
	}
	ErrNoAccount = &fault.Fault{
		Kind: fault.NotFound, Code: "ring/no-such-account",
		Title: "One of the accounts has neither a face nor a ring here.", Hint: "Send clientReferences of processes of this org.",
	}
	ErrApart = &fault.Fault{
		Kind: fault.Conflict, Code: "ring/apart",
		Title: "Two of the accounts were declared not to be the same person.",
		Hint:  "Withdraw that first: POST /api/rings/apart with withdraw: true.",
	}
	ErrFull = &fault.Fault{
		Kind: fault.Conflict, Code: "ring/full",
		Title: "The ring has as many accounts as are kept.", Hint: "Split it.",
	}
)
