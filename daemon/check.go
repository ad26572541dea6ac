package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/engine/attempts"
	"github.com/rostod/rostod/engine/gallery"
	"github.com/rostod/rostod/internal/web"
	"github.com/rostod/rostod/storage"
)

// Finding is what one check of an installation found.
type Finding struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Err    error  `json:"-"`
}

// Check looks at an installation from outside, whether a daemon runs or not,
// and changes nothing that a start would not change. Deep reads every record.
func Check(ctx context.Context, c config.Config, deep bool) []Finding {
	findings := []Finding{found("data folder", c.Data, checkFolder(c))}
	findings = append(findings, checkModels(ctx, c)...)
	status, err := ask(ctx, c)
	if err == nil {
		findings = append(findings, found("daemon", fmt.Sprintf("running at %s, version %s", status.Address, status.Version), nil))
		for _, check := range status.Checks {
			var bad error
			if check.State != web.OK {
				bad = errors.New(check.Reason)
			}
			findings = append(findings, found("daemon: "+check.Name, string(check.State), bad))
		}
		if deep {
			findings = append(findings, found("records", "", errors.New("stop the daemon first: a deep check reads every record")))
		}
		return findings
	}
	findings = append(findings, found("daemon", "not running", nil), found("listen", c.Listen+" is free", checkListen(ctx, c)))
	return append(findings, checkRecords(ctx, c, deep)...)
}

func found(name, detail string, err error) Finding {
	if err != nil {
		detail = reason(err)
	}
	return Finding{Name: name, OK: err == nil, Detail: detail, Err: err}
}

// checkFolder says whether the data folder can be used by who asks.
func checkFolder(c config.Config) error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	probe, err := os.CreateTemp(c.Data, "check-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()), ownFolder(c.Data))
}

func checkModels(ctx context.Context, c config.Config) []Finding {
	m, err := openModels(ctx, c, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		return []Finding{found("models", "", err)}
	}
	var findings []Finding
	for _, s := range m.Status() {
		findings = append(findings, found("model "+s.Name, "sha256 "+s.Digest, s.Err))
	}
	if err := m.Close(); err != nil {
		findings = append(findings, found("models", "", err))
	}
	return findings
}

func checkListen(ctx context.Context, c config.Config) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	return listener.Close()
}

// ask is the status of the running daemon.
func ask(ctx context.Context, c config.Config) (s Status, err error) {
	line, err := Dial(ctx, c)
	if err != nil {
		return s, err
	}
	err = line.Do(ctx, http.MethodGet, "/api/status", nil, &s)
	return s, errors.Join(err, line.Close())
}

// checkRecords opens the records, which verifies the journal, and reads them
// all when asked to.
func checkRecords(ctx context.Context, c config.Config, deep bool) []Finding {
	if errors.Is(recorded(c), ErrNoRecords) {
		return []Finding{found("records", "none yet: they are made at the first start", nil)}
	}
	store, err := openStore(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return []Finding{found("records", "", err)}
	}
	journal, err := store.Verify(ctx)
	findings := []Finding{found("journal", fmt.Sprintf("%d entries verify, in %s", journal.Size, journal.Took.Round(time.Millisecond)), err)}
	if deep {
		all, err := store.VerifyRecords(ctx)
		findings = append(findings, found("records", fmt.Sprintf("%d open and are as the journal says, %d erased, in %s",
			all.Records, all.Erased, all.Took.Round(time.Millisecond)), err))
		rows, err := verifyIndex(ctx, c, store)
		findings = append(findings, found("index of faces", fmt.Sprintf("%d templates, as the records have them", rows), err))
		rows, err = verifySearch(ctx, c, store)
		findings = append(findings, found("search index", fmt.Sprintf("%d attempts, as the records have them", rows), err))
	}
	if err := store.Close(); err != nil {
		findings = append(findings, found("closing the records", "", err))
	}
	return findings
}

// verifyIndex compares the index of faces with the records.
func verifyIndex(ctx context.Context, c config.Config, store *storage.Store) (rows int, err error) {
	faces, err := gallery.Open(gallery.Config{Store: store, IndexDir: indexDir(c), Now: time.Now, Random: rand.Reader})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, faces.Close(ctx)) }()
	return faces.VerifyIndex(ctx)
}

// verifySearch compares the search index of the attempts with the records.
func verifySearch(ctx context.Context, c config.Config, store *storage.Store) (rows int, err error) {
	all, err := attempts.Open(attempts.Config{Store: store, SearchDir: searchDir(c), Now: time.Now, Random: rand.Reader})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, all.Close()) }()
	return all.VerifyIndex(ctx)
}
