package capture

import (
	"errors"
	"time"

	"github.com/rostod/rostod/internal/fault"
)

// The faults of the studio.
var (
	ErrBusy = &fault.Fault{
		Kind: fault.Unavailable, Code: "capture/busy",
		Title: "Every place of the studio is taken.",
		Hint:  "Try again in some seconds.", RetryAfter: 5 * time.Second,
	}
	ErrNoSession = &fault.Fault{
		Kind: fault.NotFound, Code: "capture/no-session",
		Title: "There is no such session.",
		Hint:  "It has ended, or the address is not the Location that was given.",
	}
	ErrSteps = &fault.Fault{
		Kind: fault.Unprocessable, Code: "capture/steps",
		Title: "The challenge cannot have this many steps.",
		Hint:  "Leave steps out, or set it to 10. The profile compat takes 3 to 10.",
	}
	ErrClosing = &fault.Fault{
		Kind: fault.Unavailable, Code: "capture/closing",
		Title: "The daemon is stopping.",
		Hint:  "Try again in a minute.", RetryAfter: time.Minute,
	}
)

// How a session can end before its time; the code goes to the client.
var (
	errHello    = ended("capture/no-hello", "The client did not say hello.", "Send hello first, with v 1.")
	errProtocol = ended("capture/protocol", "The client does not speak the capture protocol.", "See docs/capture-protocol.md.")
	errTurn     = ended("capture/out-of-turn", "The client spoke out of turn.", "See docs/capture-protocol.md.")
	errTimeUp   = ended("capture/time-up", "The challenge ran out of time.", "Ask for a new challenge.")
	errOurs     = ended("capture/failed", "Something went wrong on our side.", "Try again; the operator finds the cause in the log.")
	errDeleted  = ended("capture/deleted", "The client ended the session.", "")
)

func ended(code, title, hint string) *fault.Fault {
	return &fault.Fault{Kind: fault.Gone, Code: code, Title: title, Hint: hint}
}

// busy says whether a part has no time now.
func busy(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Kind == fault.Unavailable
}

// errGone is the cause of a session that its studio closes.
var errGone = errors.New("the studio closes")
