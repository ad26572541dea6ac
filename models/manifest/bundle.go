package manifest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The names of what a bundle has besides the files.
const (
	ManifestFile = "manifest.json"
	SumsFile     = "SHA256SUMS"
)

// Bundle writes a folder that can be carried to a machine without a network:
// every file of dir, verified, the manifest, and SHA256SUMS in the format of
// sha256sum -c. On the other machine: rostod models fetch --bundle FOLDER.
func (m *Manifest) Bundle(ctx context.Context, dir, out string) error {
	items, err := m.Items()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil { //nolint:gosec // models are for everybody to read
		return fmt.Errorf("make the bundle's folder: %w", err)
	}
	var errs []error
	var sums strings.Builder
	for _, it := range items {
		if err := it.copy(ctx, out, dir); err != nil {
			errs = append(errs, fmt.Errorf("bundle %s: %w", it.File, err))
			continue
		}
		fmt.Fprintf(&sums, "%s  %s\n", it.SHA256, it.File)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, ManifestFile), m.raw, 0o644); err != nil { //nolint:gosec // so is their manifest
		return fmt.Errorf("write the bundle's manifest: %w", err)
	}
	if err := os.WriteFile(filepath.Join(out, SumsFile), []byte(sums.String()), 0o644); err != nil { //nolint:gosec // and their sums
		return fmt.Errorf("write the bundle's sums: %w", err)
	}
	return nil
}
