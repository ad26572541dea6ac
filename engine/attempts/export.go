package attempts

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// format is how rows are written.
type format int

const (
	pages format = iota
	ndjson
	csvText
	columnar
)

// writes is how each format is written.
func writes() map[format]struct {
	suffix, kind string
	each         func(w io.Writer, rows func(func(rowView) error) error) error
} {
	return map[format]struct {
		suffix, kind string
		each         func(w io.Writer, rows func(func(rowView) error) error) error
	}{
		ndjson:   {".ndjson", "application/x-ndjson", writeNDJSON},
		csvText:  {".csv", "text/csv; charset=utf-8; header=present", writeCSV},
		columnar: {".parquet", "application/vnd.apache.parquet", writeParquet},
	}
}

// formatOf picks a format: the parameter says it, else the Accept header.
func formatOf(param, accept string) (format, error) {
	switch param {
	case "json":
		return pages, nil
	case "ndjson":
		return ndjson, nil
	case "csv":
		return csvText, nil
	case "parquet":
		return columnar, nil
	}
	if accept == "" {
		return pages, nil
	}
	for kind := range strings.SplitSeq(accept, ",") {
		kind, _, _ = strings.Cut(kind, ";")
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "application/json", "application/*", "*/*":
			return pages, nil
		case "application/x-ndjson", "application/ndjson":
			return ndjson, nil
		case "text/csv", "text/*":
			return csvText, nil
		case "application/vnd.apache.parquet":
			return columnar, nil
		}
	}
	return pages, ErrNoFormat
}

// export streams every row that fits, newest first, holding one row, or one group of
// rows, in memory at a time.
func (a *Attempts) export(caller engine.Caller, from source, kind format) *web.Stream {
	as := writes()[kind]
	return &web.Stream{
		ContentType: as.kind, Filename: a.filename() + as.suffix,
		Write: func(ctx context.Context, w io.Writer) error {
			return as.each(w, func(each func(rowView) error) error { return a.each(ctx, caller, from, each) })
		},
	}
}

func (a *Attempts) filename() string { return "attempts-" + a.Now().UTC().Format("20060102T150405Z") }

func writeNDJSON(w io.Writer, rows func(func(rowView) error) error) error {
	return rows(func(v rowView) error {
		line, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("write attempt %s: %w", v.ID, err)
		}
		_, err = w.Write(append(line, '\n'))
		return err
	})
}

// source hands over the rows to export, one after another: those of a list, or of a
// search.
type source func(context.Context, func(found) error) error

func (a *Attempts) source(caller engine.Caller, q query, s search, searches bool) source {
	if searches {
		return func(ctx context.Context, each func(found) error) error {
			return passed(a.index.found(ctx, caller.Org, s), each)
		}
	}
	return func(ctx context.Context, each func(found) error) error {
		return a.Store.View(ctx, func(v *storage.View) error { return passed(a.newest(ctx, v, caller.Org, q), each) })
	}
}

func passed(rows iter.Seq2[found, error], each func(found) error) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return nil
}

func (a *Attempts) each(ctx context.Context, caller engine.Caller, from source, fn func(rowView) error) error {
	return from(ctx, func(row found) error { return fn(viewOf(row, caller)) })
}

// columns are the CSV's, in order.
var columns = []struct {
	name string
	of   func(rowView) string
}{
	{"id", func(v rowView) string { return string(v.ID) }},
	{"createdAt", func(v rowView) string { return v.CreatedAt.Format(time.RFC3339Nano) }},
	{"customerId", func(v rowView) string { return string(v.CustomerID) }},
	{"deviceId", func(v rowView) string { return string(v.DeviceID) }},
	{"method", func(v rowView) string { return string(v.Method) }},
	{"status", func(v rowView) string { return string(v.Status) }},
	{"allow", func(v rowView) string { return strconv.FormatBool(v.Allow) }},
	{"score", func(v rowView) string { return number(v.Score) }},
	{"riskLevel", func(v rowView) string { return string(v.RiskLevel) }},
	{"trigger", func(v rowView) string { return v.Trigger }},
	{"actionLabel", func(v rowView) string { return v.ActionLabel }},
	{"livenessVerdict", func(v rowView) string { return string(v.liveness().Verdict) }},
	{"livenessAssuranceTier", func(v rowView) string { return string(v.liveness().AssuranceTier) }},
	{"livenessScore", func(v rowView) string { return number(v.liveness().Score) }},
	{"matchVerdict", func(v rowView) string { return string(v.match().Verdict) }},
	{"matchSimilarity", func(v rowView) string { return number(v.match().Similarity) }},
	{"matchThreshold", func(v rowView) string { return number(v.match().Threshold) }},
	{"reasons", func(v rowView) string { return strings.Join(v.Reasons, " ") }},
	{"verificationId", func(v rowView) string { return string(v.VerificationID) }},
	{"picture", func(v rowView) string { return v.Picture }},
	{"models", func(v rowView) string { return strings.Join(v.Models, " ") }},
	{"policyVersion", func(v rowView) string { return strconv.FormatUint(v.PolicyVersion, 10) }},
	{"key", func(v rowView) string { return string(v.Key) }},
	{"erased", func(v rowView) string { return strconv.FormatBool(v.Erased) }},
	{"captureId", func(v rowView) string { return string(v.CaptureID) }},
	{"journal", func(v rowView) string { return whole(v.Journal) }},
}

func writeCSV(w io.Writer, rows func(func(rowView) error) error) error {
	out := csv.NewWriter(w)
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	if err := out.Write(line); err != nil {
		return err
	}
	err := rows(func(v rowView) error {
		for i, c := range columns {
			line[i] = inert(c.of(v))
		}
		return out.Write(line)
	})
	out.Flush()
	if err != nil {
		return err
	}
	return out.Error()
}

// whole is a number, or nothing where there is none.
func whole(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// inert keeps a spreadsheet from taking a cell for a formula (OWASP, CSV
// injection): such a cell gets an apostrophe in front. The wide signs are
// formulas too where people type them.
func inert(cell string) string {
	if first, size := utf8.DecodeRuneInString(cell); size > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

func number[T int | float64](n *T) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

func (v rowView) liveness() livenessView {
	if v.Liveness == nil {
		return livenessView{}
	}
	return *v.Liveness
}

func (v rowView) match() matchView {
	if v.Match == nil {
		return matchView{}
	}
	return *v.Match
}
