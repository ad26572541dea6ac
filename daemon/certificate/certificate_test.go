package certificate_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rostod/rostod/daemon/certificate"
)

var start = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func open(t *testing.T, c certificate.Config) *certificate.Certificate {
	t.Helper()
	k, err := certificate.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

// served is the certificate that a caller is shown.
func served(t *testing.T, k *certificate.Certificate) *x509.Certificate {
	t.Helper()
	pair, err := k.TLS().GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf
}

func roots(t *testing.T, k *certificate.Certificate) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(k.AuthorityFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("the authority's file has no certificate")
	}
	return pool
}

func TestACallerWhoTrustsTheAuthorityIsServed(t *testing.T) {
	k := open(t, certificate.Config{Dir: t.TempDir(), Hosts: []string{"gateway.bank.example", "203.0.113.7"}})
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, tls.VersionName(r.TLS.Version))
	}))
	s.Listener = tls.NewListener(s.Listener, k.TLS())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	defer s.Close()
	address := strings.Replace(s.URL, "http:", "https:", 1)
	for _, test := range []struct {
		what, name string
		most       uint16
		want       string
	}{
		{"by address", "127.0.0.1", 0, "TLS 1.3"},
		{"by a configured name", "gateway.bank.example", 0, "TLS 1.3"},
		{"by a configured address", "203.0.113.7", 0, "TLS 1.3"},
		{"with TLS 1.2", "localhost", tls.VersionTLS12, "TLS 1.2"},
		{"with TLS 1.1", "localhost", tls.VersionTLS11, ""},
		{"by a name it does not have", "other.bank.example", 0, ""},
	} {
		t.Run(test.what, func(t *testing.T) {
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots(t, k), ServerName: test.name, MinVersion: tls.VersionTLS10, MaxVersion: test.most}}
			defer transport.CloseIdleConnections()
			answer, err := (&http.Client{Transport: transport}).Get(address)
			if err != nil {
				if test.want != "" {
					t.Fatal(err)
				}
				return
			}
			defer func() { _ = answer.Body.Close() }()
			if got, _ := io.ReadAll(answer.Body); string(got) != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheAuthorityIsMadeOnceAndKeptPrivate(t *testing.T) {
	dir := t.TempDir()
	first := open(t, certificate.Config{Dir: dir})
	if !first.Made {
		t.Error("made: got false, want true")
	}
	if got := first.Fingerprint(); !regexp.MustCompile(`^([0-9A-F]{2}:){31}[0-9A-F]{2}$`).MatchString(got) {
		t.Errorf("fingerprint: got %s, want 32 bytes in hexadecimal with colons", got)
	}
	for file, want := range map[string]os.FileMode{"authority.key": 0o600, "server.key": 0o600, "authority.pem": 0o644} {
		info, err := os.Stat(filepath.Join(dir, "tls", file))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %o, want %o", file, got, want)
		}
	}
	again := open(t, certificate.Config{Dir: dir})
	if again.Made {
		t.Error("made again: got true, want false")
	}
	if got, want := again.Fingerprint(), first.Fingerprint(); got != want {
		t.Errorf("fingerprint: got %s, want %s", got, want)
	}
	if got, want := served(t, again).SerialNumber, served(t, first).SerialNumber; got.Cmp(want) != 0 {
		t.Error("the server certificate was made anew, want the old one")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tls", ".new-*")); len(left) > 0 {
		t.Errorf("got %v left behind, want nothing", left)
	}
}

func TestTheServerCertificateIsRenewedInTime(t *testing.T) {
	for _, test := range []struct {
		what    string
		after   time.Duration
		hosts   []string
		renewed bool
	}{
		{"the next day", day, nil, false},
		{"31 days before the end", (397 - 31) * day, nil, false},
		{"less than 30 days before the end", (397-30)*day + time.Minute, nil, true},
		{"long after the end", 1000 * day, nil, true},
		{"a clock that went back", -2 * day, nil, true},
		{"another host", day, []string{"10.9.8.7"}, true},
	} {
		t.Run(test.what, func(t *testing.T) {
			dir := t.TempDir()
			first := open(t, certificate.Config{Dir: dir, Now: at(start)})
			second := open(t, certificate.Config{Dir: dir, Now: at(start.Add(test.after)), Hosts: test.hosts})
			got := served(t, first).SerialNumber.Cmp(served(t, second).SerialNumber) != 0
			if got != test.renewed {
				t.Errorf("renewed: got %v, want %v", got, test.renewed)
			}
			if second.Made {
				t.Error("the authority was made anew, want the old one")
			}
			if life := second.Expires().Sub(start.Add(test.after)); test.renewed && life > 397*day {
				t.Errorf("life: got %v, want at most 397 days", life)
			}
		})
	}
	t.Run("the authority itself ends", func(t *testing.T) {
		dir := t.TempDir()
		open(t, certificate.Config{Dir: dir, Now: at(start)})
		k := open(t, certificate.Config{Dir: dir, Now: at(start.Add(3640 * day))})
		if !k.Made {
			t.Error("made: got false, want true")
		}
	})
}

func TestTheDaemonRenewsWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := open(t, certificate.Config{Dir: t.TempDir()})
		first := served(t, k).SerialNumber
		ctx, stop := context.WithCancel(t.Context())
		go k.Keep(ctx)
		time.Sleep(400 * day)
		synctest.Wait()
		if served(t, k).SerialNumber.Cmp(first) == 0 {
			t.Error("got the certificate of the start, want a renewed one")
		}
		stop()
	})
}

func TestAStolenAuthorityKeyIsWorthlessOnTheInternet(t *testing.T) {
	dir := t.TempDir()
	k := open(t, certificate.Config{Dir: dir, Hosts: []string{"*.bank.example"}})
	authority, err := tls.LoadX509KeyPair(filepath.Join(dir, "tls", "authority.pem"), filepath.Join(dir, "tls", "authority.key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"kiosk.bank.example": true, "branch.internal": true, "www.example.org": false, "evilbank.example": false,
	} {
		key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
			NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name},
		}, authority.Leaf, key.Public(), authority.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		forged, _ := x509.ParseCertificate(der)
		_, err = forged.Verify(x509.VerifyOptions{Roots: roots(t, k), DNSName: name})
		if got := err == nil; got != want {
			t.Errorf("%s: got valid %v (%v), want %v", name, got, err, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	open(t, certificate.Config{Dir: dir, Now: at(start)})
	open(t, certificate.Config{Dir: other, Now: at(start)})
	in := func(d, file string) string { return filepath.Join(d, "tls", file) }
	damaged := t.TempDir()
	open(t, certificate.Config{Dir: damaged})
	if err := os.Remove(in(damaged, "authority.key")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		what string
		c    certificate.Config
		want error
	}{
		{"a certificate without its key", certificate.Config{CertFile: "x.pem"}, certificate.ErrHalf},
		{"a key without its certificate", certificate.Config{KeyFile: "x.key"}, certificate.ErrHalf},
		{"files that are not there", certificate.Config{CertFile: "x.pem", KeyFile: "x.key"}, certificate.ErrUnusable},
		{"the key of another", certificate.Config{CertFile: in(dir, "server.pem"), KeyFile: in(other, "server.key"), Now: at(start)}, certificate.ErrUnusable},
		{"one that has ended", certificate.Config{CertFile: in(dir, "server.pem"), KeyFile: in(dir, "server.key"), Now: at(start.Add(398 * day))}, certificate.ErrExpired},
		{"one that has not begun", certificate.Config{CertFile: in(dir, "server.pem"), KeyFile: in(dir, "server.key"), Now: at(start.Add(-day))}, certificate.ErrExpired},
		{"a public host after the authority was made", certificate.Config{Dir: dir, Now: at(start), Hosts: []string{"www.example.org"}}, certificate.ErrOutside},
		{"a host with a port", certificate.Config{Dir: dir, Now: at(start), Hosts: []string{"a.example:443"}}, certificate.ErrHost},
		{"an authority that has lost its key", certificate.Config{Dir: damaged}, certificate.ErrUnusable},
	} {
		t.Run(test.what, func(t *testing.T) {
			if _, err := certificate.Open(test.c); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestTheOperatorsCertificateIsReadAgain(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	open(t, certificate.Config{Dir: dir})
	open(t, certificate.Config{Dir: other})
	c := certificate.Config{CertFile: filepath.Join(dir, "tls", "server.pem"), KeyFile: filepath.Join(dir, "tls", "server.key")}
	k := open(t, c)
	if k.AuthorityFile != "" || k.Made {
		t.Errorf("got authority %q made %v, want none", k.AuthorityFile, k.Made)
	}
	before := k.Fingerprint()
	for _, file := range []string{"server.pem", "server.key"} {
		content, err := os.ReadFile(filepath.Join(other, "tls", file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "tls", file), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Refresh(); err != nil {
		t.Fatal(err)
	}
	after := k.Fingerprint()
	if after == before {
		t.Error("got the old fingerprint, want that of the new file")
	}
	if err := os.WriteFile(c.CertFile, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := k.Refresh(); !errors.Is(err, certificate.ErrUnusable) {
		t.Errorf("got %v, want %v", err, certificate.ErrUnusable)
	}
	if got := k.Fingerprint(); got != after {
		t.Error("a broken file replaced the certificate in use, want it kept")
	}
	if strings.Contains(certificate.ErrUnusable.Error(), dir) {
		t.Error("a fault names a path of the machine")
	}
}
