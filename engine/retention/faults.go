package retention

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when a policy says no.
var (
	ErrUnsound = &fault.Fault{
		Kind: fault.Unprocessable, Code: "retention/unsound",
		Title: "These values do not fit together.", Hint: "Read the fields.",
	}
	ErrChanged = &fault.Fault{
		Kind: fault.Conflict, Code: "retention/changed",
		Title: "The policy has been changed since the version that you name.",
		Hint:  "Read it again, look at what changed, and send your change with the new version.",
	}
	ErrNoVersion = &fault.Fault{
		Kind: fault.NotFound, Code: "retention/no-such-version",
		Title: "There is no such version of the policy.", Hint: "GET /api/retention/policy/versions lists them.",
	}
	ErrNotToday = &fault.Fault{
		Kind: fault.Unprocessable, Code: "retention/not-today",
		Title: "That is not the day that this machine's clock shows.",
		Hint:  "Look at the calendar. If it is right, set the clock of the machine; if the clock is right, send its day.",
	}
	ErrNotHere = &fault.Fault{
		Kind: fault.Forbidden, Code: "retention/at-the-machine",
		Title: "Whether the clock is right concerns every org: only whoever works on the machine may say so.",
		Hint:  "There: rostod retention resume DAY",
	}
	ErrNotPaused = &fault.Fault{
		Kind: fault.Conflict, Code: "retention/not-paused",
		Title: "The daily work is not waiting for anybody.", Hint: "GET /api/retention/state says how far it is.",
	}
)
