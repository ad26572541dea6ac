package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/rostod/rostod/internal/fixture"
)

// TestNotify kills the daemon with kill -9 while it tells a receiver of what
// happens, and while that is down, slow, failing, or another's. Once it is up,
// everything that was answered was told at least once, and is told no more.
func TestNotify(t *testing.T) {
	notifyRounds(t, nil, "ROSTOD_MODELS="+t.TempDir())
}

// The same with verifications of real faces.
func TestNotifyOfVerifications(t *testing.T) {
	notifyRounds(t, people(t), "ROSTOD_MODELS="+fixture.Models(t), "ROSTOD_ONNXRUNTIME="+fixture.Library(t))
}

// notices is one run.
type notices struct {
	place
	dice     *rand.Rand
	receiver *receiver
	key      string
	hook     string // the endpoint

	mu   sync.Mutex
	told []string // deliveries that must arrive
	asks int      // requests that were answered
	lost int      // requests without an answer: they may have been done or not
}

func notifyRounds(t *testing.T, faces []person, env ...string) {
	rounds := setting(t, "ROSTOD_NOTIFY_ROUNDS", 3)
	seed := uint64(setting(t, "ROSTOD_KILL_SEED", int(rand.Uint32())+1))
	t.Logf("seed %d, %d rounds", seed, rounds)
	r, authority := newReceiver(t)
	n := &notices{receiver: r, dice: rand.New(rand.NewPCG(seed, 7)), place: at(t.TempDir(), append(env,
		"ROSTOD_WEBHOOKS_ALLOW=127.0.0.0/8", "ROSTOD_WEBHOOKS_CA_FILE="+authority, "ROSTOD_WEBHOOKS_ATTEMPTS=100",
		"ROSTOD_WEBHOOKS_RETRY_SECONDS=1", "ROSTOD_WEBHOOKS_LONGEST_SECONDS=1", "ROSTOD_WEBHOOKS_TIMEOUT_SECONDS=1")...)}
	began := time.Now()
	n.begin(t, faces)
	for range rounds {
		n.round(t, faces)
	}
	kills, left := rounds, n.finish(t)
	n.report(t, kills, time.Since(began))
	if len(left) > 0 {
		t.Errorf("lost: got %d of %d, want none: %v", len(left), len(n.told), left[:min(len(left), 5)])
	}
	for _, b := range r.bad {
		t.Error(b)
	}
}

// begin makes the endpoint, and enrols a face when there are some.
func (n *notices) begin(t *testing.T, faces []person) {
	t.Helper()
	d := start(t, n.place)
	_, n.key = firstKey(t, d)
	way := opened(d, n.key)
	defer way.close()
	var made struct {
		ID      string `json:"id"`
		Secrets []struct {
			Secret string `json:"secret"`
		} `json:"secrets"`
	}
	n.must(t, way, "/api/webhooks", map[string]any{"url": "https://" + n.receiver.address + "/told"}, &made)
	n.hook, n.receiver.word = made.ID, made.Secrets[0].Secret
	if len(faces) > 0 {
		n.must(t, way, "/api/identity/face/enroll", map[string]any{"customerId": "ana", "image": faces[0].enrol}, nil)
	}
	d.stop(t)
}

func (*notices) must(t *testing.T, way *door, path string, ask, answer any) {
	t.Helper()
	body, err := json.Marshal(ask)
	if err != nil {
		t.Fatal(err)
	}
	r, err := way.ask(t.Context(), http.MethodPost, path, "", body)
	if err != nil || !r.ok() {
		t.Fatalf("POST %s: got %v, %+v; want it done", path, err, r)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(r.body, answer); err != nil {
		t.Fatal(err)
	}
}

// round is one life of the daemon, in which the receiver changes its mood.
func (n *notices) round(t *testing.T, faces []person) {
	t.Helper()
	d := start(t, n.place)
	way := opened(d, n.key)
	defer way.close()
	ctx, cancel := context.WithCancel(t.Context())
	var working sync.WaitGroup
	for range 2 {
		working.Go(func() { n.fire(ctx, way, faces) })
	}
	for _, i := range n.dice.Perm(5) {
		n.receiver.be(t, []mood{up, down, slow, failing, stranger}[i])
		wait(within(n.dice, 100*time.Millisecond, 500*time.Millisecond), d)
	}
	d.kill()
	cancel()
	working.Wait()
}

// most is how much one client asks for in one life of the daemon.
const most = 100

// fire asks for what others are told of, until the daemon is gone.
func (n *notices) fire(ctx context.Context, way *door, faces []person) {
	for range most {
		path, body := "/api/webhooks/"+n.hook+"/test", []byte(nil)
		if len(faces) > 0 {
			path = "/api/identity/face/match"
			body = fmt.Appendf(nil, `{"customerId":"ana","image":%q}`, faces[0].probe)
		}
		r, err := way.ask(ctx, http.MethodPost, path, "", body)
		n.mu.Lock()
		switch {
		case err != nil:
			n.lost++
		case r.ok():
			n.asks++
			n.note(r.body)
		}
		n.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// note keeps the delivery that an answered test must become. Verifications are
// counted: which delivery is whose is in the bodies.
func (n *notices) note(body []byte) {
	var sent struct {
		Delivery string `json:"delivery"`
	}
	if json.Unmarshal(body, &sent) == nil && sent.Delivery != "" {
		n.told = append(n.told, sent.Delivery)
	}
}

// finish lets everything arrive, and answers what has not.
func (n *notices) finish(t *testing.T) []string {
	t.Helper()
	d := start(t, n.place)
	way := opened(d, n.key)
	defer way.close()
	n.receiver.be(t, up)
	// As long as it goes on there is no hurry: many rounds leave much to tell.
	for before := -1; n.standing(t, way).Pending > 0; {
		until(t, "more was taken", func() bool { return n.taken() > before || n.standing(t, way).Pending == 0 })
		before = n.taken()
	}
	if dead := n.standing(t, way).Dead; dead != 0 {
		t.Errorf("dead: got %d, want none", dead)
	}
	n.receiver.mu.Lock()
	verified := n.receiver.events["verification.created"]
	n.receiver.mu.Unlock()
	if len(n.told) == 0 && verified < n.asks {
		t.Errorf("verifications that were told: got %d, want at least the %d that were answered", verified, n.asks)
	}
	d.stop(t)
	return n.receiver.missing(n.told)
}

// taken is how many deliveries the receiver has.
func (n *notices) taken() int {
	n.receiver.mu.Lock()
	defer n.receiver.mu.Unlock()
	return len(n.receiver.taken)
}

type standing struct {
	Pending int `json:"pending"`
	Dead    int `json:"dead"`
}

func (n *notices) standing(t *testing.T, way *door) (s standing) {
	t.Helper()
	way.read(t, "/api/webhooks/"+n.hook, &s)
	return s
}

// report prints what was told, and how the receiver behaved.
func (n *notices) report(t *testing.T, kills int, took time.Duration) {
	t.Helper()
	r := n.receiver
	r.mu.Lock()
	defer r.mu.Unlock()
	again, all := 0, 0
	for _, times := range r.taken {
		all += times
		again += times - 1
	}
	var rows []string
	for _, m := range []mood{up, slow, failing, down, stranger} {
		rows = append(rows, fmt.Sprintf("  %-22s %6d messages came", m, r.attempts[m]))
	}
	t.Logf("%d kills in %.0f s; %d answered, %d without an answer\n%s\n  taken %d, of %d deliveries; again %d (%.1f%%); missing %d",
		kills, took.Seconds(), n.asks, n.lost, strings.Join(rows, "\n"), all, len(r.taken), again, 100*float64(again)/float64(max(all, 1)), len(n.missing()))
}

func (n *notices) missing() (list []string) {
	for _, id := range n.told {
		if n.receiver.taken[id] == 0 {
			list = append(list, id)
		}
	}
	return list
}
