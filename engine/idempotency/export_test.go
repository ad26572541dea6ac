package idempotency

import "context"

// Sweep is what the room does every hour.
func (i *Idempotency) Sweep(ctx context.Context) error { return i.sweep(ctx) }
