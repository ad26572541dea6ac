package attempts

import (
	"time"

	"github.com/rostod/rostod/internal/fault"
)

// What a caller may read when a list cannot be made.
var (
	ErrBadQuery = &fault.Fault{
		Kind: fault.Invalid, Code: "attempts/bad-query",
		Title: "The list cannot be made from these filters.",
		Hint:  "Read the fields; leave out what you do not need.",
	}
	ErrNoFormat = &fault.Fault{
		Kind: fault.NotAcceptable, Code: "attempts/no-such-format",
		Title: "The rows are not written in that format.",
		Hint:  "Ask for format=json, ndjson, csv or parquet, or for the media type of one of them.",
	}
	ErrIndexing = &fault.Fault{
		Kind: fault.Unavailable, Code: "attempts/indexing", RetryAfter: 5 * time.Second,
		Title: "The search index is being made from the records.",
		Hint:  "Ask again in a while. Lists and exports without words work meanwhile.",
	}
)
