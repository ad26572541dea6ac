package config

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/rostod/rostod/engine"
)

// Serpro is how Datavalid is asked. Without a credential it is not.
type Serpro struct {
	CredentialFile string        `yaml:"credentialFile" env:"ROSTOD_SERPRO_CREDENTIAL_FILE"`
	Credential     engine.Secret `yaml:"credential" env:"ROSTOD_SERPRO_CREDENTIAL"`
	URL            string        `yaml:"url" env:"ROSTOD_SERPRO_URL"`
	TokenURL       string        `yaml:"tokenURL" env:"ROSTOD_SERPRO_TOKEN_URL"`
	Version        int           `yaml:"version" env:"ROSTOD_SERPRO_VERSION"`
	Template       string        `yaml:"template" env:"ROSTOD_SERPRO_TEMPLATE"`
	Consent        string        `yaml:"consent" env:"ROSTOD_SERPRO_CONSENT"`
	Anuente        string        `yaml:"anuente" env:"ROSTOD_SERPRO_ANUENTE"`
	BudgetSeconds  int           `yaml:"budgetSeconds" env:"ROSTOD_SERPRO_BUDGET_SECONDS"`
}

func serproDefaults() Serpro {
	const gateway = "https://gateway.apiserpro.serpro.gov.br"
	return Serpro{URL: gateway + "/datavalid", TokenURL: gateway + "/token", Version: 4, BudgetSeconds: 10}
}

// On says whether there is a contract with Serpro.
func (s Serpro) On() bool { return s.CredentialFile != "" || s.Credential != "" }

// Webhooks is how others are told of events.
type Webhooks struct {
	URL            string        `yaml:"url" env:"ROSTOD_WEBHOOKS_URL"`
	Events         string        `yaml:"events" env:"ROSTOD_WEBHOOKS_EVENTS"`
	SecretFile     string        `yaml:"secretFile" env:"ROSTOD_WEBHOOKS_SECRET_FILE"`
	Secret         engine.Secret `yaml:"secret" env:"ROSTOD_WEBHOOKS_SECRET"`
	Auth           string        `yaml:"auth" env:"ROSTOD_WEBHOOKS_AUTH"`
	CredentialFile string        `yaml:"credentialFile" env:"ROSTOD_WEBHOOKS_CREDENTIAL_FILE"`
	Credential     engine.Secret `yaml:"credential" env:"ROSTOD_WEBHOOKS_CREDENTIAL"`
	TokenURL       string        `yaml:"tokenURL" env:"ROSTOD_WEBHOOKS_TOKEN_URL"`
	Allow          string        `yaml:"allow" env:"ROSTOD_WEBHOOKS_ALLOW"`
	CAFile         string        `yaml:"caFile" env:"ROSTOD_WEBHOOKS_CA_FILE"`
	Attempts       int           `yaml:"attempts" env:"ROSTOD_WEBHOOKS_ATTEMPTS"`
	RetrySeconds   int           `yaml:"retrySeconds" env:"ROSTOD_WEBHOOKS_RETRY_SECONDS"`
	LongestSeconds int           `yaml:"longestSeconds" env:"ROSTOD_WEBHOOKS_LONGEST_SECONDS"`
	TimeoutSeconds int           `yaml:"timeoutSeconds" env:"ROSTOD_WEBHOOKS_TIMEOUT_SECONDS"`
	Concurrency    int           `yaml:"concurrency" env:"ROSTOD_WEBHOOKS_CONCURRENCY"`
	KeepDays       int           `yaml:"keepDays" env:"ROSTOD_WEBHOOKS_KEEP_DAYS"`
}

func webhooksDefaults() Webhooks {
	return Webhooks{
		Auth: "none", Attempts: 17, RetrySeconds: 10, LongestSeconds: 43200, TimeoutSeconds: 10, Concurrency: 8, KeepDays: 14,
	}
}

// inTheFile refuses secrets that stand in the configuration's file, which is
// read, copied and kept by more than should know them. They are taken out, so
// that no later mistake repeats them.
func inTheFile(c *Config) []error {
	var problems []error
	for name, s := range map[string]*engine.Secret{
		"serpro.credential": &c.Serpro.Credential, "webhooks.secret": &c.Webhooks.Secret, "webhooks.credential": &c.Webhooks.Credential,
	} {
		if *s != "" {
			*s = ""
			problems = append(problems, fmt.Errorf("%s: belongs in a file of its own (%sFile) or in the environment, not in this file", name, name))
		}
	}
	return problems
}

// checkSerpro is everything that is wrong with serpro.
func (c Config) checkSerpro() []error {
	s := c.Serpro
	var problems []error
	wrong := func(ok bool, name, want string) {
		if !ok {
			problems = append(problems, fmt.Errorf("serpro.%s: %s", name, want))
		}
	}
	wrong(s.BudgetSeconds >= 1 && s.BudgetSeconds < c.RequestSeconds, "budgetSeconds", "must be at least 1 and below requestSeconds")
	wrong(s.Version == 4 || s.Version == 5, "version", "must be 4 or 5")
	wrong(s.CredentialFile == "" || s.Credential == "", "credential", "has both a file and a value: choose one")
	if !s.On() {
		return problems
	}
	wrong(!c.AirGapped, "credential", "an air-gapped installation (airGapped: true) asks nobody outside: remove it, or say airGapped: false")
	wrong(secure(s.URL), "url", "must be an address that begins with https://")
	wrong(secure(s.TokenURL), "tokenURL", "must be an address that begins with https://")
	if s.Version == 5 {
		wrong(s.Template != "", "template", "must be set for version 5")
		wrong(secure(s.Consent) || filepath.IsAbs(s.Consent), "consent", "must be an https:// address or the absolute path of a file, for version 5")
		wrong(s.Anuente == "" || len(s.Anuente) == 14 && strings.Trim(s.Anuente, "0123456789") == "", "anuente", "must have 14 digits")
	}
	_, err := s.KeyAndSecret()
	if err != nil {
		problems = append(problems, fmt.Errorf("serpro.credential: %w", err))
	}
	return problems
}

func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}

// KeyAndSecret are the consumer key and secret.
func (s Serpro) KeyAndSecret() ([2]engine.Secret, error) {
	word, err := word(s.Credential, s.CredentialFile)
	if err != nil {
		return [2]engine.Secret{}, err
	}
	key, secret, ok := strings.Cut(string(word), ":")
	if !ok || key == "" || secret == "" {
		return [2]engine.Secret{}, errors.New("must be key:secret")
	}
	return [2]engine.Secret{engine.Secret(key), engine.Secret(secret)}, nil
}

// word is a secret that is given, or read from a file.
func word(given engine.Secret, file string) (engine.Secret, error) {
	if file == "" {
		return given, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("cannot be read: %w", err)
	}
	return engine.Secret(bytes.TrimSpace(text)), nil
}

// Words are what signs, and how rostod shows who it is.
func (w Webhooks) Words() (secret, credential engine.Secret, err error) {
	secret, err1 := word(w.Secret, w.SecretFile)
	credential, err2 := word(w.Credential, w.CredentialFile)
	return secret, credential, errors.Join(err1, err2)
}

// checkWebhooks is everything that is wrong with webhooks, but what an endpoint
// itself must be: that is the room's to say.
func (c Config) checkWebhooks() []error {
	w := c.Webhooks
	var problems []error
	wrong := func(ok bool, name, want string) {
		if !ok {
			problems = append(problems, fmt.Errorf("webhooks.%s: %s", name, want))
		}
	}
	_, err := w.Networks()
	wrong(err == nil, "allow", "must be addresses or networks such as 10.1.2.0/24, with commas between")
	_, err = w.Authorities()
	wrong(err == nil, "caFile", "must be a PEM file with certificates")
	_, _, err = w.Words()
	wrong(err == nil, "secretFile", "and credentialFile must be files that can be read")
	wrong(w.Attempts >= 1 && w.Attempts <= 100, "attempts", "must be 1 to 100")
	wrong(w.RetrySeconds >= 1 && w.RetrySeconds <= w.LongestSeconds, "retrySeconds", "must be at least 1 and at most longestSeconds")
	wrong(w.LongestSeconds <= 7*86400, "longestSeconds", "must be at most 604800")
	wrong(w.TimeoutSeconds >= 1 && w.TimeoutSeconds <= 120, "timeoutSeconds", "must be 1 to 120")
	wrong(w.Concurrency >= 1 && w.Concurrency <= 500, "concurrency", "must be 1 to 500")
	wrong(w.KeepDays >= 1 && w.KeepDays <= 3650, "keepDays", "must be 1 to 3650")
	return problems
}

// Networks are those that endpoints may lie in although they are refused
// otherwise.
func (w Webhooks) Networks() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range list(w.Allow) {
		if ip, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("read a network: %w", err)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// Authorities are the system's and those of the operator's own; nil: the
// system's alone.
func (w Webhooks) Authorities() (*x509.CertPool, error) {
	if w.CAFile == "" {
		return nil, nil
	}
	text, err := os.ReadFile(w.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read authorities: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("there is no certificate in it")
	}
	return pool, nil
}
