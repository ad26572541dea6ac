package certificate

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rostod/rostod/internal/fault"
)

// Config says where the certificate comes from.
type Config struct {
	// CertFile and KeyFile are the operator's own, PEM, the server's
	// certificate before those that signed it. Both or neither.
	CertFile, KeyFile string
	// Dir is the data directory; what is made lies in Dir/tls.
	Dir string
	// Hosts are names and addresses that callers use, beside loopback and
	// the machine's own name.
	Hosts []string
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: nothing is logged
}

// The faults, all for operators: no caller sees them.
var (
	ErrHalf = &fault.Fault{
		Kind: fault.Internal, Code: "certificate/half",
		Title: "A certificate needs its key, and a key its certificate.",
		Hint:  "Give both files, or neither to let the daemon make its own.",
	}
	ErrUnusable = &fault.Fault{
		Kind: fault.Internal, Code: "certificate/unusable",
		Title: "The certificate or its key cannot be used.",
		Hint:  "Both must be PEM, belong together, and be readable by the daemon's user. The key may have no passphrase.",
	}
	ErrExpired = &fault.Fault{
		Kind: fault.Internal, Code: "certificate/expired",
		Title: "The certificate is not valid today.",
		Hint:  "Replace it, or look at the machine's clock.",
	}
	ErrHost = &fault.Fault{
		Kind: fault.Internal, Code: "certificate/host",
		Title: "A host for the certificate is neither a name nor an address.",
		Hint:  "Write each as kiosk-gateway.bank.example, *.bank.example or 10.0.0.5, without port.",
	}
	ErrOutside = &fault.Fault{
		Kind: fault.Internal, Code: "certificate/outside-authority",
		Title: "The local authority was made for other names than those that are configured.",
		Hint:  "Move tls/authority.pem and tls/authority.key out of the data directory to make a new authority, and have callers trust that one.",
	}
)

// Certificate is what the daemon shows to callers.
type Certificate struct {
	c       Config
	current atomic.Pointer[tls.Certificate]
	// AuthorityFile is what callers of a generated certificate must trust;
	// empty with the operator's own.
	AuthorityFile string
	// Made says that the authority is new: nobody trusts it yet.
	Made bool
}

// Open reads the operator's certificate, or reads, makes or renews the
// daemon's own.
func Open(c Config) (*Certificate, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if (c.CertFile == "") != (c.KeyFile == "") {
		return nil, ErrHalf
	}
	k := &Certificate{c: c}
	if c.CertFile != "" {
		return k, k.readGiven()
	}
	k.AuthorityFile = filepath.Join(c.Dir, "tls", "authority.pem")
	var err error
	k.Made, err = k.refreshOwn()
	return k, err
}

// Refresh reads the files again, and renews the daemon's own certificate when
// it has less than thirty days. After an error the old one stays in use.
func (k *Certificate) Refresh() error {
	if k.c.CertFile != "" {
		return k.readGiven()
	}
	made, err := k.refreshOwn()
	if made && err == nil {
		k.c.Log.Warn("the local authority has ended and was replaced: callers must trust the new one",
			"file", k.AuthorityFile, "sha256", k.Fingerprint())
	}
	return err
}

// readGiven reads the operator's certificate.
func (k *Certificate) readGiven() error {
	pair, err := tls.LoadX509KeyPair(k.c.CertFile, k.c.KeyFile)
	if err != nil {
		return fault.Because(ErrUnusable, err)
	}
	if now := k.c.Now(); now.Before(pair.Leaf.NotBefore) || now.After(pair.Leaf.NotAfter) {
		return fault.Because(ErrExpired, fmt.Errorf("valid from %s to %s",
			pair.Leaf.NotBefore.Format(time.DateOnly), pair.Leaf.NotAfter.Format(time.DateOnly)))
	}
	k.current.Store(&pair)
	return nil
}

// Keep refreshes twice a day until ctx ends.
func (k *Certificate) Keep(ctx context.Context) {
	ticker := time.NewTicker(12 * time.Hour)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := k.Refresh(); err != nil {
				k.c.Log.Error("certificate not refreshed", "err", err.Error())
			}
		}
	}
}

// TLS is the configuration of a server: TLS 1.3, and 1.2 with forward secrecy
// and authenticated ciphers for callers that know no better.
func (k *Certificate) TLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{ // of 1.2; those of 1.3 are not chosen
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return k.current.Load(), nil
		},
	}
}

// Fingerprint is the SHA-256 of what callers must trust, as openssl prints it:
// of the generated authority, or of the operator's own server certificate.
func (k *Certificate) Fingerprint() string {
	chain := k.current.Load().Certificate
	der := chain[0]
	if k.c.CertFile == "" {
		der = chain[len(chain)-1]
	}
	sum := sha256.Sum256(der)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}

// Expires is when the server's certificate ends.
func (k *Certificate) Expires() time.Time { return k.current.Load().Leaf.NotAfter }

// refreshOwn reads the generated certificate, or makes what is missing. It
// says whether it made a new authority.
func (k *Certificate) refreshOwn() (made bool, err error) {
	dir := filepath.Join(k.c.Dir, "tls")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, fmt.Errorf("make the directory of the certificate: %w", err)
	}
	wanted, err := names(k.c.Hosts)
	if err != nil {
		return false, err
	}
	now := k.c.Now()
	authority, err := readPair(dir, "authority")
	if made = errors.Is(err, os.ErrNotExist) || (err == nil && authority.Leaf.NotAfter.Sub(now) < renewBefore); made {
		authority, err = makeAuthority(dir, wanted, now)
	}
	if err != nil {
		return made, err
	}
	if wanted, err = allowed(authority.Leaf, wanted, k.c.Hosts); err != nil {
		return made, err
	}
	server, err := readPair(dir, "server")
	if err != nil || !fresh(server, authority, wanted, now) {
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			k.c.Log.Warn("server certificate made anew", "err", err.Error())
		}
		server, err = makeServer(dir, authority, wanted, now)
	}
	if err != nil {
		return made, err
	}
	k.current.Store(server)
	return made, nil
}

// fresh says whether a server certificate is signed by the authority, covers
// every name, and has time left.
func fresh(server, authority *tls.Certificate, wanted []string, now time.Time) bool {
	if now.Before(server.Leaf.NotBefore) || server.Leaf.NotAfter.Sub(now) < renewBefore {
		return false
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority.Leaf)
	for _, name := range wanted {
		if _, err := server.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: bracketed(name), CurrentTime: now}); err != nil {
			return false
		}
	}
	return len(wanted) > 0
}
