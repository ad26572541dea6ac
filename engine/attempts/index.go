package attempts

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/storage"
	"github.com/rostod/rostod/storage/text"
)

// index finds rows by their words. It is derived from the rows and follows the
// journal; docs/SEARCH.md walks a search through it.
type index struct {
	attempts *Attempts
	secrets  *storage.Table[secret]
	text     *text.Index
	turn     chan struct{} // holds one: who takes it may bring the index up to date
	ready    atomic.Bool
	seen     atomic.Uint64 // journal entries that it has taken in
}

// secretsPrefix owns the secrets of the index's parts: month -> secret.
const secretsPrefix = 'X'

// secret is what the words of a month are hashed with. Each is sealed with a key of
// its own: when that is forgotten, copies of the files that were made with it
// say nothing.
type secret struct {
	Bytes []byte `json:"bytes"`
	Issue int    `json:"issue"` // the how manieth it is, from 1
	// Removed counts rows of the month that went by age, and Without those of them
	// that the files were made without.
	Removed int `json:"removed,omitzero"`
	Without int `json:"without,omitzero"`
}

// Format hides a secret from every verb.
func (secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "(secret)") }

// LogValue hides a secret from slog.
func (secret) LogValue() slog.Value { return slog.StringValue("(secret)") }

func openIndex(a *Attempts, dir string) (*index, error) {
	secrets, err := storage.OpenTable[secret](a.Store, secretsPrefix, "attempts.secrets")
	if err != nil {
		return nil, err
	}
	x := &index{attempts: a, secrets: secrets, turn: make(chan struct{}, 1)}
	x.text, err = text.Open(text.Config{Dir: dir, Fields: kinds(), Secret: x.secret})
	return x, err
}

func secretPlace(month string) storage.Key { return storage.Key(month) }

// monthAt is the month whose secret lies at a place.
func monthAt(place storage.Key) (string, error) {
	if _, err := time.Parse("2006-01", string(place)); err != nil {
		return "", errors.New("a secret of the search index belongs to no month")
	}
	return string(place), nil
}

// secret is a month's; it is made when it is first asked for.
func (x *index) secret(month string) (text.Secret, error) {
	ctx := context.Background()
	held, err := x.secretNow(ctx, month)
	if errors.Is(err, storage.ErrNotFound) {
		held, err = x.issue(ctx, month, 0)
	}
	if err == nil && len(held.Bytes) != len(text.Secret{}) {
		err = errors.New("it has another length")
	}
	if err != nil {
		return text.Secret{}, fmt.Errorf("read the secret of the search index: %w", err)
	}
	return text.Secret(held.Bytes), nil
}

func (x *index) secretNow(ctx context.Context, month string) (held secret, err error) {
	err = x.attempts.Store.View(ctx, func(v *storage.View) (err error) {
		held, err = x.secrets.Get(v, secretPlace(month))
		return err
	})
	return held, err
}

// issue gives a month a new secret and destroys the one before. The files will be
// made without so many of the rows that went by age.
func (x *index) issue(ctx context.Context, month string, without int) (secret, error) {
	next := secret{Bytes: make([]byte, len(text.Secret{}))}
	if _, err := io.ReadFull(x.attempts.Random, next.Bytes); err != nil {
		return secret{}, fmt.Errorf("draw a secret: %w", err)
	}
	_, err := x.attempts.Store.Commit(ctx, func(tx *storage.Tx) error {
		held, err := x.secrets.Get(tx, secretPlace(month))
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if held.Issue > 0 {
			if err := tx.Forget(x.sealedBy(month, held.Issue)); err != nil {
				return err
			}
		}
		next.Issue, next.Removed, next.Without = held.Issue+1, held.Removed, without
		if err := x.secrets.Put(tx, x.sealedBy(month, next.Issue), secretPlace(month), next); err != nil {
			return err
		}
		_, err = tx.Log(storage.Entry{
			Kind: "search.secret", Actor: string(engine.Operator), Public: map[string]any{"month": month, "issue": next.Issue},
		})
		return err
	})
	if err != nil {
		return secret{}, fmt.Errorf("keep the secret of the search index: %w", err)
	}
	return next, nil
}

func (x *index) sealedBy(month string, issue int) storage.Subject {
	return x.attempts.Store.Pseudonym("search secret", month, strconv.Itoa(issue))
}

// month is the part of the index that a row belongs to.
func month(at time.Time) string { return at.UTC().Format("2006-01") }

// documentID is a row's in the index: it sorts as its key does.
func documentID(place storage.Key) string { return hex.EncodeToString(place) }

func ownerID(owner storage.Subject) string { return hex.EncodeToString(owner[:]) }

// read is the row behind a document.
func (x *index) read(r storage.Reader, owner storage.Subject, id string) (found, error) {
	place, err := hex.DecodeString(id)
	if err != nil {
		return found{}, fmt.Errorf("read an id of the search index: %w", err)
	}
	key := append(storage.Key(owner[:]), place...)
	row, err := x.attempts.rows.Get(r, key)
	return foundAt(key, row, err)
}

// documents are those of every row, or of the rows of one month.
func (x *index) documents(ctx context.Context, v *storage.View, month string) iter.Seq2[text.Document, error] {
	return func(yield func(text.Document, error) bool) {
		for owner, err := range x.owners(v) {
			if err != nil {
				yield(text.Document{}, err)
				return
			}
			for row, err := range x.attempts.rows.Scan(v, during(owner, month)) {
				if err == nil || errors.Is(err, storage.ErrErased) {
					err = context.Cause(ctx)
				}
				d, err := documentAt(row, err)
				if err == nil && month != "" && monthOf(d) != month {
					break // the rows of the next month
				}
				if !yield(d, err) || err != nil {
					return
				}
			}
		}
	}
}

func monthOf(d text.Document) string { return month(d.At) }

// documentAt is a row that was read as a document.
func documentAt(row storage.Row[engine.Attempt], err error) (text.Document, error) {
	if err != nil {
		return text.Document{}, fmt.Errorf("read attempt: %w", err)
	}
	if row.Value.ID == "" {
		err = storage.ErrErased
	}
	kept, err := foundAt(row.Key, row.Value, err)
	if err != nil {
		return text.Document{}, err
	}
	var owner storage.Subject
	copy(owner[:], row.Key)
	return document(kept, ownerID(owner), hex.EncodeToString(row.SealedBy)), nil
}

// owners are the orgs that have rows, as pseudonyms.
func (x *index) owners(v *storage.View) iter.Seq2[storage.Subject, error] {
	return func(yield func(storage.Subject, error) bool) {
		var from storage.Key
		for {
			var owner storage.Subject
			found := false
			for row, err := range x.attempts.rows.Scan(v, storage.Range{From: from}) {
				if len(row.Key) < ownerLength {
					yield(owner, fmt.Errorf("read attempts: %w", err))
					return
				}
				copy(owner[:], row.Key)
				found = true
				break
			}
			if !found || !yield(owner, nil) {
				return
			}
			if from = after(owner); from == nil {
				return
			}
		}
	}
}

// after is the first key behind all of an owner's; nil when there is none.
func after(owner storage.Subject) storage.Key {
	next := append(storage.Key(nil), owner[:]...)
	for i := len(next) - 1; i >= 0; i-- {
		if next[i]++; next[i] != 0 {
			return next
		}
	}
	return nil
}
