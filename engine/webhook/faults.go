package webhook

import "github.com/rostod/rostod/internal/fault"

// What an operator may read.
var (
	ErrNone = &fault.Fault{
		Kind: fault.NotFound, Code: "webhook/no-such-endpoint",
		Title: "There is no such endpoint in this org.", Hint: "GET /api/webhooks lists them.",
	}
	ErrNoDelivery = &fault.Fault{
		Kind: fault.NotFound, Code: "webhook/no-such-delivery",
		Title: "The endpoint has no such delivery that is delivered or dead.",
		Hint:  "GET /api/webhooks/{id}/deliveries lists them. One that is pending is tried by itself.",
	}
	ErrFull = &fault.Fault{
		Kind: fault.Conflict, Code: "webhook/full",
		Title: "The org has as many endpoints as are told.", Hint: "Remove one.",
	}
	ErrConfigured = &fault.Fault{
		Kind: fault.Conflict, Code: "webhook/configured",
		Title: "This endpoint stands in the configuration.", Hint: "Change webhooks in rostod.yml and restart.",
	}
)
