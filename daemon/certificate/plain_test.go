package certificate_test

import (
	"errors"
	"testing"

	"github.com/rostod/rostod/daemon/certificate"
)

func TestPlainHTTPIsForLoopbackOnly(t *testing.T) {
	for _, test := range []struct {
		what, addr string
		allowed    bool
	}{
		{"IPv4 loopback", "127.0.0.1:8480", true},
		{"all of 127/8 is loopback", "127.8.9.10:8480", true},
		{"IPv6 loopback", "[::1]:8480", true},
		{"IPv4 loopback written as IPv6", "[::ffff:127.0.0.1]:8480", true},
		{"the name of loopback", "localhost:8480", true},
		{"in any case", "LocalHost:8480", true},
		{"every address of the machine", ":8480", false},
		{"every IPv4 address", "0.0.0.0:8480", false},
		{"every IPv6 address", "[::]:8480", false},
		{"a private network is still a network", "10.0.0.5:8480", false},
		{"link-local is still a network", "[fe80::1%eth0]:8480", false},
		{"a name that only looks like loopback", "127.0.0.1.example.com:8480", false},
		{"a name below localhost", "x.localhost:8480", false},
		{"an address of another notation", "127.1:8480", false},
		{"no port", "127.0.0.1", false},
		{"nothing", "", false},
	} {
		t.Run(test.what, func(t *testing.T) {
			err := certificate.Plain(test.addr)
			if got := err == nil; got != test.allowed {
				t.Errorf("allowed: got %v, want %v", got, test.allowed)
			}
			if err != nil && !errors.Is(err, certificate.ErrPlain) {
				t.Errorf("got %v, want %v", err, certificate.ErrPlain)
			}
		})
	}
}
