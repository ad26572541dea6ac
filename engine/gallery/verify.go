package gallery

import (
	"context"
	"fmt"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/storage"
)

// ErrIndexDiffers: the index of faces does not have what the records have.
var ErrIndexDiffers = &fault.Fault{
	Kind: fault.Internal, Code: "gallery/index-differs",
	Title: "The index of faces does not have what the records have.",
	Hint:  "The records decide. Stop the daemon, remove the folder index from the data folder, start again: the index is made from the records. Keep the folder for a report, without sending it to anybody: it is biometric data.",
}

// VerifyIndex reads every file of the index again, compares it with its
// checksums, and every row with the records. It answers how many rows there
// are. Nobody may use the index meanwhile.
func (g *Gallery) VerifyIndex(ctx context.Context) (rows int, err error) {
	x := g.index
	x.catch.Lock()
	defer x.catch.Unlock()
	if err := x.catchUp(ctx); err != nil {
		return 0, err
	}
	err = g.Store.View(ctx, func(v *storage.View) error {
		indexed := 0
		for _, s := range x.flat.Segments() {
			audit, err := s.Verify(x.rows(ctx, v, s.Name()))
			if err != nil {
				return fmt.Errorf("verify the index: %w", err)
			}
			if !audit.Sound() {
				return fmt.Errorf("%w (%d missing, %d other, %d too many)", ErrIndexDiffers, audit.Missing, audit.Differs, audit.Surplus)
			}
			indexed += audit.Rows
		}
		for _, err := range x.all(ctx, v) {
			if err != nil {
				return err
			}
			rows++
		}
		if rows != indexed {
			return fmt.Errorf("%w (%d of %d are in no segment)", ErrIndexDiffers, rows-indexed, rows)
		}
		return nil
	})
	return rows, err
}
