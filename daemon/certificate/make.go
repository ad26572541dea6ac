package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rostod/rostod/internal/fault"
)

const (
	day           = 24 * time.Hour
	authorityLife = 3653 * day // ten years
	serverLife    = 397 * day  // browsers accept no more than 398
	renewBefore   = 30 * day
	skew          = time.Hour // callers' clocks may be behind
)

// private are the names and networks that a local authority may vouch for,
// beside those it was made for. If its key is ever stolen, it is worth nothing
// against the names of the public internet.
var (
	privateNames    = []string{"localhost", "local", "lan", "internal", "home.arpa"}
	privateNetworks = []string{
		"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
		"169.254.0.0/16", "fc00::/7", "fe80::/10",
	}
)

// names are those that a certificate is for: loopback, the machine's own
// name, and hosts.
func names(hosts []string) ([]string, error) {
	all := []string{"localhost", "127.0.0.1", "::1"}
	if own, err := os.Hostname(); err == nil && validName(own) {
		all = append(all, strings.ToLower(own))
	}
	for _, h := range hosts {
		h = plainHost(h)
		if net.ParseIP(h) == nil && !validName(strings.TrimPrefix(h, "*.")) {
			return nil, fault.Because(ErrHost, fmt.Errorf("host %q", h))
		}
		all = append(all, h)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// plainHost is a host as it stands in a certificate.
func plainHost(h string) string { return strings.ToLower(strings.Trim(h, "[]")) }

// validName says whether a name may stand in a certificate.
func validName(name string) bool {
	for _, label := range strings.Split(name, ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool {
			return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
		}) {
			return false
		}
	}
	return len(name) <= 253
}

// allowed are those of the wanted names that the authority may vouch for. A
// machine may be renamed, and a container is with each start: its name is
// left out. A host that is configured must not be.
func allowed(authority *x509.Certificate, wanted, hosts []string) ([]string, error) {
	var in []string
	for _, name := range wanted {
		switch {
		case permits(authority, name):
			in = append(in, name)
		case slices.ContainsFunc(hosts, func(h string) bool { return plainHost(h) == name }):
			return nil, ErrOutside
		}
	}
	return in, nil
}

// permits is the rule of RFC 5280, 4.2.1.10, for names and addresses.
func permits(authority *x509.Certificate, name string) bool {
	if ip := net.ParseIP(name); ip != nil {
		return slices.ContainsFunc(authority.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(ip) })
	}
	name = strings.TrimPrefix(name, "*.")
	return slices.ContainsFunc(authority.PermittedDNSDomains, func(d string) bool {
		return name == d || strings.HasSuffix(name, "."+d)
	})
}

// makeAuthority makes an authority for these names and writes it to dir.
func makeAuthority(dir string, names []string, now time.Time) (*tls.Certificate, error) {
	template := &x509.Certificate{
		Subject:                     pkix.Name{CommonName: "rostod local authority"},
		NotBefore:                   now.Add(-skew),
		NotAfter:                    now.Add(authorityLife),
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid:       true,
		IsCA:                        true,
		MaxPathLenZero:              true,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         slices.Clone(privateNames),
	}
	for _, network := range privateNetworks {
		template.PermittedIPRanges = append(template.PermittedIPRanges, networkOf(netip.MustParsePrefix(network)))
	}
	for _, name := range names {
		switch ip, err := netip.ParseAddr(name); {
		case permits(template, name):
		case err == nil:
			template.PermittedIPRanges = append(template.PermittedIPRanges, networkOf(netip.PrefixFrom(ip, ip.BitLen())))
		default:
			template.PermittedDNSDomains = append(template.PermittedDNSDomains, strings.TrimPrefix(name, "*."))
		}
	}
	return sign(dir, "authority", template, nil)
}

func networkOf(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// makeServer makes a server certificate under the authority.
func makeServer(dir string, authority *tls.Certificate, names []string, now time.Time) (*tls.Certificate, error) {
	ends := now.Add(serverLife - skew)
	if authority.Leaf.NotAfter.Before(ends) {
		ends = authority.Leaf.NotAfter
	}
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "rostod"},
		NotBefore:   now.Add(-skew),
		NotAfter:    ends,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	return sign(dir, "server", template, authority)
}

// sign makes a key, signs the template with the authority or with itself, and
// writes both: the key first, so that a certificate always has its key.
func sign(dir, name string, template *x509.Certificate, authority *tls.Certificate) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the key of the %s certificate: %w", name, err)
	}
	parent, signer := template, any(key)
	var above [][]byte
	if authority != nil {
		parent, signer, above = authority.Leaf, authority.PrivateKey, authority.Certificate
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("sign the %s certificate: %w", name, err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write the key of the %s certificate: %w", name, err)
	}
	var chain []byte
	for _, c := range append([][]byte{der}, above...) {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c})...)
	}
	if err := replace(filepath.Join(dir, name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600); err != nil {
		return nil, err
	}
	if err := replace(filepath.Join(dir, name+".pem"), chain, 0o644); err != nil {
		return nil, err
	}
	return readPair(dir, name)
}

// readPair reads a certificate and its key. The error is os.ErrNotExist when
// the certificate is not there, and the fault of a damaged one otherwise.
func readPair(dir, name string) (*tls.Certificate, error) {
	if _, err := os.Stat(filepath.Join(dir, name+".pem")); err != nil {
		return nil, fmt.Errorf("look for the %s certificate: %w", name, err)
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key"))
	if err != nil {
		// A missing key is damage, not absence: an authority that callers
		// trust is not silently replaced.
		return nil, fault.Because(ErrUnusable, fmt.Errorf("%s certificate: %s", name, err.Error()))
	}
	return &pair, nil
}

// replace writes a file whole or not at all.
func replace(path string, content []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write the certificate: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	_, err = f.Write(content)
	for _, step := range []func() error{
		func() error { return f.Chmod(mode) },
		f.Sync,
		f.Close,
		func() error { return os.Rename(f.Name(), path) },
	} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		_ = f.Close()
		return fmt.Errorf("write the certificate: %w", err)
	}
	return nil
}

// bracketed is a name as crypto/x509 wants it: addresses in brackets.
func bracketed(name string) string {
	if net.ParseIP(name) != nil {
		return "[" + name + "]"
	}
	return name
}
