package settings

import "github.com/rostod/rostod/internal/fault"

// What a caller may read when settings say no.
var (
	ErrUnsound = &fault.Fault{
		Kind: fault.Unprocessable, Code: "settings/unsound",
		Title: "These values do not fit together.",
		Hint:  "Read the fields; values that you leave out keep their defaults.",
	}
	ErrChanged = &fault.Fault{
		Kind: fault.Conflict, Code: "settings/changed",
		Title: "The settings have been changed since the version that you name.",
		Hint:  "Read them again, look at what changed, and send your change with the new version.",
	}
	ErrNoVersion = &fault.Fault{
		Kind: fault.NotFound, Code: "settings/no-such-version",
		Title: "There is no such version of the settings.",
		Hint:  "GET /api/identity/settings/risk-tiers/versions lists them.",
	}
)
