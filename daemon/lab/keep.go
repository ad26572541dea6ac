package lab

import (
	"compress/gzip"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/rostod/rostod/capture/flash"
)

// kept is the folder of what was filmed: one file for each session, named by its
// row's key, flash.Session as encoding/gob writes it, compressed. Filming costs
// many times what measuring does; what is kept can be measured by later code.
func (r *run) kept() string { return filepath.Join(r.Out, "sessions") }

func (r *run) keptFile(key string) string {
	return filepath.Join(r.kept(), url.PathEscape(key)+".gob.gz")
}

// keep writes down one session.
func (r *run) keep(key string, s flash.Session) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("keep the session %s: %w", key, err)
		}
	}()
	f, err := os.OpenFile(r.keptFile(key), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		return err
	}
	return errors.Join(gob.NewEncoder(z).Encode(s), z.Close())
}

// keptSession reads a session back; false when it was not kept.
func (r *run) keptSession(key string) (s flash.Session, ok bool, err error) {
	f, err := os.Open(r.keptFile(key))
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read the kept session %s: %w", key, err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err == nil {
		err = gob.NewDecoder(z).Decode(&s)
	}
	if err != nil {
		return s, false, fmt.Errorf("read the kept session %s: %w", key, err)
	}
	return s, true, nil
}

// remeasure measures anew every row whose session was kept. Those that were held
// against wrong sequences are so again, and others as far as more are wanted.
func (r *run) remeasure(ctx context.Context) error {
	places := make([]int, len(r.rows))
	for i := range places {
		places[i] = i
	}
	return sideBySide(ctx, r, places, func(i int) error {
		row := r.rows[i]
		session, ok, err := r.keptSession(row.Key)
		if err != nil || !ok {
			return err
		}
		again := row.Crossed != nil
		row.Failed, row.Crossed = "", nil
		if err := row.measure(session); err != nil {
			return err
		}
		if crosses(row) && (again || r.wantsCross()) {
			if row.Crossed, err = cross(row, session); err != nil {
				return err
			}
		}
		r.rows[i] = row
		return nil
	})
}
