package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is refused of the settings for the outside, and what is taken: each row
// is a file and an environment, and what must be in the error.
func TestOutside(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("key:word-of-the-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const credential = "ROSTOD_SERPRO_CREDENTIAL=key:word"
	for _, row := range []struct {
		name, text string
		env        []string
		want       string // empty: it is taken
	}{
		{"nothing is said", "", nil, ""},
		{"serpro by the environment", "", []string{credential}, ""},
		{"serpro by a file", "serpro:\n  credentialFile: " + file + "\n", nil, ""},
		{"serpro without a secret", "", []string{"ROSTOD_SERPRO_CREDENTIAL=key"}, "serpro.credential: must be key:secret"},
		{"a file that is not there", "serpro:\n  credentialFile: " + file + "x\n", nil, "serpro.credential: cannot be read"},
		{"a secret in the file", "serpro:\n  credential: key:word\n", nil, "serpro.credential: belongs in a file of its own"},
		{"both", "serpro:\n  credentialFile: " + file + "\n", []string{credential}, "choose one"},
		{"air-gapped", "airGapped: true\n", nil, ""},
		{"air-gapped and serpro", "airGapped: true\n", []string{credential}, "an air-gapped installation (airGapped: true) asks nobody outside"},
		{"neither true nor false", "airGapped: perhaps\n", nil, "airGapped: must be true or false"},
		{"serpro over plain HTTP", "serpro:\n  url: http://gateway.example\n", []string{credential}, "serpro.url: must be an address that begins with https://"},
		{"serpro takes longer than the request", "serpro:\n  budgetSeconds: 30\n", []string{credential}, "serpro.budgetSeconds"},
		{"another version", "serpro:\n  version: 3\n", nil, "serpro.version: must be 4 or 5"},
		{"version 5 without a template", "serpro:\n  version: 5\n  consent: /run/consent\n", []string{credential}, "serpro.template"},
		{"version 5 without consent", "serpro:\n  version: 5\n  template: t\n", []string{credential}, "serpro.consent"},
		{"version 5", "serpro:\n  version: 5\n  template: t\n  consent: https://consents.example/\n", []string{credential}, ""},
		{"a webhook's secret in the file", "webhooks:\n  secret: a secret of sixteen\n", nil, "webhooks.secret: belongs in a file of its own"},
		{"networks", "webhooks:\n  allow: 127.0.0.1, 10.0.0.0/8\n", nil, ""},
		{"no network", "webhooks:\n  allow: localhost\n", nil, "webhooks.allow"},
		{"authorities that are none", "webhooks:\n  caFile: " + file + "\n", nil, "webhooks.caFile"},
		{"no attempts", "webhooks:\n  attempts: 0\n", nil, "webhooks.attempts"},
		{"a first wait above the longest", "webhooks:\n  retrySeconds: 10\n  longestSeconds: 5\n", nil, "webhooks.retrySeconds"},
		{"too many at one time", "webhooks:\n  concurrency: 501\n", nil, "webhooks.concurrency"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, err := Load(write(t, row.text), row.env)
			if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q in it", err, row.want)
			}
			if said := fmt.Sprintf("%+v %#v %v", c, c, err); strings.Contains(said, "word") {
				t.Errorf("a secret is in %s", said)
			}
		})
	}
	c, err := Load(write(t, "serpro:\n  credentialFile: "+file+"\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Serpro.KeyAndSecret(); err != nil || string(got[0]) != "key" || string(got[1]) != "word-of-the-file" {
		t.Errorf("the file: got %d and %d characters, %v", len(got[0]), len(got[1]), err)
	}
}
