package models

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/models/manifest"
	"github.com/rostod/rostod/models/onnx"
	"github.com/rostod/rostod/models/quality"
)

// Open verifies every file by its digest and loads the networks. What does not
// verify or load is not an error of Open: it is a Status, and Look answers
// ErrUnavailable, so that a daemon can start and say what is wrong. Close the
// Models when done.
func Open(ctx context.Context, c Config) (*Models, error) {
	if c.Manifest == nil {
		m, err := Embedded()
		if err != nil {
			return nil, err
		}
		c.Manifest = m
	}
	if c.AsIs {
		c.Manifest = c.Manifest.WithoutRefine()
	}
	c = c.defaults()
	m := &Models{calibration: map[engine.Digest]engine.Calibration{}}
	e := c.Manifest.Model(manifest.Embedder)
	m.calibration[engine.Digest(e.SHA256)] = e.Embedder.Knots()
	for _, r := range manifest.Roles() {
		m.looked = append(m.looked, engine.Digest(c.Manifest.Model(r).SHA256))
	}

	files := m.verify(c)
	if err := ctx.Err(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the models: %w", context.Cause(ctx)), m.Close())
	}
	if m.ready() {
		m.load(c, files)
	}
	for _, s := range m.status {
		if s.Err != nil {
			c.Log.Error("model unavailable", "name", s.Name, "file", s.File, "err", s.Err)
		}
	}
	return m, nil
}

func (c Config) defaults() Config {
	if c.Sessions <= 0 {
		c.Sessions = runtime.GOMAXPROCS(0)
	}
	if c.Queue <= 0 {
		c.Queue = 16 * c.Sessions
	}
	if c.Quality == nil {
		t := quality.Defaults()
		c.Quality = &t
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// verify reads the files, opens the library and fills in the status.
func (m *Models) verify(c Config) map[manifest.Role][]byte {
	files := map[manifest.Role][]byte{}
	for _, x := range c.Manifest.Models {
		it := x.Item()
		data, err := it.Read(filepath.Join(c.Dir, it.File))
		files[x.Role] = data
		m.status = append(m.status, Status{Name: it.Name, Role: it.Role, File: it.File, Digest: it.SHA256.String(), Err: err})
	}
	s := Status{Name: manifest.RuntimeName, File: c.Manifest.Runtime.File}
	lib, err := c.Manifest.Library()
	if err == nil {
		s.Digest = lib.SHA256.String()
		m.runtime, err = open(lib, c)
	}
	if m.runtime != nil {
		m.runtime.AsIs, m.runtime.Observe = c.AsIs, c.Observe
	}
	s.Err = err
	m.status = append(m.status, s)
	return files
}

// open finds, verifies and loads ONNX Runtime's library.
func open(lib manifest.Item, c Config) (*onnx.Runtime, error) {
	places := []string{c.Library}
	if c.Library == "" {
		places = onnx.Places(c.Dir)
	}
	path, err := onnx.Find(places...)
	if err != nil {
		return nil, err
	}
	if err := lib.Verify(path); err != nil {
		return nil, err
	}
	return onnx.Open(path)
}

// load hires the workers.
func (m *Models) load(c Config, files map[manifest.Role][]byte) {
	var workers []*worker
	for range c.Sessions {
		w, role, err := hire(m.runtime, c.Manifest, files, *c.Quality)
		if err != nil {
			for _, w := range workers {
				err = errors.Join(err, w.close())
			}
			m.blame(role, err)
			return
		}
		workers = append(workers, w)
	}
	m.queue = newQueue(workers, c.Queue)
}

// blame enters an error into the status of a role; without one, of the library.
func (m *Models) blame(r manifest.Role, err error) {
	for i := range m.status {
		if m.status[i].Role == r {
			m.status[i].Err = fault.Because(ErrUnavailable, err)
		}
	}
}

func (m *Models) ready() bool {
	for _, s := range m.status {
		if s.Err != nil {
			return false
		}
	}
	return true
}
