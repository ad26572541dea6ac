package journey

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/rostod/rostod/engine/journey/dossier"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

func sealAt() storage.Key { return storage.Path(storage.U8(0), storage.U32(1)) }

// seal is the operator's seal, or the one of this store, which is made when it
// is first asked for.
func (j *Journeys) seal(ctx context.Context) (dossier.Seal, error) {
	if len(j.Seal) > 0 {
		return dossier.OpenSeal(j.Seal)
	}
	var kept part
	err := j.Store.View(ctx, func(v *storage.View) (err error) {
		kept, err = j.parts.Get(v, sealAt())
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		kept, err = j.makeSeal(ctx)
	}
	if err != nil {
		return dossier.Seal{}, fmt.Errorf("read the seal: %w", err)
	}
	return dossier.OpenSeal(kept.Bytes)
}

// makeSeal makes the seal, unless somebody was faster.
func (j *Journeys) makeSeal(ctx context.Context) (kept part, err error) {
	id, err := j.fresh("")
	if err != nil {
		return part{}, err
	}
	made, err := dossier.NewSeal("rostod evidence seal "+id[:8], j.Now())
	if err != nil {
		return part{}, err
	}
	seal, err := dossier.OpenSeal(made)
	if err != nil {
		return part{}, err
	}
	_, err = j.Store.Commit(ctx, func(tx *storage.Tx) error {
		kept, err = j.parts.Get(tx, sealAt())
		if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		kept = part{made}
		_, err = tx.Log(storage.Entry{Kind: "journey.seal", Actor: "system", Public: map[string]any{"certificate": string(seal.Certificate()), "sha256": seal.Fingerprint()}})
		if err != nil {
			return err
		}
		return j.parts.Put(tx, j.Store.Pseudonym("journey seal"), sealAt(), kept)
	})
	return kept, err
}

func (j *Journeys) certificate(ctx context.Context, _ web.None) (*web.Stream, error) {
	seal, err := j.seal(ctx)
	if err != nil {
		return nil, err
	}
	return &web.Stream{
		ContentType: "application/x-pem-file", Filename: "seal.pem",
		Write: func(_ context.Context, w io.Writer) error { _, err := w.Write(seal.Certificate()); return err },
	}, nil
}
