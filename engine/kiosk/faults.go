package kiosk

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when there is nothing to say of a kiosk.
var (
	ErrUnknown = &fault.Fault{
		Kind: fault.NotFound, Code: "kiosk/unknown",
		Title: "Nothing is known of this kiosk.",
		Hint:  "GET /api/identity/kiosks lists those that are known. rostod calibrate makes one known.",
	}
	ErrNothing = &fault.Fault{
		Kind: fault.Invalid, Code: "kiosk/nothing-to-set",
		Title: "There is nothing to set.",
		Hint:  "Send lagMs, response or screen.",
	}
)
