package journey

import (
	"context"
	"errors"

	"github.com/rostod/rostod/storage"
)

// Sweep does what is due, as the background does.
func (j *Journeys) Sweep(ctx context.Context) error { return j.sweep(ctx) }

// Watermark and WrongCallback are for their own tests.
var (
	Watermark     = watermark
	WrongCallback = wrongCallback
)

// Records is how many records there are of journeys and of pictures.
func (j *Journeys) Records(ctx context.Context) (n int, err error) {
	err = j.Store.View(ctx, func(v *storage.View) error {
		for _, err := range j.table.Scan(v, storage.Range{}) {
			if err != nil && !errors.Is(err, storage.ErrErased) {
				return err
			}
			n++
		}
		for _, err := range j.parts.Scan(v, storage.Range{}) {
			if err != nil && !errors.Is(err, storage.ErrErased) {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
