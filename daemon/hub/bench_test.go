package hub

import (
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rostod/rostod/engine/upstream"
	"github.com/rostod/rostod/internal/natsserver"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// How many entries a second arrive at a hub, from the commit to the co-signature that
// is kept: one branch that was cut off for a while. It must be more than a branch ever
// writes: 1,000.
func BenchmarkUpstream(b *testing.B) {
	const entries = 20_000
	for _, by := range []string{"HTTPS", "NATS, one server", "NATS, three servers"} {
		b.Run(by, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				hq := openHub(b, b.TempDir())
				var courier upstream.Courier
				switch by {
				case "HTTPS":
					courier = overHTTPS(b, hq)
				default:
					n := 1
					if by != "NATS, one server" {
						n = 3
					}
					urls := natsserver.Start(b, n, "").URLs("nats", "127.0.0.1")
					hq.overNATS(b, urls, n)
					courier = dial(b, urls)
				}
				dir := b.TempDir()
				quiet := openSite(b, dir, hq, func(c *upstream.Config) { c.Courier = nil })
				if err := hq.Enrol(b.Context(), "branch-17", quiet.key(b)); err != nil {
					b.Fatal(err)
				}
				quiet.fill(b, entries)
				quiet.stop()
				s := openSite(b, dir, hq, func(c *upstream.Config) { c.Courier = courier })
				s.until(b, "a first word", func(st upstream.Status) bool { return !st.HeardAt.IsZero() })
				b.StartTimer()
				s.sent(b)
				b.StopTimer()
				s.stop()
			}
			b.ReportMetric(float64(entries*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// overHTTPS is a way to the hub by TLS on loopback.
func overHTTPS(t testing.TB, hq *headquarters) upstream.HTTPS {
	t.Helper()
	edge, err := web.New(web.Config{Authenticate: nobody, Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	hq.Routes(edge.Router())
	if err := edge.Check(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(edge.Handler())
	t.Cleanup(server.Close)
	return upstream.HTTPS{URL: server.URL, Client: server.Client()}
}

// fill writes entries like those of step-ups, many to a commit.
func (s *site) fill(t testing.TB, n int) {
	t.Helper()
	for done := 0; done < n; done += 100 {
		_, err := s.store.Commit(t.Context(), func(tx *storage.Tx) error {
			for i := range 100 {
				_, err := tx.Log(storage.Entry{
					Kind: "stepup.decided", Org: "bank", Actor: "key_0190f3a2b7c1", Subject: s.store.Pseudonym("one"),
					Public:  map[string]any{"allow": i%7 != 0, "riskLevel": "high", "model": "mobilefacenet", "policy": 12, "verification": done + i},
					Private: map[string]string{"customer": "cus_1", "similarity": "0.93", "livenessScore": "0.99"},
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
