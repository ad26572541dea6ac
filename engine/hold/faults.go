package hold

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when something is stopped, or cannot be.
var (
	ErrHeld = &fault.Fault{
		Kind: fault.Conflict, Code: "hold/held",
		Title: "A legal hold stops this: what it covers must not be deleted.",
		Hint:  "GET /api/holds says which, why and until when. Release it first, if the law lets you.",
	}
	ErrRestricted = &fault.Fault{
		Kind: fault.Conflict, Code: "hold/restricted",
		Title: "This customer's data is restricted: it is kept and not used.",
		Hint:  "Verify the customer another way. GET /api/restrictions says since when and why.",
	}
	ErrNone = &fault.Fault{
		Kind: fault.NotFound, Code: "hold/no-such-hold",
		Title: "There is no such hold or restriction for this org.", Hint: "GET /api/holds and GET /api/restrictions list them.",
	}
	ErrReleased = &fault.Fault{
		Kind: fault.Conflict, Code: "hold/released",
		Title: "It has been released already.", Hint: "GET /api/holds says when and by whom.",
	}
	ErrAbout = &fault.Fault{
		Kind: fault.Invalid, Code: "hold/about",
		Title: "A hold is on a customer or on one record.",
		Hint:  "Send customerId, or record with kind and id; not both.",
	}
	ErrNoRecord = &fault.Fault{
		Kind: fault.NotFound, Code: "hold/no-such-record",
		Title: "There is no such record for this org, or its person was erased.",
		Hint:  "Send kind and id as the lists have them: attempts att_…, captures cap_…, processes the UUID, templates fe_….",
	}
	ErrPast = &fault.Fault{
		Kind: fault.Invalid, Code: "hold/past",
		Title: "until is not in the future.", Hint: "Leave it out for a hold without an end.",
	}
)
