package gallery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/ann"
)

// secretsPrefix owns the secrets of the index's segments: name of a segment ->
// secret.
const secretsPrefix = 'S'

// secret is what the templates of a segment are turned by, so that its files
// match nothing elsewhere.
type secret struct {
	Bytes  []byte    `json:"bytes"`
	Issue  int       `json:"issue"` // the how manieth it is, from 1
	Issued time.Time `json:"issued"`
}

// Format hides a secret from every verb.
func (secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(secret)") }

// LogValue hides a secret from slog.
func (secret) LogValue() slog.Value { return slog.StringValue("(secret)") }

// place of a segment's secret.
func secretPlace(n ann.Name) storage.Key { return storage.Path(storage.Text(n.String())) }

// secret is a segment's; it is made when it is first asked for.
func (x *Index) secret(n ann.Name) (ann.Secret, error) {
	ctx := context.Background()
	var held secret
	err := x.gallery.Store.View(ctx, func(v *storage.View) (err error) {
		held, err = x.secrets.Get(v, secretPlace(n))
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		held, err = x.issue(ctx, n, engine.Operator)
	}
	if err == nil && len(held.Bytes) != len(ann.Secret{}) {
		err = errors.New("it has another length")
	}
	if err != nil {
		return ann.Secret{}, fmt.Errorf("read the secret of a segment: %w", err)
	}
	return ann.Secret(held.Bytes), nil
}

// issue gives a segment a new secret.
func (x *Index) issue(ctx context.Context, n ann.Name, by engine.KeyID) (secret, error) {
	next := secret{Bytes: make([]byte, len(ann.Secret{}))}
	if _, err := io.ReadFull(x.gallery.Random, next.Bytes); err != nil {
		return secret{}, fmt.Errorf("draw a secret: %w", err)
	}
	_, err := x.gallery.Store.Commit(ctx, func(tx *storage.Tx) error {
		held, err := x.secrets.Get(tx, secretPlace(n))
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		next.Issue, next.Issued = held.Issue+1, tx.Now().UTC().Truncate(time.Millisecond)
		if err := x.secrets.Put(tx, storage.Subject{}, secretPlace(n), next); err != nil {
			return err
		}
		_, err = tx.Log(storage.Entry{
			Kind: "index.secret", Actor: string(by), Public: map[string]any{"segment": n.String(), "issue": next.Issue},
		})
		return err
	})
	if err != nil {
		return secret{}, fmt.Errorf("keep the secret of a segment: %w", err)
	}
	return next, nil
}

// segmentView is a part of the index.
type segmentView struct {
	Name       string `json:"name" doc:"Pseudonym of the base, and the model's SHA-256, hexadecimal."`
	Rows       int    `json:"rows" doc:"Templates."`
	Dimensions int    `json:"dimensions"`
}

type indexAnswer struct {
	Position uint64        `json:"position" doc:"Journal entries that it has taken in."`
	Behind   uint64        `json:"behind" doc:"Journal entries that it has not."`
	Kernels  string        `json:"kernels" doc:"The loops that compare, for this processor."`
	Segments []segmentView `json:"segments"`
}

func (x *Index) state(ctx context.Context) (indexAnswer, error) {
	if err := x.follow(ctx); err != nil {
		return indexAnswer{}, err
	}
	answer := indexAnswer{Position: x.flat.Position(), Kernels: x.flat.Kernels(), Segments: []segmentView{}}
	for _, s := range x.flat.Segments() {
		answer.Segments = append(answer.Segments, segmentView{s.Name().String(), s.Rows(), s.Dims()})
	}
	err := x.gallery.Store.View(ctx, func(v *storage.View) error {
		now, err := v.Position()
		answer.Behind = uint64(now) - min(uint64(now), answer.Position)
		return err
	})
	return answer, err
}

// reissue turns every segment by a new secret, so that its old files, wherever
// they have gone, match it no more than a stranger's. Cut off in between, the
// next start goes on: files that do not fit the secret are rebuilt.
func (x *Index) reissue(ctx context.Context) (indexAnswer, error) {
	if err := x.reissueAll(ctx, web.CallerOf(ctx).Key); err != nil {
		return indexAnswer{}, err
	}
	return x.state(ctx)
}

func (x *Index) reissueAll(ctx context.Context, by engine.KeyID) error {
	x.catch.Lock()
	defer x.catch.Unlock()
	if err := x.catchUp(ctx); err != nil {
		return err
	}
	for _, s := range x.flat.Segments() {
		if _, err := x.issue(ctx, s.Name(), by); err != nil {
			return err
		}
		err := x.gallery.Store.View(ctx, func(v *storage.View) error {
			return x.flat.Rebuild(s.Name(), s.Dims(), x.rows(ctx, v, s.Name()))
		})
		if err != nil {
			return fmt.Errorf("rebuild a segment of the index: %w", err)
		}
	}
	if err := x.catchUp(ctx); err != nil {
		return err
	}
	return x.save(ctx)
}
