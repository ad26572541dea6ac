//go:build linux

package models

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/rostod/rostod/engine"
	"github.com/rostod/rostod/internal/fixture"
	"github.com/rostod/rostod/models/manifest"
	"github.com/rostod/rostod/models/onnx"
	"github.com/rostod/rostod/models/picture"
	"github.com/rostod/rostod/models/quality"
)

// selfie is a photo of 4:3, whose face is a third as high as the picture, as a
// JPEG of this size.
func selfie(b *testing.B, width, height int) []byte {
	b.Helper()
	data, err := os.ReadFile(filepath.Join(fixture.Faces(b), "img2.jpg"))
	if err != nil {
		b.Fatal(err)
	}
	h, err := picture.Inspect(data, picture.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	d, err := picture.NewDecoder()
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	p, err := d.Decode(data, h, 0)
	if err != nil {
		b.Fatal(err)
	}
	var s picture.Scaler
	var small picture.Picture
	s.Scale(&small, p, width, height)
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i, v := range small.Pix {
		m.SetRGBA(i%width, i/width, color.RGBA{R: uint8(v), G: uint8(v >> 8), B: uint8(v >> 16), A: 255})
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 92}); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// network is one run of a network and what it is called.
type network struct {
	name string
	run  func() error
}

// networks is one run of every network that a Look at an upright selfie of
// 4:3 runs, and nothing else.
func networks(b *testing.B) []network {
	b.Helper()
	m, err := Embedded()
	if err != nil {
		b.Fatal(err)
	}
	r, err := onnx.Open(fixture.Library(b))
	if err != nil {
		b.Fatal(err)
	}
	var runs []network
	var closers []func() error
	for _, n := range []struct {
		role          manifest.Role
		outputs       []string
		width, height int64
	}{
		{manifest.Detector, []string{"cls_8", "obj_8", "bbox_8", "kps_8", "cls_16", "obj_16", "bbox_16", "kps_16", "cls_32", "obj_32", "bbox_32", "kps_32"}, 320, 256},
		{manifest.Detector, []string{"cls_8", "obj_8", "bbox_8", "kps_8", "cls_16", "obj_16", "bbox_16", "kps_16", "cls_32", "obj_32", "bbox_32", "kps_32"}, 192, 192},
		{manifest.Embedder, []string{"output0"}, 112, 112},
		{manifest.Passive, []string{"output"}, 128, 128},
	} {
		x := m.Model(n.role)
		data, err := x.Item().Read(filepath.Join(fixture.Models(b), x.File))
		if err != nil {
			b.Fatal(err)
		}
		s, err := r.Session(onnx.Spec{Name: x.Name, Model: data, Input: x.Input.Name, Outputs: n.outputs, Floats: int(3 * n.width * n.height)})
		if err != nil {
			b.Fatal(err)
		}
		sh, err := s.Shape(1, 3, n.height, n.width)
		if err != nil {
			b.Fatal(err)
		}
		runs, closers = append(runs, network{fmt.Sprintf("%s-%dx%d-alone", x.Name, n.width, n.height), sh.Run}), append(closers, s.Close)
	}
	b.Cleanup(func() {
		for _, c := range append(closers, r.Close) {
			if err := c(); err != nil {
				b.Error(err)
			}
		}
	})
	return runs
}

func openWorker(b *testing.B) (*Models, *worker) {
	b.Helper()
	m, err := Open(b.Context(), Config{Dir: fixture.Models(b), Library: fixture.Library(b), Sessions: 1})
	if err != nil {
		b.Fatal(err)
	}
	w, err := m.queue.take(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		m.queue.give(w)
		if err := m.Close(); err != nil {
			b.Error(err)
		}
	})
	return m, w
}

// A whole Look at a 640 x 480 JPEG, and how much of it is not the networks.
// The two are measured in turns, in time of the processor. Goal: the
// rest is at most 1.5 ms, of which libjpeg-turbo takes about 1.1.
func BenchmarkLook(b *testing.B) {
	for _, size := range []struct {
		name          string
		width, height int
	}{{"640x480", 640, 480}, {"1280x960", 1280, 960}} {
		b.Run(size.name, func(b *testing.B) {
			data := selfie(b, size.width, size.height)
			h, err := picture.Inspect(data, picture.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			raw := networks(b)
			_, w := openWorker(b)
			var all, alone []time.Duration
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for b.Loop() {
				t0 := cpu(b)
				face, err := w.look(b.Context(), data, h)
				t1 := cpu(b)
				if err != nil || face.Faces != 1 || face.Turned != 0 {
					b.Fatal(face.Faces, face.Turned, err)
				}
				for _, n := range raw {
					if err := n.run(); err != nil {
						b.Fatal(err)
					}
				}
				all, alone = append(all, t1-t0), append(alone, cpu(b)-t1)
			}
			b.ReportMetric(ms(all), "look-ms")
			b.ReportMetric(ms(alone), "networks-ms")
			b.ReportMetric(ms(all)-ms(alone), "rest-ms")
			b.ReportMetric(float64(len(data))/1024, "KiB")
		})
	}
}

// cpu is the time that this thread has been at work. Others may be at work on
// the machine; a wall clock would measure them too. The caller holds on to its
// thread.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	const threadTime = 3 // CLOCK_THREAD_CPUTIME_ID of Linux
	var t syscall.Timespec
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, threadTime, uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		b.Fatal(errno)
	}
	return time.Duration(t.Nano())
}

// ms is the median in milliseconds.
func ms(all []time.Duration) float64 {
	return float64(slices.Sorted(slices.Values(all))[len(all)/2]) / 1e6
}

// The steps of a Look, each with its network.
func BenchmarkSteps(b *testing.B) {
	data := selfie(b, 640, 480)
	_, w := openWorker(b)
	h, err := picture.Inspect(data, picture.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	p, err := w.decoder.Decode(data, h, enough)
	if err != nil {
		b.Fatal(err)
	}
	found, err := w.detector.Find(p)
	if err != nil {
		b.Fatal(err)
	}
	f := found.Faces[0]
	crop, err := w.embedder.Align(p, f.Landmarks)
	if err != nil {
		b.Fatal(err)
	}
	var face engine.Face
	face.Width, face.Height = p.Width, p.Height
	steps := []network{
		{"decode", func() error { _, err := w.decoder.Decode(data, h, enough); return err }},
		{"find", func() error { _, err := w.detector.Find(p); return err }},
		{"refine", func() error { _, err := w.detector.Refine(p, f); return err }},
		{"align", func() error { _, err := w.embedder.Align(p, f.Landmarks); return err }},
		{"quality", func() error {
			quality.Measure(quality.View{Landmarks: f.Landmarks, Box: f.Box, Crop: crop})
			return nil
		}},
		{"digest", func() error { face.Picture = sha256.Sum256(data); return nil }},
		{"template", func() error { _, err := w.embedder.Template(crop); return err }},
		{"live", func() error { _, err := w.judge.Live(p, f.Box); return err }},
	}
	for _, s := range append(steps, networks(b)...) {
		b.Run(s.name, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var all []time.Duration
			for b.Loop() {
				t0 := cpu(b)
				if err := s.run(); err != nil {
					b.Fatal(err)
				}
				all = append(all, cpu(b)-t0)
			}
			b.ReportMetric(ms(all), "cpu-ms")
		})
	}
}
