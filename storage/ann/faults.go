package ann

import (
	"errors"
	"fmt"

	"github.com/rostod/rostod/internal/fault"
)

// Damaged: a file of the index is not what was written; the error around it
// names the file. Nothing is lost: the records have it all.
var Damaged = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "index/damaged",
	Title: "The index of faces is damaged and must be rebuilt from the records.",
	Hint:  "It is rebuilt by itself when the daemon starts. If this comes back, look for errors of the disk.",
}

func isDamage(err error) bool { return errors.Is(err, Damaged) }

// damaged says which file, and what is wrong with it.
func damaged(file, what string) error { return fmt.Errorf("%w: %s %s", Damaged, file, what) }
