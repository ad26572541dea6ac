package peer_test

import (
	"net"
	"strings"
	"testing"

	"github.com/rostod/rostod/capture/peer"
	"github.com/rostod/rostod/capture/peer/client"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	taken := open(t, peer.Config{TCP: "127.0.0.1:0"})
	for name, c := range map[string]peer.Config{
		"a UDP port in use":    {UDP: taken.UDP().String()},
		"a TCP port in use":    {UDP: "127.0.0.1:0", TCP: taken.TCP().String()},
		"no port":              {UDP: "127.0.0.1"},
		"a name as an address": {UDP: "127.0.0.1:0", PublicAddresses: []string{"kiosk.example"}},
	} {
		if p, err := peer.Open(c); err == nil {
			t.Errorf("%s: got no error, want one", name)
			_ = p.Close()
		}
	}
}

// On all addresses, and with one that is not the machine's own.
func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	peers := open(t, peer.Config{UDP: "0.0.0.0:0", TCP: "0.0.0.0:0", PublicAddresses: []string{"192.0.2.7"}})
	var answer string
	m := meet(t, peers, client.Config{}, func(sdp string) string { answer = sdp; return sdp })
	m.peer.Close(nil)
	udp, ok := peers.UDP().(*net.UDPAddr)
	if !ok || udp.Port == 0 {
		t.Fatalf("got %v, want a port", peers.UDP())
	}
	for _, want := range []string{" 192.0.2.7 ", " 127.0.0.1 ", " udp ", " tcp "} {
		if !strings.Contains(answer, want) {
			t.Errorf("got no candidate with %q:\n%s", want, answer)
		}
	}
}
