package journey

import (
	"github.com/rostod/rostod/internal/fault"
)

// numbered is a fault of the contract of hosted processes: its number and its
// words.
func numbered(kind fault.Kind, what, number, message, title string) *fault.Fault {
	return &fault.Fault{
		Kind: kind, Code: "journey/" + what, Number: number, Message: message, Title: title,
		Hint: "docs/JOURNEY.md lists flows, members and errors.",
	}
}

// What the contract refuses.
var (
	ErrFlow       = numbered(fault.Invalid, "flow", "3", "invalid flow", "This flow does not work here.")
	ErrPurpose    = numbered(fault.Invalid, "purpose", "3", "invalid purpose", "The purpose is none of the contract's.")
	ErrCallback   = numbered(fault.Invalid, "callback", "3", "invalid callbackUri", "The page may not go to this address.")
	ErrPerson     = numbered(fault.Invalid, "person", "3", "invalid person", "The person is not as this flow needs it.")
	ErrExpiresIn  = numbered(fault.Invalid, "expires-in", "3", "invalid expiresIn", `The time to expire is not of the form "3600s", from 60 seconds to 30 days.`)
	ErrReferences = numbered(fault.Invalid, "references", "3", "invalid references", "The references are not as this flow needs them.")
	ErrReference  = numbered(fault.Invalid, "client-reference", "3", "invalid clientReference", "The clientReference is missing, or has more than 256 characters, spaces or control characters.")
	ErrMember     = numbered(fault.Invalid, "member", "3", "invalid argument", "A member is too long.")
	ErrID         = numbered(fault.Invalid, "id", "3", "process id is invalid", "The id of the process is no UUID.")
	ErrNoProcess  = numbered(fault.NotFound, "no-such-process", "5", "process not found", "There is no such process for this caller.")
	ErrNoSelfie   = numbered(fault.NotFound, "no-selfie", "5", "selfie not found", "There is no picture of this process, or it is not available any more.")
	ErrNotSet     = numbered(fault.Unprocessable, "not-set", "9", "Apikeys are not set", "The flow needs a capability that is not set up for this API key.")
	ErrNotify     = numbered(fault.Unprocessable, "notifications", "9", "notifications are not set", "This daemon sends no notifications: send the customer to userRedirectUrl yourself.")
	ErrNotDecided = numbered(fault.Unprocessable, "not-finished", "9", "process is not finished", "Nothing was decided in this process, or not yet.")
)

// What the page is refused. It is told in our own form.
var (
	ErrToken = &fault.Fault{
		Kind: fault.Unauthenticated, Code: "journey/token",
		Title: "This token does not open the page, or not any more.",
		Hint:  "Open the address that the process was created with, or scan a new code.",
	}
	ErrElsewhere = &fault.Fault{
		Kind: fault.Conflict, Code: "journey/elsewhere",
		Title: "The journey goes on in another window or on another device.",
		Hint:  "Open the address again to bring it back.",
	}
	ErrOver = &fault.Fault{
		Kind: fault.Gone, Code: "journey/over",
		Title: "This journey has ended.",
		Hint:  "Create another process.",
	}
	ErrConsent = &fault.Fault{
		Kind: fault.Unprocessable, Code: "journey/no-consent",
		Title: "The customer has not consented yet.",
		Hint:  "POST …/consent when the customer has.",
	}
	ErrStale = &fault.Fault{
		Kind: fault.Conflict, Code: "journey/another-capture",
		Title: "This capture is not the newest one of this journey.",
		Hint:  "Make a new challenge and capture again.",
	}
	ErrNoCode = &fault.Fault{
		Kind: fault.Unprocessable, Code: "journey/no-code",
		Title: "A phone could not open this journey: its camera needs https, and an address that it reaches.",
		Hint:  "Set tls.mode, and capture.url to an address that phones reach.",
	}
	ErrTooOften = &fault.Fault{
		Kind: fault.TooMany, Code: "journey/too-many-codes",
		Title: "Too many codes were made for this journey.",
		Hint:  "Go on here, or create another process.",
	}
)

// createFaults lists what creating may be refused with.
func createFaults() []*fault.Fault {
	return []*fault.Fault{ErrFlow, ErrPurpose, ErrCallback, ErrPerson, ErrExpiresIn, ErrReferences, ErrReference, ErrMember, ErrNotSet, ErrNotify}
}

// because is a fault with the contract's words and what is wrong behind them:
// "invalid person: ...".
func because(f *fault.Fault, field, sentence string) *fault.Fault {
	c := f.Field(field, sentence)
	c.Message += ": " + field + " " + sentence
	return c
}
