package config

import (
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rostod/rostod/storage"
)

// Reference is the commented file with every setting at its default.
//
//go:embed rostod.yml
var Reference string

// Config is how the daemon runs. The tags name a setting in the file and in
// the environment.
type Config struct {
	Data   string `yaml:"data" env:"ROSTOD_DATA"`
	Listen string `yaml:"listen" env:"ROSTOD_LISTEN"`
	Org    string `yaml:"org" env:"ROSTOD_ORG"`

	AirGapped bool `yaml:"airGapped" env:"ROSTOD_AIR_GAPPED"`

	TLS struct {
		Mode  string `yaml:"mode" env:"ROSTOD_TLS_MODE"`
		Cert  string `yaml:"cert" env:"ROSTOD_TLS_CERT"`
		Key   string `yaml:"key" env:"ROSTOD_TLS_KEY"`
		Hosts string `yaml:"hosts" env:"ROSTOD_TLS_HOSTS"`
	} `yaml:"tls"`

	Models struct {
		Dir         string `yaml:"dir" env:"ROSTOD_MODELS"`
		Bundle      string `yaml:"bundle" env:"ROSTOD_MODELS_BUNDLE"`
		Manifest    string `yaml:"manifest" env:"ROSTOD_MODELS_MANIFEST"`
		ONNXRuntime string `yaml:"onnxRuntime" env:"ROSTOD_ONNXRUNTIME"`
		Sessions    int    `yaml:"sessions" env:"ROSTOD_MODELS_SESSIONS"`
		Queue       int    `yaml:"queue" env:"ROSTOD_MODELS_QUEUE"`
	} `yaml:"models"`

	Storage struct {
		RootKeyFile string `yaml:"rootKeyFile" env:"ROSTOD_ROOT_KEY_FILE"`
		MinFreeMB   int    `yaml:"minFreeMB" env:"ROSTOD_STORAGE_MIN_FREE_MB"`
		BallastMB   int    `yaml:"ballastMB" env:"ROSTOD_STORAGE_BALLAST_MB"`
	} `yaml:"storage"`

	Capture struct {
		URL       string `yaml:"url" env:"ROSTOD_CAPTURE_URL"`
		Origins   string `yaml:"origins" env:"ROSTOD_CAPTURE_ORIGINS"`
		UDP       string `yaml:"udp" env:"ROSTOD_CAPTURE_UDP"`
		TCP       string `yaml:"tcp" env:"ROSTOD_CAPTURE_TCP"`
		Addresses string `yaml:"addresses" env:"ROSTOD_CAPTURE_ADDRESSES"`
		Places    int    `yaml:"places" env:"ROSTOD_CAPTURE_PLACES"`
		KeepDays  int    `yaml:"keepDays" env:"ROSTOD_CAPTURE_KEEP_DAYS"`
		Record    string `yaml:"record" env:"ROSTOD_CAPTURE_RECORD"`
	} `yaml:"capture"`

	Import struct {
		Folder      string `yaml:"folder" env:"ROSTOD_IMPORT_FOLDER"`
		MaxUploadMB int    `yaml:"maxUploadMB" env:"ROSTOD_IMPORT_MAX_UPLOAD_MB"`
	} `yaml:"import"`

	Journey struct {
		Consent bool   `yaml:"consent" env:"ROSTOD_JOURNEY_CONSENT"`
		Seal    string `yaml:"seal" env:"ROSTOD_JOURNEY_SEAL"`
	} `yaml:"journey"`

	RiskScore struct {
		Table string `yaml:"table" env:"ROSTOD_RISK_SCORE_TABLE"`
	} `yaml:"riskScore"`
	Serpro   Serpro   `yaml:"serpro"`
	Webhooks Webhooks `yaml:"webhooks"`
	Upstream Upstream `yaml:"upstream"`
	Hub      Hub      `yaml:"hub"`

	Limits struct {
		Read   int `yaml:"read" env:"ROSTOD_LIMITS_READ"`
		Write  int `yaml:"write" env:"ROSTOD_LIMITS_WRITE"`
		StepUp int `yaml:"stepup" env:"ROSTOD_LIMITS_STEPUP"`
		Enrol  int `yaml:"enrol" env:"ROSTOD_LIMITS_ENROL"`

		Processes int `yaml:"processes" env:"ROSTOD_LIMITS_PROCESSES"`
	} `yaml:"limits"`

	IdempotencyHours int    `yaml:"idempotencyHours" env:"ROSTOD_IDEMPOTENCY_HOURS"`
	RequestSeconds   int    `yaml:"requestSeconds" env:"ROSTOD_REQUEST_SECONDS"`
	ShutdownSeconds  int    `yaml:"shutdownSeconds" env:"ROSTOD_SHUTDOWN_SECONDS"`
	LogLevel         string `yaml:"logLevel" env:"ROSTOD_LOG_LEVEL"`
}

// Defaults are the settings of an installation that says nothing.
func Defaults() Config {
	var c Config
	c.Data, c.Listen, c.Org = "var", "127.0.0.1:8484", "default"
	if dir := os.Getenv("STATE_DIRECTORY"); dir != "" { // systemd's StateDirectory=
		c.Data = dir
	}
	c.TLS.Mode = "auto"
	c.Storage.MinFreeMB, c.Storage.BallastMB = 256, 256
	c.Capture.Places, c.Capture.KeepDays = 8, 30
	c.Import.MaxUploadMB = 4096
	c.Serpro, c.Webhooks = serproDefaults(), webhooksDefaults()
	c.Upstream, c.Hub = upstreamDefaults(), hubDefaults()
	c.Limits.Read, c.Limits.Write, c.Limits.StepUp, c.Limits.Enrol = 600, 120, 120, 120
	c.Limits.Processes = 10
	c.IdempotencyHours, c.RequestSeconds, c.ShutdownSeconds = 24, 30, 20
	c.LogLevel = "info"
	return c
}

// Load reads the file, when a path is given, then the environment, and checks
// the whole. It reports every mistake it finds, in one error.
func Load(path string, environ []string) (Config, error) {
	c := Defaults()
	var problems []error
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return c, fmt.Errorf("read configuration: %w", err)
		}
		problems = append(problems, fromFile(&c, path, text)...)
		problems = append(problems, inTheFile(&c)...)
	}
	problems = append(problems, fromEnvironment(&c, environ)...)
	problems = append(problems, c.check()...)
	if len(problems) > 0 {
		return c, errors.Join(problems...)
	}
	return c.absolute()
}

// IsOrg says whether a name can be an org's, as keys have it.
func IsOrg(name string) bool {
	return name != "" && len(name) <= 64 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

// check is everything that is wrong with the values.
func (c Config) check() []error {
	var problems []error
	wrong := func(ok bool, name, want string) {
		if !ok {
			problems = append(problems, fmt.Errorf("%s: %s", name, want))
		}
	}
	wrong(c.Data != "", "data", "must be a folder")
	_, port, err := net.SplitHostPort(c.Listen)
	wrong(err == nil && port != "", "listen", "must be host:port, such as 127.0.0.1:8484")
	wrong(IsOrg(c.Org), "org", "must be 1 to 64 letters, digits, dots, dashes and underscores")
	wrong(c.TLS.Mode == "auto" || c.TLS.Mode == "off" || c.TLS.Mode == "files" || c.TLS.Mode == "local", "tls.mode", "must be auto, local, files or off")
	wrong((c.TLS.Cert == "") == (c.TLS.Key == ""), "tls.cert", "goes with tls.key")
	wrong(c.TLS.Mode != "files" || c.TLS.Cert != "", "tls.cert", "must be set when tls.mode is files")
	wrong(c.Models.Sessions >= 0 && c.Models.Sessions <= 64, "models.sessions", "must be 0 (one a core) to 64")
	wrong(c.Models.Queue >= 0 && c.Models.Queue <= 4096, "models.queue", "must be 0 (16 a session) to 4096")
	wrong(c.Storage.MinFreeMB >= storage.LeastMinFree>>20, "storage.minFreeMB", fmt.Sprintf("must be at least %d", storage.LeastMinFree>>20))
	wrong(c.Storage.BallastMB >= 0, "storage.ballastMB", "must not be negative")
	wrong(c.Import.MaxUploadMB >= 0 && c.Import.MaxUploadMB <= 1<<20, "import.maxUploadMB", "must be 0 (no uploads) to 1048576")
	wrong(c.Import.Folder == "" || filepath.IsAbs(c.Import.Folder), "import.folder", "must be an absolute path, or empty")
	wrong(c.RiskScore.Table == "" || filepath.IsAbs(c.RiskScore.Table), "riskScore.table", "must be an absolute path, or empty")
	problems = append(problems, c.checkCapture()...)
	problems = append(problems, c.checkSerpro()...)
	problems = append(problems, c.checkWebhooks()...)
	problems = append(append(problems, c.Upstream.check()...), c.Hub.check()...)
	for name, n := range map[string]int{
		"limits.read": c.Limits.Read, "limits.write": c.Limits.Write,
		"limits.stepup": c.Limits.StepUp, "limits.enrol": c.Limits.Enrol,
	} {
		wrong(n >= 0, name, "must be a number of requests a minute, or 0 for no limit")
	}
	wrong(c.Limits.Processes >= 0, "limits.processes", "must be a number of requests a second, or 0 for no limit")
	wrong(c.IdempotencyHours >= 1 && c.IdempotencyHours <= 720, "idempotencyHours", "must be 1 to 720")
	wrong(c.RequestSeconds >= 1 && c.RequestSeconds <= 600, "requestSeconds", "must be 1 to 600")
	wrong(c.ShutdownSeconds >= 1 && c.ShutdownSeconds <= 600, "shutdownSeconds", "must be 1 to 600")
	switch c.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		wrong(false, "logLevel", "must be debug, info, warn or error")
	}
	return problems
}

// absolute makes the data folder independent of where the daemon stands.
func (c Config) absolute() (Config, error) {
	dir, err := filepath.Abs(c.Data)
	if err != nil {
		return c, fmt.Errorf("data: %w", err)
	}
	c.Data = dir
	if dir, err = filepath.Abs(c.Hub.Data); err != nil {
		return c, fmt.Errorf("hub.data: %w", err)
	}
	c.Hub.Data = dir
	return c, nil
}

// RequestTimeout is the longest that one request may take.
func (c Config) RequestTimeout() time.Duration { return time.Duration(c.RequestSeconds) * time.Second }

// ShutdownTimeout is the one deadline for closing everything.
func (c Config) ShutdownTimeout() time.Duration {
	return time.Duration(c.ShutdownSeconds) * time.Second
}
