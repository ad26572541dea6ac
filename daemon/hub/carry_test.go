package hub

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/web"
)

// desk is a branch without a link, and who carries its parcels.
type desk struct {
	*site
	server *httptest.Server
}

func openDesk(t *testing.T, dir string, hq *headquarters, wishes ...wish) *desk {
	t.Helper()
	s := openSite(t, dir, hq, append(wishes, func(c *upstream.Config) { c.Courier = nil })...)
	edge, err := web.New(web.Config{
		Authenticate: func(context.Context, string) (engine.Caller, error) { return engine.AtTheMachine("bank"), nil },
		Metrics:      prometheus.NewRegistry(), Limits: map[string]int{"read": 0, "write": 0},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.up.Room().Routes(edge.Router())
	if err := edge.Check(); err != nil {
		t.Fatal(err)
	}
	d := &desk{s, httptest.NewServer(edge.Handler())}
	t.Cleanup(d.server.Close)
	return d
}

func (d *desk) post(t *testing.T, path string, body []byte) (int, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.server.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer x")
	if body != nil {
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	a, err := d.server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, b
}

func (d *desk) parcel(t *testing.T, after uint64) []byte {
	t.Helper()
	status, file := d.post(t, "/api/upstream/parcels?after="+strconv.FormatUint(after, 10), nil)
	if status != http.StatusOK {
		t.Fatalf("a parcel: got %d %s, want one", status, file)
	}
	return file
}

func openAirgap(t *testing.T, entries int) (*headquarters, *desk) {
	t.Helper()
	hq := openHub(t, t.TempDir())
	d := openDesk(t, t.TempDir(), hq)
	if err := hq.Enrol(t.Context(), "branch-17", d.key(t)); err != nil {
		t.Fatal(err)
	}
	d.write(t, entries, "test")
	return hq, d
}

func (hq *headquarters) carry(t *testing.T, file []byte) Carried {
	t.Helper()
	c, err := hq.CarryIn(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParcels(t *testing.T) {
	hq, d := openAirgap(t, 30)
	first := d.parcel(t, 0)
	c := hq.carry(t, first)
	if c.Again || c.Parcel.Number != 1 || !c.Branch.Complete {
		t.Errorf("got %+v, want parcel 1 and everything here", c)
	}
	// Until the receipt is back, the branch packs the same again.
	again := d.parcel(t, 0)
	status, answer := d.post(t, "/api/upstream/receipts", c.Receipt)
	if status != http.StatusOK {
		t.Fatalf("the receipt: got %d %s, want it taken", status, answer)
	}
	if status, _ := d.post(t, "/api/upstream/parcels", nil); status != http.StatusNotFound {
		t.Errorf("with nothing unsent: got %d, want 404", status)
	}
	if c := hq.carry(t, first); !c.Again {
		t.Error("the first parcel again: got that it was new")
	}
	d.write(t, 5, "test")
	third := d.parcel(t, 0)
	d.write(t, 5, "test")
	fourth := d.parcel(t, d.size(t)-5)
	// The third is late, and the second was lost.
	if c := hq.carry(t, fourth); c.Branch.Waiting == 0 || len(c.Branch.Parcels) != 2 || c.Branch.Complete {
		t.Errorf("got %+v, want that two are missing", c.Branch)
	}
	last := hq.carry(t, third)
	if last.Branch.Waiting != 0 || len(last.Branch.Parcels) != 1 || last.Branch.Size != d.size(t) {
		t.Errorf("got %+v, want all entries, and the second parcel missing", last.Branch)
	}
	hq.carry(t, again)
	if v := hq.branch(t); len(v.Parcels) != 0 {
		t.Errorf("got %v missing, want none", v.Parcels)
	}
	// The receipts come back in the wrong order.
	for _, receipt := range [][]byte{last.Receipt, c.Receipt} {
		if status, b := d.post(t, "/api/upstream/receipts", receipt); status != http.StatusOK {
			t.Fatalf("a receipt: got %d %s", status, b)
		}
	}
	if st, err := d.up.Status(t.Context()); err != nil || st.Unsent != 0 {
		t.Errorf("got %+v and %v, want nothing unsent", st, err)
	}
	same(t, hq, d.site)
}

// A parcel that is not whole, not for this hub, or not the branch's changes nothing.
func TestBadParcels(t *testing.T) {
	hq, d := openAirgap(t, 30)
	good := d.parcel(t, 0)
	other := openHub(t, t.TempDir())
	if err := other.Enrol(t.Context(), "branch-17", d.key(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := other.CarryIn(t.Context(), good); !errors.Is(err, ErrMalformed) {
		t.Errorf("at another hub: got %v, want that it is not for it", err)
	}
	for i := 0; i < len(good); i += 97 {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := hq.CarryIn(t.Context(), bad); fault.Of(err) == nil {
			t.Fatalf("byte %d flipped: got %v, want it refused", i, err)
		}
	}
	for _, cut := range []int{0, 1, 100, len(good) - 1} {
		if _, err := hq.CarryIn(t.Context(), good[:cut]); fault.Of(err) == nil {
			t.Errorf("cut off at %d: got %v, want it refused", cut, err)
		}
	}
	if v := hq.branch(t); v.Size != 0 {
		t.Errorf("got %d entries, want none from parcels that were refused", v.Size)
	}
	c := hq.carry(t, good)
	for i := range c.Receipt {
		bad := bytes.Clone(c.Receipt)
		bad[i] ^= 1
		if status, _ := d.post(t, "/api/upstream/receipts", bad); status < 400 {
			t.Fatalf("byte %d of the receipt flipped: got %d, want it refused", i, status)
		}
	}
	if st, err := d.up.Status(t.Context()); err != nil || st.Accepted != 0 {
		t.Errorf("got %+v and %v, want nothing accepted yet", st, err)
	}
	stranger := openDesk(t, t.TempDir(), other)
	if status, b := stranger.post(t, "/api/upstream/receipts", c.Receipt); status != http.StatusForbidden {
		t.Errorf("at another branch: got %d %s, want it refused", status, b)
	}
}

// Private values are opened only where they are sealed to, and only those that the
// branch's operator chose.
func TestDisclosed(t *testing.T) {
	hq := openHub(t, t.TempDir())
	s := openSite(t, t.TempDir(), hq, func(c *upstream.Config) { c.Disclose = []string{"customer"} })
	if err := hq.Enrol(t.Context(), "branch-17", s.key(t)); err != nil {
		t.Fatal(err)
	}
	at := s.private(t, map[string]string{"customer": "cus_4711", "similarity": "0.93"})
	s.sent(t)
	for _, wire := range s.way.seen {
		if bytes.Contains(wire, []byte("cus_47")) {
			t.Error("a batch shows a customer on the way")
		}
	}
	got, err := hq.Private(t.Context(), "branch-17", at)
	if err != nil || got["customer"] != "cus_4711" || len(got) != 1 {
		t.Errorf("got %v and %v, want the customer alone", got, err)
	}
	if _, err := hq.Private(t.Context(), "branch-17", 0); !errors.Is(err, ErrNoEntry) {
		t.Errorf("an entry without any: got %v, want that", err)
	}
	if err := hq.WriteTables(t.Context()); err != nil {
		t.Fatal(err)
	}
	tables, err := filepath.Glob(filepath.Join(hq.dir, "tables", "*", "*.parquet"))
	if err != nil || len(tables) != 1 {
		t.Fatalf("got %v and %v, want one table", tables, err)
	}
	rows := readTable(t, tables[0])
	if len(rows) != int(s.size(t)) || rows[at].Entry != int64(at) || len(rows[at].Committed) != 2 || rows[at].Kind != "test" {
		t.Errorf("got %d rows and %+v, want %d and the names of two values", len(rows), rows[at], s.size(t))
	}
}
