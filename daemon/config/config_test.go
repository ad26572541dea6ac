package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rostod.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The commented file is the reference: it names every setting with its
// environment form, and says the default that the code has.
func TestReferenceEqualsTheCode(t *testing.T) {
	got, err := Load(write(t, Reference), nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Defaults().absolute()
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("the file says\n%+v\nthe code says\n%+v", got, want)
	}
	each(reflect.ValueOf(&want).Elem(), func(_ reflect.Value, name, env string) {
		last := name[strings.LastIndex(name, ".")+1:]
		if !strings.Contains(Reference, last+":") {
			t.Errorf("the file does not name %s", name)
		}
		if !strings.Contains(Reference, env) {
			t.Errorf("the file does not name %s", env)
		}
	})
}

func TestEnvironmentWins(t *testing.T) {
	c, err := Load(write(t, "listen: 127.0.0.1:1\nlimits:\n  read: 5\n"), []string{"ROSTOD_LISTEN=127.0.0.1:2", "ROSTOD_LIMITS_WRITE=7"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:2" || c.Limits.Read != 5 || c.Limits.Write != 7 {
		t.Errorf("got %s, %d, %d; want 127.0.0.1:2, 5, 7", c.Listen, c.Limits.Read, c.Limits.Write)
	}
	if !filepath.IsAbs(c.Data) {
		t.Errorf("the data folder is %q, want an absolute path", c.Data)
	}
}

func TestEveryMistakeAtOnce(t *testing.T) {
	_, err := Load(write(t, "lisen: x\nlisten: nowhere\ntls:\n  mode: maybe\n  cart: y\nlimits:\n  read: many\nstorage: 5\n"),
		[]string{"ROSTOD_SHUTDOWN_SECONDS=soon", "ROSTOD_LOG_LEVEL=loud"})
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{
		"lisen: is not a setting", "listen: must be host:port", "tls.mode:", "tls.cart: is not a setting",
		"limits.read: must be a whole number", "storage: must hold", "ROSTOD_SHUTDOWN_SECONDS:", "logLevel:",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

func TestUnreadableFiles(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none.yml"), nil); err == nil {
		t.Error("got no error for a file that is not there")
	}
	if _, err := Load(write(t, "a: [1"), nil); err == nil {
		t.Error("got no error for a file that is not YAML")
	}
}

// A way upstream that could not work is refused before anything starts.
func TestInconsistentUpstream(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a URL and no key", "upstream:\n  url: https://hub\n", "upstream.url: has nothing to do without upstream.hubKeyFile"},
		{"a key and no URL", "upstream:\n  hubKeyFile: x\n", "upstream.url: must be set"},
		{"values for nobody", "upstream:\n  disclose: customer\n", "upstream.disclose: has nothing to do"},
		{"plain HTTP elsewhere", "upstream:\n  hubKeyFile: x\n  url: http://hub\n", "upstream.url: must be https"},
		{"a path", "upstream:\n  hubKeyFile: x\n  url: https://hub/x\n", "upstream.url: must be https://host[:port]"},
		{"a URL on a stick", "upstream:\n  hubKeyFile: x\n  by: carry\n  url: https://hub\n", "upstream.url: has nothing to do when"},
		{"NATS without a key", "upstream:\n  hubKeyFile: x\n  by: nats\n  url: tls://n1:4222\n", "upstream.nkeyFile: must be set"},
		{"plain NATS elsewhere", "upstream:\n  hubKeyFile: x\n  by: nats\n  nkeyFile: y\n  url: nats://n1:4222\n", "upstream.url: must be tls"},
		{"half a certificate", "upstream:\n  hubKeyFile: x\n  url: https://hub\n  cert: y\n", "upstream.cert: goes with upstream.key"},
		{"an nkey for HTTPS", "upstream:\n  hubKeyFile: x\n  url: https://hub\n  nkeyFile: y\n", "upstream.nkeyFile: is for upstream.by nats"},
		{"no such way", "upstream:\n  by: pigeon\n", "upstream.by: must be"},
		{"no window", "upstream:\n  hubKeyFile: x\n  url: https://hub\n  window: night\n", "upstream.window: must be two"},
		{"a hub for everybody", "hub:\n  listen: 0.0.0.0:1\n  cert: x\n  key: y\n", "hub.clientCA: must be set"},
		{"a hub in clear", "hub:\n  listen: 10.0.0.1:1\n", "hub.cert: must be set"},
		{"a hub's NATS in clear", "hub:\n  nats: nats://n1:4222\n", "hub.nats: must be tls"},
	} {
		if _, err := Load(write(t, tt.text), nil); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
	for _, good := range []string{
		"upstream:\n  hubKeyFile: x\n  url: https://hub:8485\n  window: 22:00-06:00\n",
		"upstream:\n  hubKeyFile: x\n  url: http://127.0.0.1:1\n",
		"upstream:\n  hubKeyFile: x\n  by: nats\n  nkeyFile: y\n  url: tls://n1:4222,tls://n2:4222\n",
		"upstream:\n  hubKeyFile: x\n  by: carry\n",
		"hub:\n  listen: 0.0.0.0:1\n  cert: x\n  key: y\n  clientCA: z\n",
	} {
		if _, err := Load(write(t, good), nil); err != nil {
			t.Errorf("%q: got %v, want none", good, err)
		}
	}
}
