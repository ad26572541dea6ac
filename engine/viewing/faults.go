package viewing

import "github.com/rostod/rostod/internal/fault"

// Why something is not shown.
var (
	ErrNoReason = &fault.Fault{
		Kind: fault.Invalid, Code: "viewing/no-reason",
		Title: "Your org asks everybody who looks to say why.",
		Hint:  "Send the header X-Access-Reason; the number of a case is best.",
	}
	ErrCursor = &fault.Fault{
		Kind: fault.Invalid, Code: "viewing/cursor",
		Title: "That is no cursor of this list.", Hint: "Send the one that the page before gave, whole.",
	}
)
