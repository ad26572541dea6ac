package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/rostod/rostod/daemon/config"
	"github.com/rostod/rostod/models"
	"github.com/rostod/rostod/models/manifest"
)

// ErrManifest says that the manifest of the configuration cannot be used.
var ErrManifest = errors.New("the model manifest cannot be used")

// Manifest is which models this installation uses.
func Manifest(c config.Config) (*manifest.Manifest, error) {
	if c.Models.Manifest == "" {
		return models.Embedded()
	}
	text, err := os.ReadFile(c.Models.Manifest)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	list, err := manifest.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrManifest, c.Models.Manifest, err)
	}
	return list, nil
}

// ModelsDir is where the model files lie.
func ModelsDir(c config.Config) string {
	if c.Models.Dir != "" {
		return c.Models.Dir
	}
	return filepath.Join(c.Data, "models")
}

// ModelFile is a pinned file and how it is.
type ModelFile struct {
	Name   string `json:"name"`
	Role   string `json:"role,omitzero"`
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	State  string `json:"state"` // ok, missing, altered or unreadable
	Path   string `json:"path,omitzero"`
	Hint   string `json:"hint,omitzero"`
	Err    error  `json:"-"`
}

// ModelFiles looks at every pinned file where the daemon would take it from.
func ModelFiles(c config.Config) ([]ModelFile, error) {
	list, err := Manifest(c)
	if err != nil {
		return nil, err
	}
	items, err := list.Items()
	if err != nil {
		return nil, err
	}
	var files []ModelFile
	for _, it := range items {
		files = append(files, lookAt(it, placesOf(it, c)))
	}
	return files, nil
}

// placesOf is where the daemon looks for a file, best first. The library may
// also lie beside the program, or where the configuration says.
func placesOf(it manifest.Item, c config.Config) []string {
	inModels := filepath.Join(ModelsDir(c), it.File)
	switch {
	case it.Name != manifest.RuntimeName:
		return []string{inModels}
	case c.Models.ONNXRuntime != "":
		return []string{c.Models.ONNXRuntime}
	default:
		return append(besideProgram(it.File), inModels)
	}
}

// besideProgram is the place of a file in the program's own folder.
func besideProgram(file string) []string {
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	return []string{filepath.Join(filepath.Dir(program), file)}
}

// lookAt takes the first place that has the file.
func lookAt(it manifest.Item, places []string) ModelFile {
	f := ModelFile{Name: it.Name, Role: string(it.Role), File: it.File, Bytes: it.Bytes, SHA256: it.SHA256.String(), State: "ok"}
	for _, place := range places {
		f.Path, f.Err = place, it.Verify(place)
		if !errors.Is(f.Err, manifest.ErrMissing) {
			break
		}
	}
	switch {
	case f.Err == nil:
	case errors.Is(f.Err, manifest.ErrMissing):
		f.State, f.Hint = "missing", manifest.ErrMissing.Hint
	case errors.Is(f.Err, manifest.ErrAltered):
		f.State, f.Hint = "altered", manifest.ErrAltered.Hint
	default:
		f.State, f.Hint = "unreadable", f.Err.Error()
	}
	return f
}

// FetchModels brings what is missing into the models folder: from beside the
// program, from a bundle, else from the pinned addresses. It tells each file
// and how it was come by.
func FetchModels(ctx context.Context, c config.Config, tell func(file, how string)) error {
	list, err := Manifest(c)
	if err != nil {
		return err
	}
	return list.Fetch(ctx, ModelsDir(c), manifest.Source{
		Bundles:  bundles(c),
		Progress: func(it manifest.Item, how string) { tell(it.File, how) },
	})
}

// localBundle is where a checkout keeps the model files for machines without
// a network: beside the project.
const localBundle = "../shared/models"

// bundles are the folders that model files may be copied from: the one that is
// configured, else the one beside the project, seen from where the daemon
// stands or from where its program lies.
func bundles(c config.Config) []string {
	if c.Models.Bundle != "" {
		return append(besideProgram(""), c.Models.Bundle)
	}
	list := besideProgram("")
	for _, place := range append([]string{localBundle}, besideProgram(filepath.Join("..", localBundle))...) {
		if info, err := os.Stat(place); err == nil && info.IsDir() {
			list = append(list, place)
		}
	}
	return list
}

// BringModels copies what is missing from a bundle at hand, so that a first
// start needs no further command. It uses no network, replaces nothing, and is
// no error when there is no bundle: the models then say what is missing.
func BringModels(ctx context.Context, c config.Config, list *manifest.Manifest, log *slog.Logger) {
	for _, f := range list.Verify(ModelsDir(c)) {
		if f.Name != manifest.RuntimeName && errors.Is(f.Err, manifest.ErrMissing) {
			err := list.Fetch(ctx, ModelsDir(c), manifest.Source{Bundles: bundles(c), Local: true})
			log.Info("models brought from a bundle", "complete", err == nil)
			return
		}
	}
}

// BundleModels writes a folder that can be carried to a machine without a
// network.
func BundleModels(ctx context.Context, c config.Config, out string) error {
	list, err := Manifest(c)
	if err != nil {
		return err
	}
	return list.Bundle(ctx, ModelsDir(c), out)
}
