package idempotency

import "github.com/rostod/rostod/internal/fault"

// ErrErased says that the answer was forgotten with its customer.
var ErrErased = &fault.Fault{
	Kind: fault.Gone, Code: "idempotency/erased",
	Title: "This request was answered before, and the customer it was about has been erased since.",
	Hint:  "If you mean to do it again, send it with a new Idempotency-Key.",
}
