package journey

import "context"

// Sweep does what is due, as the background does.
func (j *Journeys) Sweep(ctx context.Context) error { return j.sweep(ctx) }

// Watermark and WrongCallback are for their own tests.
var (
	Watermark     = watermark
	WrongCallback = wrongCallback
)
