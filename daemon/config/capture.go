package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// checkCapture is everything that is wrong with the capture's values.
func (c Config) checkCapture() []error {
	var problems []error
	wrong := func(ok bool, name, want string) {
		if !ok {
			problems = append(problems, fmt.Errorf("capture.%s: %s", name, want))
		}
	}
	if c.Capture.URL != "" {
		wrong(origin(c.Capture.URL), "url", "must be scheme://host[:port], such as https://kiosk:8443, with nothing behind")
	}
	for _, o := range c.CaptureOrigins() {
		wrong(origin(o), "origins", "must be scheme://host[:port] each, with commas between")
	}
	for name, address := range map[string]string{"udp": c.Capture.UDP, "tcp": c.Capture.TCP} {
		_, port, err := net.SplitHostPort(address)
		wrong(address == "" || name == "tcp" && address == "off" || err == nil && port != "", name, "must be host:port")
	}
	for _, a := range c.CaptureAddresses() {
		_, err := netip.ParseAddr(a)
		wrong(err == nil, "addresses", "must be IP addresses, with commas between")
	}
	wrong(c.Capture.Places >= 1 && c.Capture.Places <= 256, "places", "must be 1 to 256")
	wrong(c.Capture.KeepDays >= 1 && c.Capture.KeepDays <= 3650, "keepDays", "must be 1 to 3650")
	return problems
}

// origin says whether an address is an origin in the sense of RFC 6454.
func origin(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.Scheme+"://"+u.Host == address
}

// CaptureOrigins are the origins of pages that may frame the capture page and
// use the capture's operations.
func (c Config) CaptureOrigins() []string { return list(c.Capture.Origins) }

// CaptureAddresses are what a camera's browser is told to send to, in place of
// the machine's own addresses.
func (c Config) CaptureAddresses() []string { return list(c.Capture.Addresses) }

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
