package journal

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/attempts"
	"github.com/rostod/rostod/engine/audit"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage"
)

// Export is how fast rows are handed out in one format.
type Export struct {
	Format string  `json:"format"`
	Rows   int     `json:"rows"`
	Rate   float64 `json:"rate"`  // rows a second
	Bytes  float64 `json:"bytes"` // of the zip, for each row
	Proved bool    `json:"proved"`
}

func (o Options) exports(ctx context.Context, dir string) (list []Export, err error) {
	s, err := storage.Open(ctx, configOf(filepath.Join(dir, "exports")))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	journal, err := audit.Open(audit.Config{Store: s, Now: time.Now, Random: rand.Reader})
	if err != nil {
		return nil, err
	}
	rows, err := attempts.Open(attempts.Config{
		Store: s, Journal: journal, SearchDir: filepath.Join(dir, "search"), Now: time.Now, Random: rand.Reader,
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if err := o.fill(ctx, s, rows); err != nil {
		return nil, err
	}
	key, err := journal.Key(ctx)
	if err != nil {
		return nil, err
	}
	caller := engine.Caller{Org: "default", Key: engine.Operator, Scopes: []engine.Scope{engine.ViewScores}}
	for _, format := range []string{"csv", "ndjson", "parquet"} {
		o.Progress("exporting as " + format)
		var b bytes.Buffer
		began := time.Now()
		if err := rows.Export(ctx, &b, caller, format); err != nil {
			return nil, err
		}
		one := Export{Format: format, Rate: float64(o.Rows) / time.Since(began).Seconds(), Bytes: float64(b.Len()) / float64(o.Rows)}
		m, err := transparency.OpenExport(bytes.NewReader(b.Bytes()), int64(b.Len()), key)
		if err != nil {
			return nil, fmt.Errorf("an export does not hold: %w", err)
		}
		one.Rows, one.Proved = m.Rows, m.Rows == o.Rows
		list = append(list, one)
	}
	return list, nil
}

// atOnce is how many rows are written with one commit.
const atOnce = 50

// fill writes rows as a step-up does.
func (o Options) fill(ctx context.Context, s *storage.Store, rows *attempts.Attempts) error {
	o.Progress(fmt.Sprintf("writing %d attempts", o.Rows))
	at := time.Now().UTC().Truncate(time.Millisecond)
	for n := 0; n < o.Rows; n += atOnce {
		_, err := s.Commit(ctx, func(tx *storage.Tx) error {
			for i := n; i < min(n+atOnce, o.Rows); i++ {
				made := at.Add(-time.Duration(i) * time.Minute)
				id, err := engine.NewID[engine.AttemptID]("att", made, rand.Reader)
				if err != nil {
					return err
				}
				entry, err := tx.Log(storage.Entry{Kind: "bench", Org: "default", Actor: "key_1", Public: map[string]any{"attempt": id}})
				if err != nil {
					return err
				}
				if err := rows.Add(tx, attempt(i, id, entry, made)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// attempt is one as a busy branch has them.
func attempt(n int, id engine.AttemptID, entry uint64, made time.Time) engine.Attempt {
	return engine.Attempt{
		ID: id, Org: "default", Customer: engine.CustomerID(fmt.Sprint("cus_", n%1000)), Device: engine.DeviceID(fmt.Sprint("kiosk-", n%8)),
		Method: engine.FaceMatch, Status: engine.Verified, Allow: n%7 > 0, Score: n % 100, RiskLevel: engine.RiskHigh, Trigger: "high_value_transfer",
		ActionLabel:   fmt.Sprintf("Withdraw IDR %d to account %d", n*1000, 1_000_000+n),
		Liveness:      &engine.LivenessFinding{Verdict: engine.Live, Assurance: engine.AssuranceHigh, Score: float64(n%1000) / 1000},
		Match:         &engine.MatchFinding{Verdict: engine.Match, Similarity: float64(n%997) / 997, Threshold: 0.55},
		Picture:       fmt.Sprintf("%064x", n*7919),
		Models:        []string{fmt.Sprintf("%064x", 1), fmt.Sprintf("%064x", 2), fmt.Sprintf("%064x", 3)},
		PolicyVersion: 3, Journal: entry, Key: "key_1", Created: made,
	}
}
