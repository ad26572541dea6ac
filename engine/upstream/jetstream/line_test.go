package jetstream_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nkeys"

	"github.com/rostod/rostod/engine/upstream/jetstream"
	"github.com/rostod/rostod/internal/natsserver"
	"github.com/rostod/rostod/internal/transparency"
)

// authority gives out certificates for a test.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	a.cert, a.key = a.make(t, "ca", true)
	return a
}

// make writes name.pem and name-key.pem.
func (a *authority) make(t *testing.T, name string, ca bool) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: ca, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, by := c, key
	if !ca {
		parent, by = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), by)
	must(err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	must(os.WriteFile(a.file(name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(os.WriteFile(a.file(name+"-key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	cert, err := x509.ParseCertificate(der)
	must(err)
	return cert, key
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

// shown is what a client with a certificate of this name shows; none without one.
func (a *authority) shown(t *testing.T, name string) *tls.Config {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	c := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	if name != "" {
		a.make(t, name, false)
		pair, err := tls.LoadX509KeyPair(a.file(name+".pem"), a.file(name+"-key.pem"))
		if err != nil {
			t.Fatal(err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c
}

// user is an nkey: its file and its public half.
func user(t *testing.T, dir, name string) (file, public string) {
	t.Helper()
	k, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := k.Seed()
	if err != nil {
		t.Fatal(err)
	}
	if public, err = k.PublicKey(); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, name+".nk")
	if err := os.WriteFile(file, seed, 0o600); err != nil {
		t.Fatal(err)
	}
	return file, public
}

// A server that asks for certificates and nkeys lets a branch publish to its own
// subject and hear of its own batches; nobody else gets in, and the branch reaches no
// other's subject.
func TestMutualTLSAndNKeys(t *testing.T) {
	a := newAuthority(t)
	a.make(t, "server", false)
	hubFile, hub := user(t, a.dir, "hub")
	branchFile, branch := user(t, a.dir, "branch")
	strangerFile, _ := user(t, a.dir, "stranger")
	servers := natsserver.Start(t, 1, fmt.Sprintf(`
tls { cert_file: %q, key_file: %q, ca_file: %q, verify: true }
authorization { users: [
  { nkey: %s }
  { nkey: %s, permissions: { publish: ["rostod.audit.b-1111"], subscribe: ["rostod.receipt.b-1111", "_INBOX.>"] } }
] }
`, a.file("server.pem"), a.file("server-key.pem"), a.file("ca.pem"), hub, branch))
	dial := func(name, nkey string) *jetstream.Line {
		t.Helper()
		line, err := jetstream.Dial(jetstream.Config{
			Servers: servers.URLs("tls", "127.0.0.1"), TLS: a.shown(t, name), NKeyFile: nkey, Name: name, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(line.Close)
		return line
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var serving sync.WaitGroup
	took := make(chan []byte, 100)
	line := dial("hub", hubFile)
	serving.Go(func() {
		err := line.Serve(ctx, 1, func(_ context.Context, wire []byte) ([]byte, error) {
			took <- wire
			return []byte("receipt"), nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("serving ended: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); serving.Wait() })

	own := alarm(t, "rostod/1111")
	with := dial("branch", branchFile)
	var got []byte
	var err error
	for range 20 { // the hub makes the stream meanwhile
		if got, err = with.Carry(t.Context(), "rostod/1111/0-1", own); err == nil {
			break
		}
	}
	if err != nil || string(got) != "receipt" || string(<-took) != string(own) {
		t.Fatalf("its own batch: got %q and %v, want the receipt", got, err)
	}
	// The same again is absorbed by the servers, and answered all the same.
	if got, err = with.Carry(t.Context(), "rostod/1111/0-1", own); err != nil || string(got) != "receipt" {
		t.Errorf("its own batch again: got %q and %v, want the receipt", got, err)
	}
	<-took
	for _, tt := range []struct {
		name string
		line *jetstream.Line
		wire []byte
	}{
		{"another branch's subject", with, alarm(t, "rostod/2222")},
		{"no nkey", dial("without", ""), own},
		{"an nkey that nobody knows", dial("stranger", strangerFile), own},
		{"no certificate", dial("", branchFile), own},
	} {
		short, end := context.WithTimeout(t.Context(), 3*time.Second)
		if got, err := tt.line.Carry(short, "x", tt.wire); err == nil {
			t.Errorf("%s: got %q, want no receipt", tt.name, got)
		}
		end()
	}
	select {
	case wire := <-took:
		t.Errorf("the hub was handed %q", wire)
	default:
	}
	if _, err := jetstream.Dial(jetstream.Config{Servers: "tls://127.0.0.1:1", NKeyFile: a.file("ca.pem"), Log: slog.New(slog.DiscardHandler)}); err == nil || strings.Contains(err.Error(), "BEGIN") {
		t.Errorf("a file that is no nkey: got %v, want an error that does not quote it", err)
	}
}

// alarm is something with a log's name on it.
func alarm(t *testing.T, origin string) []byte {
	t.Helper()
	signed, err := transparency.State(origin, []byte(strings.Repeat("x", 32)), "rostod/alarm/v1", "0", "x")
	if err != nil {
		t.Fatal(err)
	}
	return framed(signed)
}

// framed is one list of one string, twice: a statement and an empty body.
func framed(signed []byte) []byte {
	var b []byte
	b = append(b, 1)
	for n := len(signed); ; n >>= 7 {
		if n < 0x80 {
			b = append(b, byte(n))
			break
		}
		b = append(b, byte(n)|0x80)
	}
	return append(append(b, signed...), 1, 0)
}
