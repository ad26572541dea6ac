package attempts

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

type exportBody struct {
	Format  string  `json:"format" doc:"How the rows are written." enum:"csv,ndjson,parquet" required:"true"`
	Q       string  `json:"q,omitzero" doc:"Words, as in a search." maxLength:"512"`
	Filters filters `json:"filters,omitzero" doc:"Of each field that is named here a row has one of the values."`
	From    string  `json:"from,omitzero" doc:"The first day, 2026-01-01, or the first moment in RFC 3339." maxLength:"40"`
	To      string  `json:"to,omitzero" doc:"The last day, which is included, or the moment before which, in RFC 3339." maxLength:"40"`
	Sort    string  `json:"sort,omitzero" doc:"Which rows come first; newest when left out." enum:"newest,oldest"`
}

func (a *Attempts) handleExport(ctx context.Context, _ web.None, b exportBody) (*web.Stream, error) {
	q, err := listParams{From: b.From, To: b.To}.query()
	if err != nil {
		return nil, err
	}
	is := b.Filters.named()
	s, err := newSearch(q, b.Q, is, nil, b.Sort)
	if err != nil {
		return nil, err
	}
	kind, err := formatOf(b.Format, "")
	if err != nil {
		return nil, err
	}
	asked, err := json.Marshal(b, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write what is exported: %w", err)
	}
	caller := web.CallerOf(ctx)
	by := slices.Sorted(maps.Keys(is))
	for name, said := range map[string]string{"from": b.From, "q": b.Q, "to": b.To} {
		if said != "" {
			by = append(by, name)
		}
	}
	slices.Sort(by)
	e := export{
		caller: caller, rows: a.source(caller, q, s, b.Q != "" || len(is) > 0 || s.Oldest), kind: kind, asked: asked, by: by,
	}
	return &web.Stream{
		ContentType: "application/zip", Filename: a.filename() + ".zip",
		Write: func(ctx context.Context, w io.Writer) error { return a.bundle(ctx, w, e) },
	}, nil
}

// export is what is exported, to whom.
type export struct {
	caller engine.Caller
	rows   source
	kind   format
	asked  []byte
	by     []string // fields that were asked for
}

// Export writes every row of the caller's org as the same zip: "csv", "ndjson" or
// "parquet".
func (a *Attempts) Export(ctx context.Context, w io.Writer, caller engine.Caller, as string) error {
	kind, err := formatOf(as, "")
	if err != nil {
		return err
	}
	asked, err := json.Marshal(exportBody{Format: as}, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("write what is exported: %w", err)
	}
	return a.bundle(ctx, w, export{caller: caller, rows: a.source(caller, query{}, search{}, false), kind: kind, asked: asked})
}

// bundle streams the rows into a zip, enters into the journal that they left, and
// ends with the signed manifest. Without these it is not whole, and is cut off.
func (a *Attempts) bundle(ctx context.Context, w io.Writer, e export) error {
	archive := zip.NewWriter(w)
	as := writes()[e.kind]
	m := transparency.Manifest{
		Org: string(e.caller.Org), By: string(e.caller.Key), At: a.Now().UTC().Truncate(time.Millisecond), Query: e.asked,
		Scores: e.caller.May(engine.ViewScores),
	}
	file, err := a.packed(archive, "attempts"+as.suffix, e.kind)
	if err != nil {
		return err
	}
	err = as.each(file, func(each func(rowView) error) error {
		return a.each(ctx, e.caller, e.rows, func(v rowView) error {
			m.Rows++
			if v.Erased {
				m.Erased++
			}
			return each(v)
		})
	})
	if err != nil {
		return errors.Join(err, a.cutOff(context.WithoutCancel(ctx), m, e.by))
	}
	m.Files = []transparency.ExportedFile{{
		Name: "attempts" + as.suffix, Bytes: file.bytes, Rows: m.Rows, SHA256: hex.EncodeToString(file.sum.Sum(nil)),
	}}
	if m.Journal, err = a.exported(ctx, m, e.by); err != nil {
		return err
	}
	manifest, signature, err := a.Journal.Attest(ctx, m)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		name string
		text []byte
	}{{transparency.ManifestName, manifest}, {transparency.SignatureName, signature}} {
		file, err := a.packed(archive, one.name, pages)
		if err != nil {
			return err
		}
		if _, err := file.Write(one.text); err != nil {
			return fmt.Errorf("write an export: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("write an export: %w", err)
	}
	return nil
}

// exported enters into the journal that rows were handed out: which file, to which
// key, and by which fields they were chosen. What was asked for may name a customer,
// and stands in the manifest only.
func (a *Attempts) exported(ctx context.Context, m transparency.Manifest, by []string) (index uint64, err error) {
	_, err = a.Store.Commit(ctx, func(tx *storage.Tx) error {
		index, err = tx.Log(storage.Entry{
			Kind: "attempts.exported", Org: m.Org, Actor: m.By,
			Public: map[string]any{"file": m.Files[0].Name, "sha256": m.Files[0].SHA256, "rows": m.Rows, "scores": m.Scores, "by": by},
		})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("enter an export into the journal: %w", err)
	}
	return index, nil
}

// cutOff enters into the journal that an export ended before its end: rows were handed
// out all the same, whoever pulled the plug.
func (a *Attempts) cutOff(ctx context.Context, m transparency.Manifest, by []string) error {
	if m.Rows == 0 {
		return nil
	}
	_, err := a.Store.Commit(ctx, func(tx *storage.Tx) error {
		_, err := tx.Log(storage.Entry{
			Kind: "attempts.export-cut-off", Org: m.Org, Actor: m.By, Public: map[string]any{"rows": m.Rows, "scores": m.Scores, "by": by},
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("enter an export that was cut off into the journal: %w", err)
	}
	return nil
}

// summed is a file of an archive whose hash and length are taken as it is written.
type summed struct {
	to    io.Writer
	sum   hash.Hash
	bytes int64
}

func (s *summed) Write(b []byte) (int, error) {
	n, err := s.to.Write(b)
	s.bytes += int64(n)
	s.sum.Write(b[:n])
	return n, err
}

// packed begins a file; what is compressed already is stored as it is.
func (a *Attempts) packed(archive *zip.Writer, name string, kind format) (*summed, error) {
	method := zip.Deflate
	if kind == columnar {
		method = zip.Store
	}
	to, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: a.Now().UTC()})
	if err != nil {
		return nil, fmt.Errorf("write an export: %w", err)
	}
	return &summed{to: to, sum: sha256.New()}, nil
}
