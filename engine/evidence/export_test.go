package evidence

import "context"

// Sweep does what is due now.
func (e *Evidence) Sweep(ctx context.Context) error { return e.sweep(ctx) }
