package models

import (
	"errors"
	"fmt"

	"github.com/rostod/rostod/models/detect"
	"github.com/rostod/rostod/models/embed"
	"github.com/rostod/rostod/models/manifest"
	"github.com/rostod/rostod/models/onnx"
	"github.com/rostod/rostod/models/pad"
	"github.com/rostod/rostod/models/picture"
	"github.com/rostod/rostod/models/quality"
)

// worker has everything that one picture needs, for one picture at a time.
type worker struct {
	decoder    *picture.Decoder
	detector   *detect.Detector
	embedder   *embed.Embedder
	judge      *pad.Judge
	thresholds quality.Thresholds
	turned     picture.Picture
	frame      picture.Picture
}

// hire makes a worker from verified files.
func hire(r *onnx.Runtime, m *manifest.Manifest, files map[manifest.Role][]byte, t quality.Thresholds) (w *worker, role manifest.Role, err error) {
	w = &worker{thresholds: t}
	if w.decoder, err = picture.NewDecoder(); err != nil {
		return nil, "", err
	}
	steps := []struct {
		role manifest.Role
		open func(manifest.Model, []byte) error
	}{
		{manifest.Detector, func(x manifest.Model, f []byte) (err error) { w.detector, err = detect.Open(r, x, f); return err }},
		{manifest.Embedder, func(x manifest.Model, f []byte) (err error) { w.embedder, err = embed.Open(r, x, f); return err }},
		{manifest.Passive, func(x manifest.Model, f []byte) (err error) { w.judge, err = pad.Open(r, x, f); return err }},
	}
	for _, s := range steps {
		if err := s.open(m.Model(s.role), files[s.role]); err != nil {
			return nil, s.role, errors.Join(fmt.Errorf("open the %s: %w", s.role, err), w.close())
		}
	}
	return w, "", nil
}

func (w *worker) close() error {
	var errs []error
	if w.detector != nil {
		errs = append(errs, w.detector.Close())
	}
	if w.embedder != nil {
		errs = append(errs, w.embedder.Close())
	}
	if w.judge != nil {
		errs = append(errs, w.judge.Close())
	}
	w.decoder.Close()
	return errors.Join(errs...)
}
