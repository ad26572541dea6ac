package attempts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/transparency"
	"github.com/rostod/rostod/storage/storagetest"
)

// unsigned stands for the journal's key where no signature matters.
type unsigned struct{}

func (unsigned) Attest(_ context.Context, m transparency.Manifest) ([]byte, []byte, error) {
	b, err := m.JSON()
	return b, nil, err
}

// made is a row as a busy branch has them.
func made(n int) found {
	return found{Attempt: engine.Attempt{
		ID: engine.AttemptID(fmt.Sprintf("att_%026d", n)), Org: "bank", Customer: engine.CustomerID(fmt.Sprintf("cus_%d", n%50_000)),
		Device: engine.DeviceID(fmt.Sprintf("kiosk-%d", n%8)), Method: engine.FaceMatch, Status: engine.Verified, Allow: n%7 > 0, Score: n % 100,
		RiskLevel: engine.RiskHigh, Trigger: "high_value_transfer", ActionLabel: fmt.Sprintf("Withdraw IDR %d to BCA %d", n%9_000_000, n),
		Liveness:     &engine.LivenessFinding{Verdict: engine.Live, Assurance: engine.AssuranceHigh, Score: float64(n%1000) / 1000},
		Match:        &engine.MatchFinding{Verdict: engine.Match, Similarity: float64(n%997) / 997, Threshold: 0.55},
		Verification: engine.VerificationID(fmt.Sprintf("ver_%026d", n)), Picture: fmt.Sprintf("%064x", n*7919),
		Models: []string{fmt.Sprintf("%064x", 1), fmt.Sprintf("%064x", 2)}, PolicyVersion: 3, Journal: uint64(n), Key: "key_1",
		Created: time.UnixMilli(1_795_000_000_000 + int64(n)).UTC(),
	}}
}

// TestExportNeedsNoMemory exports 1,000,000 rows in each format, and looks at the heap
// at every 50,000th: it must never hold 64 MiB more than at the beginning.
func TestExportNeedsNoMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("1,000,000 rows in each format")
	}
	const rows, most = 1_000_000, 64 << 20
	store := storagetest.Open(t)
	a := &Attempts{Config: Config{Store: store, Journal: unsigned{}, Now: time.Now}}
	for kind := range writes() {
		held := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		began, peak := held(), uint64(0)
		from := func(_ context.Context, each func(found) error) error {
			for n := range rows {
				if n%50_000 == 0 {
					peak = max(peak, held())
				}
				if err := each(made(n)); err != nil {
					return err
				}
			}
			return nil
		}
		var written counter
		e := export{caller: engine.Caller{Org: "bank", Key: "key_1", Scopes: []engine.Scope{engine.ViewScores}}, rows: from, kind: kind, asked: []byte(`{}`)}
		if err := a.bundle(t.Context(), &written, e); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d rows, %d MB written, at most %d KiB of heap more", writes()[kind].suffix, rows, written>>20, (max(peak, began)-began)>>10)
		if peak > began+most {
			t.Errorf("%s: got %d MiB of heap more, want at most %d", writes()[kind].suffix, (peak-began)>>20, most>>20)
		}
	}
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

var _ io.Writer = (*counter)(nil)

// plug is a connection that somebody pulls after so many bytes.
type plug struct{ left int }

var errPulled = errors.New("the plug was pulled")

func (p *plug) Write(b []byte) (int, error) {
	if p.left -= len(b); p.left < 0 {
		return 0, errPulled
	}
	return len(b), nil
}

// Who takes rows and cuts the connection before the end stands in the journal as well.
func TestExportCutOff(t *testing.T) {
	store := storagetest.Open(t)
	a := &Attempts{Config: Config{Store: store, Journal: unsigned{}, Now: time.Now}}
	from := func(_ context.Context, each func(found) error) error {
		for n := range 20_000 {
			if err := each(made(n)); err != nil {
				return err
			}
		}
		return nil
	}
	e := export{caller: engine.Caller{Org: "bank", Key: "key_1"}, rows: from, kind: ndjson, asked: []byte("{}")}
	if err := a.bundle(t.Context(), &plug{100_000}, e); !errors.Is(err, errPulled) {
		t.Fatalf("got %v, want that the plug was pulled", err)
	}
	leaves, err := store.Leaves(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	last := leaves[len(leaves)-1]
	var said struct {
		Rows int `json:"rows"`
	}
	if err := json.Unmarshal(last.Public, &said); err != nil || last.Kind != "attempts.export-cut-off" || last.Actor != "key_1" || said.Rows < 100 || said.Rows >= 20_000 {
		t.Errorf("got %s by %s, %s and %v, want how many rows had left", last.Kind, last.Actor, last.Public, err)
	}
}
