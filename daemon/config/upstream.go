package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/rostod/rostod/engine/upstream"
)

// Upstream is how the journal goes to headquarters.
type Upstream struct {
	HubKeyFile string `yaml:"hubKeyFile" env:"ROSTOD_UPSTREAM_HUB_KEY_FILE"`
	By         string `yaml:"by" env:"ROSTOD_UPSTREAM_BY"`
	URL        string `yaml:"url" env:"ROSTOD_UPSTREAM_URL"`
	CA         string `yaml:"ca" env:"ROSTOD_UPSTREAM_CA"`
	Cert       string `yaml:"cert" env:"ROSTOD_UPSTREAM_CERT"`
	Key        string `yaml:"key" env:"ROSTOD_UPSTREAM_KEY"`
	NKeyFile   string `yaml:"nkeyFile" env:"ROSTOD_UPSTREAM_NKEY_FILE"`
	Disclose   string `yaml:"disclose" env:"ROSTOD_UPSTREAM_DISCLOSE"`
	Alarms     string `yaml:"alarms" env:"ROSTOD_UPSTREAM_ALARMS"`
	KBASecond  int    `yaml:"kbASecond" env:"ROSTOD_UPSTREAM_KB_A_SECOND"`
	Window     string `yaml:"window" env:"ROSTOD_UPSTREAM_WINDOW"`
	Seconds    int    `yaml:"seconds" env:"ROSTOD_UPSTREAM_SECONDS"`
}

// Hub is how headquarters' end runs.
type Hub struct {
	Data           string `yaml:"data" env:"ROSTOD_HUB_DATA"`
	Name           string `yaml:"name" env:"ROSTOD_HUB_NAME"`
	Listen         string `yaml:"listen" env:"ROSTOD_HUB_LISTEN"`
	Cert           string `yaml:"cert" env:"ROSTOD_HUB_CERT"`
	Key            string `yaml:"key" env:"ROSTOD_HUB_KEY"`
	ClientCA       string `yaml:"clientCA" env:"ROSTOD_HUB_CLIENT_CA"`
	RootKeyFile    string `yaml:"rootKeyFile" env:"ROSTOD_HUB_ROOT_KEY_FILE"`
	TokenFile      string `yaml:"tokenFile" env:"ROSTOD_HUB_TOKEN_FILE"`
	SilentMinutes  int    `yaml:"silentMinutes" env:"ROSTOD_HUB_SILENT_MINUTES"`
	ParquetMinutes int    `yaml:"parquetMinutes" env:"ROSTOD_HUB_PARQUET_MINUTES"`
	NATS           string `yaml:"nats" env:"ROSTOD_HUB_NATS"`
	NATSCA         string `yaml:"natsCA" env:"ROSTOD_HUB_NATS_CA"`
	NATSCert       string `yaml:"natsCert" env:"ROSTOD_HUB_NATS_CERT"`
	NATSKey        string `yaml:"natsKey" env:"ROSTOD_HUB_NATS_KEY"`
	NATSNKeyFile   string `yaml:"natsNKeyFile" env:"ROSTOD_HUB_NATS_NKEY_FILE"`
	NATSReplicas   int    `yaml:"natsReplicas" env:"ROSTOD_HUB_NATS_REPLICAS"`
}

// The ways upstream.
const (
	ByHTTPS = "https"
	ByNATS  = "nats"
	ByCarry = "carry"
)

func upstreamDefaults() Upstream {
	return Upstream{By: ByHTTPS, Alarms: "clock.moved,audit.key,kiosk.failing", Seconds: 60}
}

func hubDefaults() Hub {
	return Hub{Data: "var-hub", Name: "headquarters", Listen: "127.0.0.1:8485", SilentMinutes: 60, ParquetMinutes: 60, NATSReplicas: 3}
}

// wrongs collects what is wrong with a section.
type wrongs struct {
	section string
	list    []error
}

func (w *wrongs) want(ok bool, name, what string) {
	if !ok {
		w.list = append(w.list, fmt.Errorf("%s.%s: %s", w.section, name, what))
	}
}

// check is everything that is wrong, alone and together.
func (u Upstream) check() []error {
	w := wrongs{section: "upstream"}
	w.want(u.By == ByHTTPS || u.By == ByNATS || u.By == ByCarry, "by", "must be https, nats or carry")
	for name, value := range map[string]string{
		"url": u.URL, "disclose": u.Disclose, "cert": u.Cert, "ca": u.CA, "nkeyFile": u.NKeyFile, "window": u.Window,
	} {
		w.want(value == "" || u.HubKeyFile != "", name, "has nothing to do without upstream.hubKeyFile, the file that `rostod hub key` prints")
	}
	on := u.HubKeyFile != ""
	w.want(!on || u.By == ByCarry || u.URL != "", "url", "must be set, or upstream.by must be carry")
	w.want(u.By != ByCarry || u.URL == "", "url", "has nothing to do when upstream.by is carry")
	if u.URL != "" && u.By == ByHTTPS {
		w.want(origin(u.URL), "url", "must be https://host[:port], with nothing behind")
		w.want(strings.HasPrefix(u.URL, "https://") || loopback(u.URL), "url", "must be https: plain HTTP is for loopback only")
	}
	if u.URL != "" && u.By == ByNATS {
		w.servers(u.URL, "url", u.NKeyFile, "nkeyFile")
	}
	w.want((u.Cert == "") == (u.Key == ""), "cert", "goes with upstream.key")
	w.want(u.NKeyFile == "" || u.By == ByNATS, "nkeyFile", "is for upstream.by nats")
	w.want(u.KBASecond >= 0 && u.KBASecond <= 1<<20, "kbASecond", "must be 0 (no limit) to 1048576")
	w.want(u.Seconds >= 5 && u.Seconds <= 86400, "seconds", "must be 5 to 86400")
	if _, err := upstream.ParseWindow(u.Window); err != nil {
		w.want(false, "window", err.Error())
	}
	return w.list
}

// servers holds a list of NATS servers to what a bank's network asks for: TLS and a
// key, but on loopback.
func (w *wrongs) servers(list, name, nkey, nkeyName string) {
	for _, s := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		u, err := url.Parse(s)
		good := err == nil && (u.Scheme == "tls" || u.Scheme == "nats") && u.Host != "" && u.User == nil && u.Path == ""
		w.want(good, name, "must be tls://host:port each, with commas between")
		if good && !loopback(s) {
			w.want(u.Scheme == "tls", name, "must be tls: plain NATS is for loopback only")
			w.want(nkey != "", nkeyName, "must be set: NATS servers elsewhere know clients by their nkeys")
		}
	}
}

// loopback says whether an address is of this machine.
func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

func (h Hub) check() []error {
	w := wrongs{section: "hub"}
	w.want(h.Data != "", "data", "must be a folder")
	w.want(h.Name != "" && len(h.Name) <= 64 && !strings.ContainsAny(h.Name, " +\t\n"), "name", "must be 1 to 64 letters without spaces or plus signs")
	host, port, err := net.SplitHostPort(h.Listen)
	w.want(err == nil && port != "", "listen", "must be host:port, such as 0.0.0.0:8485")
	w.want((h.Cert == "") == (h.Key == ""), "cert", "goes with hub.key")
	w.want(h.ClientCA == "" || h.Cert != "", "clientCA", "has nothing to do without hub.cert")
	if err == nil && !loopback("x://"+h.Listen) {
		w.want(h.Cert != "", "cert", fmt.Sprintf("must be set: plain HTTP is for loopback only, and hub.listen is %s", host))
		w.want(h.ClientCA != "", "clientCA", "must be set: whoever reaches this address would be listened to")
	}
	w.want(h.SilentMinutes >= 1 && h.SilentMinutes <= 1<<20, "silentMinutes", "must be 1 to 1048576")
	w.want(h.ParquetMinutes >= 0 && h.ParquetMinutes <= 1<<20, "parquetMinutes", "must be 0 (none) to 1048576")
	w.want((h.NATSCert == "") == (h.NATSKey == ""), "natsCert", "goes with hub.natsKey")
	w.want(h.NATSReplicas >= 1 && h.NATSReplicas <= 5, "natsReplicas", "must be 1 to 5")
	if h.NATS != "" {
		w.servers(h.NATS, "nats", h.NATSNKeyFile, "natsNKeyFile")
	}
	return w.list
}

// DiscloseList is which private values headquarters may know.
func (u Upstream) DiscloseList() []string { return list(u.Disclose) }

// AlarmList is which kinds of entries are told of first.
func (u Upstream) AlarmList() []string { return list(u.Alarms) }

// Every is how often headquarters is told how things stand.
func (u Upstream) Every() time.Duration { return time.Duration(u.Seconds) * time.Second }
