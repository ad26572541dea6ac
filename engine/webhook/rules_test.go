package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rostod/rostod/engine"
)

func TestBackoff(t *testing.T) {
	b := Backoff{10 * time.Second, time.Hour}
	for _, row := range []struct {
		failures int
		roll     float64
		want     time.Duration
	}{
		{1, 0, 10 * time.Second}, {2, 0, 20 * time.Second}, {3, 0, 40 * time.Second}, {9, 0, 2560 * time.Second},
		{10, 0, time.Hour}, {1000, 0, time.Hour}, {math.MaxInt, 0, time.Hour},
		{1, 0.5, 7500 * time.Millisecond}, {10, 0.5, 45 * time.Minute},
	} {
		if got := b.after(row.failures, row.roll); got != row.want {
			t.Errorf("after %d failures, rolled %v: got %s, want %s", row.failures, row.roll, got, row.want)
		}
	}
	for failures, want := range map[int]time.Duration{0: 0, 2: 0, 3: 10 * time.Second, 4: 20 * time.Second, 100: 5 * time.Minute} {
		if got := b.rest(failures, 0); got != want {
			t.Errorf("rest after %d failures: got %s, want %s", failures, got, want)
		}
	}
}

// A wait is never longer than the longest, never shorter than half of the
// first, and grows with failures.
func FuzzBackoff(f *testing.F) {
	f.Add(int64(10), int64(3600), 3, 0.5)
	f.Fuzz(func(t *testing.T, first, longest int64, failures int, roll float64) {
		b := Backoff{time.Duration(first%86400+86401) * time.Second, 0}
		b.Longest = b.First + time.Duration(longest%86400+86401)*time.Second
		if !(roll >= 0 && roll < 1) || failures < 1 || failures > 1<<20 {
			t.Skip()
		}
		got := b.after(failures, roll)
		if got > b.Longest || got < b.First/2 {
			t.Errorf("%+v after %d, rolled %v: got %s", b, failures, roll, got)
		}
		if next := b.after(failures+1, roll); next < got {
			t.Errorf("%+v after %d: got %s, then %s", b, failures, got, next)
		}
	})
}

// Which addresses may be dialled: by TLS, by TLS without an internet, and by
// plain HTTP. The last column allows 127.0.0.1 and 10.0.0.0/8.
func TestEgress(t *testing.T) {
	allow := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}
	usual, own, allowed := Egress{}, Egress{Own: true}, Egress{Allow: allow}
	for _, row := range []struct {
		name, ip            string
		usual, own, allowed bool
		plain               bool // by plain HTTP, when allowed
	}{
		{"the internet", "8.8.8.8", true, false, true, false},
		{"the internet, version 6", "2001:4860:4860::8888", true, false, true, false},
		{"a private network", "10.1.2.3", true, true, true, true},
		{"another", "192.168.1.10", true, true, true, false},
		{"a third", "172.16.9.9", true, true, true, false},
		{"a provider's", "100.64.1.1", true, true, true, false},
		{"unique local", "fd12:3456::1", true, true, true, false},
		{"this machine", "127.0.0.1", false, false, true, true},
		{"this machine, another address", "127.9.9.9", false, false, false, false},
		{"this machine, version 6", "::1", false, false, false, false},
		{"this machine, version 4 in 6", "::ffff:127.0.0.1", false, false, true, true},
		{"no address", "0.0.0.0", false, false, false, false},
		{"no address, version 6", "::", false, false, false, false},
		{"this network", "0.1.2.3", false, false, false, false},
		{"metadata", "169.254.169.254", false, false, false, false},
		{"metadata, version 4 in 6", "::ffff:169.254.169.254", false, false, false, false},
		{"metadata by NAT64", "64:ff9b::a9fe:a9fe", false, false, false, false},
		{"metadata by 6to4", "2002:a9fe:a9fe::1", false, false, false, false},
		{"metadata of Amazon, version 6", "fd00:ec2::254", false, false, false, false},
		{"metadata of Google, version 6", "fd20:ce::254", false, false, false, false},
		{"this machine, in an old form of version 6", "::127.0.0.1", false, false, false, false},
		{"metadata of Alibaba", "100.100.100.200", false, false, false, false},
		{"metadata of Oracle", "192.0.0.192", false, false, false, false},
		{"metadata of Azure", "168.63.129.16", false, false, false, false},
		{"link-local", "fe80::1", false, false, false, false},
		{"link-local with a zone", "fe80::1%eth0", false, false, false, false},
		{"multicast", "224.0.0.1", false, false, false, false},
		{"multicast, version 6", "ff02::1", false, false, false, false},
		{"broadcast", "255.255.255.255", false, false, false, false},
		{"Teredo", "2001:0:1::1", false, false, false, false},
	} {
		ip := netip.MustParseAddr(row.ip)
		for what, got := range map[string][2]bool{
			"by default": {usual.permits(ip), row.usual}, "without an internet": {own.permits(ip), row.own},
			"with networks allowed": {allowed.permits(ip), row.allowed}, "by plain HTTP": {allowed.allows(ip), row.plain},
			"by plain HTTP with none allowed": {usual.allows(ip), false},
		} {
			if got[0] != got[1] {
				t.Errorf("%s (%s), %s: got %v, want %v", row.name, row.ip, what, got[0], got[1])
			}
		}
	}
	if usual.permits(netip.Addr{}) {
		t.Error("an address that is none was permitted")
	}
	refuse := control(usual.permits)
	if err := refuse(t.Context(), "tcp4", "169.254.169.254:80", nil); !errors.Is(err, errRefusedAddress) {
		t.Errorf("dial: got %v, want refused", err)
	}
	if err := refuse(t.Context(), "tcp4", "8.8.8.8:443", nil); err != nil {
		t.Errorf("dial: got %v, want none", err)
	}
	if err := refuse(t.Context(), "unix", "/run/rostod.sock", nil); !errors.Is(err, errRefusedAddress) {
		t.Errorf("dial a socket: got %v, want refused", err)
	}
}

// What an address must be to be taken at all.
func TestAddresses(t *testing.T) {
	for text, fine := range map[string]bool{
		"https://core.bank.example/rostod?x=1": true, "https://8.8.8.8:8443/": true, "http://core.bank.example/": false,
		"ftp://core.bank.example/": false, "https://user:word@core.bank.example/": false, "https://": false, "core.bank.example": false,
		"https://core.bank.example/#part": false, "https://127.0.0.1/": false, "https://[::1]/": false, "https://[fe80::1%25eth0]/": false,
		"http://10.1.1.1/": false, "https://169.254.169.254/latest/meta-data/": false, "": false,
	} {
		if got := (Egress{}).wrong(text) == ""; got != fine {
			t.Errorf("%q: got %v, want %v", text, got, fine)
		}
	}
	near := Egress{Allow: loopback()}
	for text, fine := range map[string]bool{"http://127.0.0.1:80/": true, "http://teller.branch.example/": true, "http://10.1.1.1/": false} {
		if got := near.wrong(text) == ""; got != fine {
			t.Errorf("%q with loopback allowed: got %v, want %v", text, got, fine)
		}
	}
}

// At most two secrets sign at one time, the newest first.
func TestRotation(t *testing.T) {
	noon := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	e := endpoint{Secrets: []secret{{Word: "first", Created: noon}}}
	words := func(e endpoint, at time.Time) string {
		var list []string
		for _, w := range e.words(at) {
			list = append(list, string(w))
		}
		return strings.Join(list, " ")
	}
	second := e.rotated("second", noon, 24*time.Hour)
	third := second.rotated("third", noon.Add(time.Hour), 24*time.Hour)
	for _, row := range []struct {
		name string
		e    endpoint
		at   time.Duration
		want string
	}{
		{"at first", e, 0, "first"},
		{"after a rotation both sign", second, 0, "second first"},
		{"until the former ends", second, 24*time.Hour - 1, "second first"},
		{"then one", second, 24 * time.Hour, "second"},
		{"a third ends the first at once", third, time.Hour, "third second"},
		{"and the second a day after it", third, 25 * time.Hour, "third"},
		{"without an overlap the former ends at once", second.rotated("third", noon, 0), 0, "third"},
		{"one that has ended does not come back", second.rotated("third", noon.Add(48*time.Hour), 24*time.Hour), 48 * time.Hour, "third second"},
	} {
		if got := words(row.e, noon.Add(row.at)); got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, got, row.want)
		}
	}
	if got := words(e, noon); got != "first" {
		t.Errorf("the endpoint that was rotated is changed: got %q", got)
	}
}

// Both signatures stand in the header while two secrets sign.
func TestTwoSignatures(t *testing.T) {
	m := message{event: "evt_1", delivery: "dlv_1", name: engine.WebhookTest, attempt: 1, body: []byte("{}"), at: time.Unix(1700000000, 0)}
	h := http.Header{}
	m.sign(h, []engine.Secret{"new secret of ours", "old secret of ours"})
	got := strings.Split(h.Get("webhook-signature"), " ")
	for i, word := range []string{"new secret of ours", "old secret of ours"} {
		one := http.Header{}
		m.sign(one, []engine.Secret{engine.Secret(word)})
		if len(got) != 2 || got[i] != one.Get("webhook-signature") {
			t.Errorf("signatures: got %v, want that of %q in place %d", got, word, i)
		}
	}
}

// The example of standardwebhooks.com's specification.
func TestSignatureOfTheStandard(t *testing.T) {
	m := message{event: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: []byte(`{"test": 2432232314}`), at: time.Unix(1614265330, 0)}
	h := http.Header{}
	m.sign(h, []engine.Secret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
	const want = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	if got := h.Get("webhook-signature"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Nothing that holds a secret prints it.
func TestSecretsDoNotPrint(t *testing.T) {
	const word = "do-not-print-this"
	e := endpoint{Auth: auth{Kind: authBasic, Credential: word}, Secrets: []secret{{Word: word}}}
	var out bytes.Buffer
	for _, v := range []any{e, &e, e.Auth, e.Secrets, Fixed{Secret: word, Credential: word}, authBody{Credential: word}, createBody{Secret: word}, rotateBody{Secret: word}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			_, _ = fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	if strings.Contains(out.String(), word) || strings.Contains(out.String(), fmt.Sprintf("%x", word)) {
		t.Errorf("got %s", &out)
	}
}

// Every problem of an attempt is one of the words that are documented.
func TestProblems(t *testing.T) {
	for _, row := range []struct {
		err  error
		want problem
	}{
		{errRefusedAddress, badAddress}, {context.DeadlineExceeded, badTime}, {errors.New("anything"), badConnection},
	} {
		if got := problemOf(fmt.Errorf("post https://core.bank.example/?token=abc: %w", row.err)); got != row.want {
			t.Errorf("%v: got %s, want %s", row.err, got, row.want)
		}
	}
	for status, sick := range map[int]bool{200: false, 302: true, 400: false, 401: true, 403: true, 404: true, 408: true, 410: true, 422: false, 429: true, 500: true, 503: true} {
		o := outcome{Status: status}
		if status != 200 {
			o.Problem = badStatus
		}
		if got := o.sick(); got != sick {
			t.Errorf("%d: got %v, want %v", status, got, sick)
		}
	}
	for text, want := range map[string]time.Duration{"": 0, "120": 2 * time.Minute, "-1": 0, "soon": 0, "99999999999": 0, "Sun, 29 Nov 2026 22:00:00 GMT": 0} {
		if got := retryAfter(text); got != want {
			t.Errorf("Retry-After %q: got %s, want %s", text, got, want)
		}
	}
}
