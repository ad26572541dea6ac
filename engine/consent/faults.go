package consent

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when there is nothing to withdraw.
var (
	ErrNone = &fault.Fault{
		Kind: fault.NotFound, Code: "consent/none",
		Title: "This customer has no consent to that purpose that stands.",
		Hint:  "GET /api/consents?customerId= lists them, with those that are withdrawn.",
	}
	ErrFuture = &fault.Fault{
		Kind: fault.Invalid, Code: "consent/future",
		Title: "A consent cannot have been given later than now.", Hint: "Check the clock of the device that took it; leave the time out for now.",
	}
)
