package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// errRefusedAddress is that an address may not be dialled.
var errRefusedAddress = errors.New("this address is not allowed")

// Egress is whom the room may dial.
type Egress struct {
	// Allow are networks that are dialled although they are refused otherwise:
	// this machine, its link, and the addresses where clouds tell machines their
	// secrets. Plain HTTP is spoken to them alone.
	Allow []netip.Prefix
	// Own refuses addresses of the internet: the installation has none.
	Own bool
	// Roots are the authorities that are trusted; nil: the system's.
	Roots *x509.CertPool
}

// metadata are addresses outside of the link that clouds answer secrets at.
var metadata = []netip.Prefix{
	netip.MustParsePrefix("fd00:ec2::/32"),      // Amazon
	netip.MustParsePrefix("fd20:ce::254/128"),   // Google, where there is no IPv4
	netip.MustParsePrefix("100.100.100.200/32"), // Alibaba
	netip.MustParsePrefix("192.0.0.192/32"),     // Oracle
	netip.MustParsePrefix("168.63.129.16/32"),   // Azure
}

// special are networks where no receiver can be (RFC 6890 and its registries).
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("::/96"), // RFC 4291, 2.5.5.1: holds an IPv4 address
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/32"), // Teredo, which holds an IPv4 address
	netip.MustParsePrefix("2002::/16"), // 6to4, likewise
	netip.MustParsePrefix("64:ff9b:1::/48"),
}

// nat64 holds an IPv4 address in its last four bytes (RFC 6052).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// shared is what providers give their customers beside the private networks
// (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

// allows says whether an address stands in the list of those that are allowed.
func (e Egress) allows(ip netip.Addr) bool { return within(e.Allow, plain(ip)) }

// permits says whether an address may be dialled by TLS.
func (e Egress) permits(ip netip.Addr) bool {
	ip = plain(ip)
	switch {
	case !ip.IsValid():
		return false
	case within(e.Allow, ip):
		return true
	case ip.IsLoopback(), ip.IsUnspecified(), ip.IsLinkLocalUnicast(), ip.IsMulticast(), within(metadata, ip), within(special, ip):
		return false
	case e.Own:
		return ip.IsPrivate() || shared.Contains(ip)
	default:
		return true
	}
}

// plain is an address without a zone and without an IPv6 around an IPv4.
func plain(ip netip.Addr) netip.Addr {
	ip = ip.WithZone("").Unmap()
	if nat64.Contains(ip) {
		b := ip.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return ip
}

func within(list []netip.Prefix, ip netip.Addr) bool {
	for _, p := range list {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// control looks at the address that is dialled, after names were resolved, so
// that no name can mean one address when it is looked at and another after.
func control(permits func(netip.Addr) bool) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !permits(at.Addr()) {
			return errRefusedAddress
		}
		return nil
	}
}

// roads are the two ways out: TLS to whom it is permitted, and plain HTTP to
// whom it is allowed. No proxy stands between, whose address would be looked at
// in the place of the receiver's.
type roads struct{ secure, open http.RoundTripper }

func newRoads(e Egress, patience time.Duration) roads {
	way := func(permits func(netip.Addr) bool) *http.Transport {
		dialer := &net.Dialer{Timeout: patience, ControlContext: control(permits)}
		return &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, DisableCompression: true,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: e.Roots},
			TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience, IdleConnTimeout: 90 * time.Second,
			MaxIdleConnsPerHost: 16, MaxResponseHeaderBytes: 32 << 10,
		}
	}
	return roads{secure: way(e.permits), open: way(e.allows)}
}

// RoundTrip takes the road of the address.
func (r roads) RoundTrip(q *http.Request) (*http.Response, error) {
	switch q.URL.Scheme {
	case "https":
		return r.secure.RoundTrip(q)
	case "http":
		return r.open.RoundTrip(q)
	}
	return nil, fmt.Errorf("%w: neither https nor http", errRefusedAddress)
}
