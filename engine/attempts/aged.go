package attempts

import (
	"context"
	"errors"
	"fmt"

	"github.com/rostod/rostod/storage"
)

// agedEntry is the kind of the journal's entries that say that records went by
// age, of whichever room.
const agedEntry = "retention.removed"

// aged notes, in the transaction that removes a row by age, that its month's files
// have something of it.
func (x *index) aged(tx *storage.Tx, month string) error {
	held, err := x.secrets.Get(tx, secretPlace(month))
	if errors.Is(err, storage.ErrNotFound) {
		return nil // it has no files
	}
	if err != nil {
		return fmt.Errorf("read the secret of the search index: %w", err)
	}
	held.Removed++
	return x.secrets.Put(tx, x.sealedBy(month, held.Issue), secretPlace(month), held)
}

// dropAged makes those months anew, under new secrets, of which rows went by age
// since their files were made.
func (x *index) dropAged(ctx context.Context, v *storage.View) error {
	var stale []string
	for row, err := range x.secrets.Scan(v, storage.Range{}) {
		if err != nil {
			return fmt.Errorf("read the secrets of the search index: %w", err)
		}
		if row.Value.Removed == row.Value.Without {
			continue
		}
		month, err := monthAt(row.Key)
		if err != nil {
			return err
		}
		now, err := x.secretNow(ctx, month)
		if err != nil {
			return err
		}
		if now.Without >= row.Value.Removed {
			continue // it was made anew since the snapshot
		}
		stale = append(stale, month)
	}
	for _, month := range stale {
		if err := x.anew(ctx, v, month); err != nil {
			return fmt.Errorf("take rows that went by age out of the search index: %w", err)
		}
	}
	return nil
}

// anew makes a month's files of what a snapshot has, under a new secret. What goes
// after the snapshot is not among what they are made without, and makes them be made
// once more.
func (x *index) anew(ctx context.Context, v *storage.View, month string) error {
	held, err := x.secrets.Get(v, secretPlace(month))
	if err != nil && !errors.Is(err, storage.ErrNotFound) && !errors.Is(err, storage.ErrErased) {
		return fmt.Errorf("read the secret of the search index: %w", err)
	}
	if _, err := x.issue(ctx, month, held.Removed); err != nil {
		return err
	}
	return x.text.Rebuild(month, x.documents(ctx, v, month))
}
