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
