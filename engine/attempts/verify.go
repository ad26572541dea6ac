package attempts

import (
	"context"
	"fmt"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// ErrIndexDiffers: the search index does not have what the records have.
var ErrIndexDiffers = &fault.Fault{
	Kind: fault.Internal, Code: "attempts/index-differs",
	Title: "The search index does not have what the records have.",
	Hint:  "The records decide. Stop the daemon, remove the folder search from the data folder, start again: the index is made from the records.",
}

// VerifyIndex holds every file of the search index against its checksum, and every
// document against its row. It answers how many there are.
func (a *Attempts) VerifyIndex(ctx context.Context) (rows int, err error) {
	if err := a.index.follow(ctx); err != nil {
		return 0, err
	}
	err = a.Store.View(ctx, func(v *storage.View) error {
		all := 0
		for _, err := range a.index.documents(ctx, v, "") {
			if err != nil {
				return err
			}
			all++
		}
		for _, part := range a.index.text.Parts() {
			d, err := a.index.text.Compare(ctx, part, a.index.documents(ctx, v, part))
			if err != nil {
				return fmt.Errorf("verify the search index: %w", err)
			}
			if !d.Sound() {
				return fmt.Errorf("%w (%s: %d missing, %d other, %d too many)", ErrIndexDiffers, part, d.Missing, d.Other, d.Surplus)
			}
			rows += d.Documents
		}
		if rows != all {
			return fmt.Errorf("%w (%d of %d are in no month)", ErrIndexDiffers, all-rows, all)
		}
		return nil
	})
	return rows, err
}

// Erased brings what was erased out of the index's files, too. Whoever forgets the
// key of a customer's evidence calls it before answering.
func (a *Attempts) Erased(ctx context.Context) error { return a.index.follow(ctx) }
