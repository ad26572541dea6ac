package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/parquet-go/parquet-go"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/rostod/rostod/storage"
)

// Row is an entry in a Parquet file. Private values are not in it, only the names of
// those that the entry commits to.
type Row struct {
	Branch    string    `parquet:"branch,dict"`
	Entry     int64     `parquet:"entry"`
	Time      time.Time `parquet:"time,timestamp(microsecond)"` // by the branch's clock
	Kind      string    `parquet:"kind,dict"`
	Org       string    `parquet:"org,dict"`
	Actor     string    `parquet:"actor,dict"`
	Public    string    `parquet:"public,zstd"` // JSON
	Committed []string  `parquet:"committed,list"`
	Hash      []byte    `parquet:"hash"` // of the entry in its tree (RFC 6962)
}

// rowsAFile bounds one file.
const rowsAFile = 100_000

// WriteTables writes what is not in a Parquet file yet, for every branch. The files
// can be made again from the archive at any time.
func (h *Hub) WriteTables(ctx context.Context) error {
	list, err := h.all(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range list {
		errs = append(errs, h.writeTable(ctx, b.Origin))
	}
	return errors.Join(errs...)
}

func (h *Hub) writeTable(ctx context.Context, origin string) error {
	defer h.lock(origin)()
	b, err := h.branchOf(ctx, origin)
	if err != nil {
		return err
	}
	for b.Tabled < b.Size {
		rows, err := h.rows(ctx, b, b.Tabled)
		if err != nil {
			return err
		}
		var file bytes.Buffer
		if err := parquet.Write(&file, rows, parquet.KeyValueMetadata("rostod.log", b.Origin)); err != nil {
			return fmt.Errorf("write a table: %w", err)
		}
		end := b.Tabled + uint64(len(rows))
		name := fmt.Sprintf("%012d-%012d.parquet", b.Tabled, end)
		if err := put(filepath.Join(h.Dir, "tables", b.Folder), name, file.Bytes()); err != nil {
			return err
		}
		b.Tabled = end
		_, err = h.Store.Commit(ctx, func(tx *storage.Tx) error {
			if err := h.branches.Put(tx, storage.Subject{}, branchAt(origin), b); err != nil {
				return err
			}
			_, err := tx.Log(storage.Entry{Kind: "hub.tabled", Actor: "system", Public: map[string]any{"branch": b.Name, "to": end}})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

var errEnough = errors.New("enough rows for one file")

func (h *Hub) rows(ctx context.Context, b branch, from uint64) ([]Row, error) {
	var rows []Row
	err := h.entries(ctx, b, from, func(index uint64, entry []byte) error {
		if len(rows) == rowsAFile {
			return errEnough
		}
		r, err := rowOf(b.Name, index, entry)
		rows = append(rows, r)
		return err
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return rows, err
}

func rowOf(name string, index uint64, entry []byte) (Row, error) {
	var leaf struct {
		Actor   string            `json:"actor"`
		Kind    string            `json:"kind"`
		Org     string            `json:"org"`
		Public  jsontext.Value    `json:"public"`
		Private map[string][]byte `json:"private"`
		Time    time.Time         `json:"time"`
	}
	if err := json.Unmarshal(entry, &leaf); err != nil {
		return Row{}, fmt.Errorf("entry %d is no entry", index)
	}
	hash := tlog.RecordHash(entry)
	r := Row{
		Branch: name, Entry: int64(index), Time: leaf.Time.UTC(), Kind: leaf.Kind, Org: leaf.Org, Actor: leaf.Actor,
		Public: string(leaf.Public), Committed: []string{}, Hash: hash[:],
	}
	for value := range leaf.Private {
		r.Committed = append(r.Committed, value)
	}
	slices.Sort(r.Committed)
	return r, nil
}
