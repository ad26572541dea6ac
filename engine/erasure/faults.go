package erasure

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when nobody is erased.
var (
	ErrNothing = &fault.Fault{
		Kind: fault.NotFound, Code: "erasure/nothing-held",
		Title: "Nothing is held about this customer.",
		Hint:  "Check the customerId and the org. Whoever was erased is not known any more: GET /api/erasures.",
	}
	ErrPending = &fault.Fault{
		Kind: fault.Conflict, Code: "erasure/pending",
		Title: "An erasure of this customer has been requested already, or is under way.",
		Hint:  "GET /api/erasures lists it: confirm it, cancel it, or wait.",
	}
	ErrSameKey = &fault.Fault{
		Kind: fault.Forbidden, Code: "erasure/same-key",
		Title: "Whoever requested an erasure cannot confirm it.",
		Hint:  "Confirm with another API key that has customers:erase.",
	}
	ErrNone = &fault.Fault{
		Kind: fault.NotFound, Code: "erasure/no-such-erasure",
		Title: "There is no such erasure for this org.", Hint: "GET /api/erasures lists them.",
	}
	ErrNotRequested = &fault.Fault{
		Kind: fault.Conflict, Code: "erasure/not-requested",
		Title: "This erasure waits for nobody.", Hint: "GET /api/erasures/{id} says where it stands.",
	}
	ErrNotDone = &fault.Fault{
		Kind: fault.Conflict, Code: "erasure/not-done",
		Title: "This erasure is not at its end, and has no certificate yet.",
		Hint:  "GET /api/erasures/{id} says what it waits for; it goes on by itself.",
	}
)
