package text

import (
	"fmt"

	"github.com/rostod/rostod/internal/fault"
)

// Damaged: a file of the index is not what was written. Nothing is lost: the
// records have it all.
var Damaged = &fault.Fault{
	Kind: fault.Unavailable, Code: "search/damaged",
	Title: "The search index is damaged and must be rebuilt from the records.",
	Hint:  "It is rebuilt by itself. If this comes back, look for errors of the disk.",
}

// BadWords: what was typed cannot be searched for; its fields say why.
var BadWords = &fault.Fault{
	Kind: fault.Invalid, Code: "search/bad-words",
	Title: "These words cannot be searched for.",
	Hint:  "Type whole words; \"in quotes\" for words that follow each other; -word for what must not be there.",
}

func damaged(what string, err error) error { return fmt.Errorf("%w: %s: %w", Damaged, what, err) }
