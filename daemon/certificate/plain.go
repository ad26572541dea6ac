package certificate

import (
	"net"
	"net/netip"
	"strings"

	"github.com/rostod/rostod/internal/fault"
)

// ErrPlain is a listener without TLS that others could reach.
var ErrPlain = &fault.Fault{
	Kind: fault.Internal, Code: "certificate/plain-not-local",
	Title: "Plain HTTP is for loopback addresses only.",
	Hint:  "Listen on 127.0.0.1 or [::1], or switch TLS on.",
}

// Plain says whether a listener on addr, "host:port", may do without TLS: only
// when nobody but this machine can reach it. It asks no name server: of names
// only "localhost" counts, so ask again with the address of the open listener.
func Plain(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fault.Because(ErrPlain, err)
	}
	if strings.EqualFold(host, "localhost") {
		return nil
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Unmap().IsLoopback() {
		return ErrPlain
	}
	return nil
}
