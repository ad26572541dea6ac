package daemon

import "testing"

func TestReachable(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8484":   "127.0.0.1:8484",
		"0.0.0.0:8484":     "127.0.0.1:8484",
		"[::]:8484":        "127.0.0.1:8484",
		"[fd00::1]:8484":   "[fd00::1]:8484",
		"192.168.1.5:8484": "192.168.1.5:8484",
	} {
		if got := reachable(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}
