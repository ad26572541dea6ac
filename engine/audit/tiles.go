package audit

import (
	"archive/tar"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/storage"
)

// height of a tile: 256 hashes, as c2sp.org/tlog-tiles has them.
const height = 8

// tiles writes the whole log as the files of c2sp.org/tlog-tiles, which any web
// server can serve and any program that speaks it can read: the checkpoint, the
// tiles of hashes, and the bundles of entries.
func (a *Audit) tiles(ctx context.Context, w io.Writer) error {
	now, signed, err := a.signed(ctx)
	if err != nil {
		return err
	}
	t := &tarred{tar.NewWriter(w), a.Now().UTC().Truncate(time.Second)}
	if err := t.file("checkpoint", signed); err != nil {
		return err
	}
	for level, size := 0, now.Size; size > 0; level, size = level+1, size>>height {
		for n := uint64(0); n<<height < size; n++ {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			if err := a.tile(ctx, t, level, n, int(min(1<<height, size-n<<height))); err != nil {
				return err
			}
		}
	}
	if err := t.Close(); err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	return nil
}

// tile writes one tile, and at the lowest level the entries below it. The journal
// only grows: whichever view they come from, they are the same.
func (a *Audit) tile(ctx context.Context, t *tarred, level int, n uint64, width int) error {
	tile := tlog.Tile{H: height, L: level, N: int64(n), W: width}
	var hashes, entries []byte
	err := a.Store.View(ctx, func(v *storage.View) (err error) {
		if hashes, err = tlog.ReadTileData(tile, v.Hashes()); err != nil || level > 0 {
			return err
		}
		leaves, err := v.Leaves(n<<height, width)
		for _, l := range leaves {
			if len(l.Raw) > 0xFFFF {
				return fmt.Errorf("entry %d of the journal is too long for a bundle", l.Index)
			}
			entries = append(binary.BigEndian.AppendUint16(entries, uint16(len(l.Raw))), l.Raw...)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read the journal's tree: %w", err)
	}
	// Both paths are tile/<height>/<level>/… in this library, and have no height there.
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/%d/", height, level))
	if err := t.file(fmt.Sprintf("tile/%d/%s", level, path), hashes); err != nil || level > 0 {
		return err
	}
	return t.file("tile/entries/"+path, entries)
}

// tarred is an archive of small files.
type tarred struct {
	*tar.Writer
	at time.Time
}

func (t *tarred) file(name string, b []byte) error {
	err := t.WriteHeader(&tar.Header{Name: name, Size: int64(len(b)), Mode: 0o644, ModTime: t.at, Format: tar.FormatPAX})
	if err == nil {
		_, err = t.Write(b)
	}
	if err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	return nil
}
