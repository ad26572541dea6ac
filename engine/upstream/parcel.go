package upstream

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine/upstream/batch"
)

// packed is the last parcel that was made.
type packed struct {
	Number uint64 `json:"number"`
	Digest string `json:"digest"`
}

func (u *Upstream) parcelsFile() string { return filepath.Join(u.Dir, "parcels") }

func (u *Upstream) lastParcel() (packed, error) {
	b, err := os.ReadFile(u.parcelsFile())
	if errors.Is(err, os.ErrNotExist) {
		return packed{Digest: "-"}, nil
	}
	if err != nil {
		return packed{}, fmt.Errorf("read which parcel was the last: %w", err)
	}
	var last packed
	if err := json.Unmarshal(b, &last, json.RejectUnknownMembers(true)); err != nil {
		return packed{}, fmt.Errorf("read which parcel was the last: %w", err)
	}
	return last, nil
}

// parcel packs the next parcel: of what headquarters has not co-signed, behind the
// entries that are on the medium already. There is none when nothing is left.
func (u *Upstream) parcel(ctx context.Context, after uint64) (batch.Parcel, []byte, error) {
	var p batch.Parcel
	if u.Headquarters == nil {
		return p, nil, ErrOff
	}
	u.packs.Lock()
	defer u.packs.Unlock()
	u.mu.Lock()
	standing, held := u.state.standing, u.state.held
	u.mu.Unlock()
	if standing != batch.Sound && standing != "" {
		return p, nil, ErrNotSound
	}
	last, err := u.lastParcel()
	if err != nil {
		return p, nil, err
	}
	p = batch.Parcel{Number: last.Number + 1, Before: last.Digest, From: max(held, after)}
	size := u.Store.State(ctx).Journal
	for p.To = p.From; p.To < size && len(p.Batches) < batch.MostBatches; {
		b, wire, err := u.pack(ctx, p.To, mostEntries)
		if err != nil {
			return p, nil, err
		}
		p.Origin, p.To, p.Batches = b.Origin, b.To, append(p.Batches, wire)
	}
	if len(p.Batches) == 0 {
		return p, nil, ErrNothing
	}
	file, err := p.Bytes(u.Headquarters.Parcels, func(kind string, lines ...string) ([]byte, error) { return u.Log.State(ctx, kind, lines...) })
	if err != nil {
		return p, nil, err
	}
	note, err := json.Marshal(packed{p.Number, p.Digest})
	if err != nil {
		return p, nil, fmt.Errorf("note a parcel: %w", err)
	}
	return p, file, keep(u.parcelsFile(), note)
}

// returned takes the receipt of a parcel.
func (u *Upstream) returned(ctx context.Context, wire []byte) (Status, error) {
	if u.Headquarters == nil {
		return Status{}, ErrOff
	}
	switch err := u.accept(ctx, wire, ""); {
	case errors.Is(err, batch.ErrMalformed), errors.Is(err, batch.ErrAltered), errors.Is(err, batch.ErrTooLarge):
		return Status{}, ErrReceipt
	case err != nil && notSigned(err):
		return Status{}, ErrForeign
	case err != nil:
		return Status{}, err
	}
	return u.Status(ctx)
}
