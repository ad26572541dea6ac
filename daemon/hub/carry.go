package hub

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rostod/rostod/engine/upstream/batch"
	"github.com/rostod/rostod/internal/fault"
)

// Carried is what became of a parcel.
type Carried struct {
	Parcel  batch.Parcel
	Receipt []byte
	Branch  View
	Again   bool // it had come before
}

// CarryIn takes a parcel. It is read and verified whole, to the last byte of the last
// batch, before anything of it is used.
func (h *Hub) CarryIn(ctx context.Context, file []byte) (Carried, error) {
	origin, err := batch.ParcelOrigin(file)
	if err != nil {
		return Carried{}, fault.Because(ErrMalformed, err)
	}
	b, err := h.branchOf(ctx, origin)
	if err != nil {
		return Carried{}, err
	}
	p, err := batch.OpenParcel(file, h.keys.Parcel, b.Keys...)
	if err != nil {
		h.Log.Warn("a parcel was refused", "branch", b.Name, "err", err)
		return Carried{}, refused(err)
	}
	for _, wire := range p.Batches {
		if _, err := h.Take(ctx, wire); err != nil {
			return Carried{}, err
		}
	}
	c := Carried{Parcel: p}
	defer h.lock(origin)()
	if b, err = h.branchOf(ctx, origin); err != nil {
		return Carried{}, err
	}
	c.Again = p.Number <= b.Parcel && !slices.Contains(b.Missing, p.Number)
	if count(&b, p) {
		b.Heard = h.Now().UTC().Truncate(time.Millisecond)
		if err := h.commit(ctx, b, nil, nil); err != nil {
			return Carried{}, err
		}
	}
	if c.Receipt, err = h.receipt(b, p.ID()); err != nil {
		return Carried{}, err
	}
	c.Branch, err = h.view(ctx, b)
	return c, err
}

// mostMissing bounds the numbers that are remembered of parcels that did not come.
const mostMissing = 1000

// count keeps the books of parcels: which came last, and which did not come. It says
// whether they changed.
func count(b *branch, p batch.Parcel) bool {
	if i := slices.Index(b.Missing, p.Number); i >= 0 {
		b.Missing = slices.Delete(b.Missing, i, i+1)
		return true
	}
	if p.Number <= b.Parcel {
		return false
	}
	for n := b.Parcel + 1; n < p.Number && len(b.Missing) < mostMissing; n++ {
		b.Missing = append(b.Missing, n)
	}
	if p.Number == b.Parcel+1 && b.Parcels != "" && p.Before != b.Parcels {
		b.Why = fmt.Sprintf("parcel %d does not follow the parcel %d that came", p.Number, b.Parcel)
	}
	b.Parcel, b.Parcels = p.Number, p.Digest
	return true
}
