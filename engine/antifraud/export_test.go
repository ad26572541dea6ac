package antifraud

import (
	"context"
	"errors"

	"github.com/rostod/rostod/storage"
)

// Records is how many records there are of evaluations, with the list, and of what
// is known but of sessions.
func (a *AntiFraud) Records(ctx context.Context) (n [2]int, err error) {
	err = a.Store.View(ctx, func(v *storage.View) error {
		for _, err := range a.evaluations.Scan(v, storage.Range{}) {
			if err != nil && !errors.Is(err, storage.ErrErased) {
				return err
			}
			n[0]++
		}
		for row, err := range a.known.Scan(v, storage.Range{}) {
			if err != nil {
				return err
			}
			if row.Value.Session == nil {
				n[1]++
			}
		}
		return nil
	})
	return n, err
}
