package manifest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/rostod/rostod/internal/fault"
)

// ErrFetch says that a file could be had neither from the bundle nor from its
// pinned address.
var ErrFetch = &fault.Fault{
	Kind:  fault.Unavailable,
	Code:  "models/not-fetched",
	Title: "A file could not be fetched.",
	Hint:  "With a network, run: rostod models fetch. Without one, run rostod models bundle on another machine, carry the folder here and run: rostod models fetch --bundle FOLDER.",
}

// How a file was come by, for Source.Progress.
const (
	Present    = "present"    // it was there and is right
	Copied     = "copied"     // from the bundle
	Downloaded = "downloaded" // from its pinned address or the package
)

// Source is where files are fetched from.
type Source struct {
	Bundles  []string                  // folders to copy from first; empty ones are passed over
	Local    bool                      // copy, and download nothing
	Client   *http.Client              // nil: http.DefaultClient
	Progress func(it Item, how string) // called after each file; may be nil
	Pack     func(ctx context.Context, name, version, dir string) (archive string, err error)
	// Pack downloads an npm package's archive into dir; nil: the npm client.
}

// Fetch brings every file into dir. One that is there and right is left alone.
// Every file is compared with its pinned SHA-256 before it gets its name.
// What cannot be had does not stop the others; each is in the error, an
// ErrFetch.
func (m *Manifest) Fetch(ctx context.Context, dir string, s Source) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // models are for everybody to read
		return fmt.Errorf("make the models folder: %w", err)
	}
	items, err := m.Items()
	if err != nil {
		return err
	}
	var errs []error
	for _, it := range items {
		how, err := s.fetch(ctx, m, it, dir)
		if err != nil {
			errs = append(errs, fault.Because(it.named(ErrFetch, "%s could not be fetched."), err))
			continue
		}
		if s.Progress != nil {
			s.Progress(it, how)
		}
	}
	return errors.Join(errs...)
}

func (s Source) fetch(ctx context.Context, m *Manifest, it Item, dir string) (how string, err error) {
	present := it.Verify(filepath.Join(dir, it.File))
	if present == nil {
		return Present, nil
	}
	errs := []error{present}
	for _, bundle := range s.Bundles {
		if bundle == "" {
			continue
		}
		err := it.copy(ctx, dir, bundle)
		if err == nil {
			return Copied, nil
		}
		errs = append(errs, err)
	}
	switch {
	case s.Local:
		return "", errors.Join(errs...)
	case it.URL != "":
		err = s.download(ctx, it, dir)
	case it.Name == RuntimeName && m.Runtime.Package != "":
		err = s.unpack(ctx, m.Runtime, it, dir)
	default:
		err = fmt.Errorf("the manifest has no address for %s", it.File)
	}
	if err != nil {
		return "", errors.Join(append(errs, err)...)
	}
	return Downloaded, nil
}

// download stores the item from its pinned address.
func (s Source) download(ctx context.Context, it Item, dir string) error {
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, it.URL, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.Join(fmt.Errorf("%s answered %s", it.URL, resp.Status), resp.Body.Close())
	}
	return errors.Join(it.store(ctx, dir, resp.Body), resp.Body.Close())
}
