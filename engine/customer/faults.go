package customer

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when it is about a customer.
var (
	ErrNone = &fault.Fault{
		Kind: fault.NotFound, Code: "customer/no-such-customer",
		Title: "There is no such customer.",
		Hint:  "Enter the customer first: POST /api/customers.",
	}
	ErrErased = &fault.Fault{
		Kind: fault.Gone, Code: "customer/erased",
		Title: "This customer was erased.",
		Hint:  "The same id may be entered anew: POST /api/customers.",
	}
	ErrExists = &fault.Fault{
		Kind: fault.Conflict, Code: "customer/exists",
		Title: "There is a customer with this id.",
		Hint:  "Change it: PATCH /api/customers/{customerId}. Or leave customerId out, and one is made.",
	}
	ErrClosed = &fault.Fault{
		Kind: fault.Conflict, Code: "customer/closed",
		Title: "This customer is closed, which is for good.",
		Hint:  "Enter a new customer.",
	}
	ErrChanged = &fault.Fault{
		Kind: fault.Conflict, Code: "customer/changed",
		Title: "The customer has been changed since the version that you name.",
		Hint:  "Read it again, look at what changed, and send your change with the new version.",
	}
	ErrCrowded = &fault.Fault{
		Kind: fault.Unprocessable, Code: "customer/too-many-checks",
		Title: "Too many checks of this customer count at once.",
		Hint:  "Checks that have run out make room; there is no need to enter the same one again and again.",
	}
	ErrBadCursor = &fault.Fault{
		Kind: fault.Invalid, Code: "customer/bad-cursor",
		Title: "The list cannot go on from there.",
		Hint:  "Send a cursor that an earlier page gave in meta.next, or none.",
	}
)
