package antifraud

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when an evaluation cannot be answered.
var (
	ErrOtherRequest = &fault.Fault{
		Kind: fault.Conflict, Code: "antifraud/other-request",
		Title: "This externalId was evaluated before with other values.",
		Hint:  "Repeat a request as it was, or give the other transaction an externalId of its own.",
	}
	ErrErased = &fault.Fault{
		Kind: fault.Gone, Code: "antifraud/erased",
		Title: "This externalId was evaluated before, and erased with its customer.",
		Hint:  "Give a new transaction an externalId of its own.",
	}
	ErrUnsound = &fault.Fault{
		Kind: fault.Unprocessable, Code: "antifraud/unsound",
		Title: "These rules do not fit together.",
		Hint:  "Read the fields.",
	}
	ErrChanged = &fault.Fault{
		Kind: fault.Conflict, Code: "antifraud/changed",
		Title: "The rules have been changed since the version that you name.",
		Hint:  "Read them again, look at what changed, and send your change with the new version.",
	}
	ErrNoVersion = &fault.Fault{
		Kind: fault.NotFound, Code: "antifraud/no-such-version",
		Title: "There is no such version of the rules.",
		Hint:  "GET /api/evaluate/rules/versions lists them.",
	}
	ErrBadQuery = &fault.Fault{
		Kind: fault.Invalid, Code: "antifraud/bad-query",
		Title: "The list cannot be made from these filters.",
		Hint:  "Read the fields; leave out what you do not need.",
	}
)
