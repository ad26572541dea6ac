package manifest

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

// unpack stores the library out of its npm package: the one place that
// publishes ONNX Runtime's builds unchanged, by version, for every platform.
// The file inside is what is pinned, so the archive need not be.
func (s Source) unpack(ctx context.Context, r Runtime, it Item, dir string) (err error) {
	b, ok := r.Build(runtime.GOOS, runtime.GOARCH)
	if !ok || b.Path == "" {
		return ErrPlatform
	}
	work, err := os.MkdirTemp(dir, ".fetch-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	pack := s.Pack
	if pack == nil {
		pack = npmPack
	}
	archive, err := pack(ctx, r.Package, r.Version, work)
	if err != nil {
		return err
	}
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	return errors.Join(it.extract(ctx, dir, f, path.Join("package", b.Path)), f.Close())
}

// extract stores the item from the one member of a gzipped tar.
func (it Item) extract(ctx context.Context, dir string, archive io.Reader, member string) error {
	z, err := gzip.NewReader(cancelled{ctx, archive})
	if err != nil {
		return fmt.Errorf("read the package: %w", err)
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("the package has no %s", member)
		}
		if err != nil {
			return fmt.Errorf("read the package: %w", err)
		}
		if h.Typeflag == tar.TypeReg && path.Clean(h.Name) == member {
			return it.store(ctx, dir, t)
		}
	}
}

// npmPack downloads a package's archive with the npm client, which knows the
// registry that this machine is set up for. Nothing of the package is run.
func npmPack(ctx context.Context, name, version, dir string) (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", fmt.Errorf("the npm client is needed to download %s: install it (apt-get install npm), or use a bundle: %w", name, err)
	}
	cmd := exec.CommandContext(ctx, npm, "pack", name+"@"+version, "--ignore-scripts", "--silent", "--pack-destination", dir) //nolint:gosec // name and version are the manifest's
	cmd.Dir = dir
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("npm pack %s@%s: %w: %s", name, version, err, strings.TrimSpace(said.String()))
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("npm pack %s@%s left %d archives, one is expected", name, version, len(found))
	}
	return found[0], nil
}
