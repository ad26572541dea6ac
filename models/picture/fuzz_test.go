package picture

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/metrics"
	"testing"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/fixture"
)

// Whatever the bytes: no crash, an error is a fault, what comes out is within
// the limits, and memory is bounded by the limits and not by the sender.
func FuzzDecode(f *testing.F) {
	for _, seed := range [][]byte{
		madeJPEG(f, chart(64, 48)), madePNG(f, chart(64, 48)), madeWebP(64, 48, 1, 2, 3),
		withSegment(madeJPEG(f, chart(64, 48)), 0xE1, append([]byte("Exif\x00\x00"), exif(6)...)),
		withChunk(madePNG(f, chart(16, 16)), "eXIf", exif(8)),
		riff(vp8x(1<<3, 64, 48), riffChunk("VP8L", plainVP8L(64, 48, 1, 2, 3, 255)), riffChunk("EXIF", exif(6))),
		[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), headerPNG(40_000, 40_000),
	} {
		f.Add(seed)
	}
	const pixels = 1 << 18
	// PNG of 16 bits: eight bytes, once more while it is made, and ours; Go's
	// decoders keep tables of a fixed size.
	const memory = 32*pixels + 8<<20
	d, err := NewDecoder()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(d.Close)
	f.Fuzz(func(t *testing.T, data []byte) {
		before := allocated()
		h, err := Inspect(data, Limits{MaxBytes: 1 << 20, MaxPixels: pixels})
		var p *Picture
		if err == nil {
			p, err = d.Decode(data, h, 0)
		}
		if got := allocated() - before; got > memory+64*uint64(len(data)) {
			t.Errorf("got %d bytes allocated for %d, want at most %d", got, len(data), memory)
		}
		if err != nil {
			if fault.Of(err) == nil {
				t.Errorf("got %v, want a fault", err)
			}
			return
		}
		if p.Width != h.Width || p.Height != h.Height || len(p.Pix) != p.Width*p.Height || len(p.Pix) > pixels {
			t.Errorf("got %d x %d and %d pixels where the header says %d x %d", p.Width, p.Height, len(p.Pix), h.Width, h.Height)
		}
	})
}

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// A header alone never costs memory.
func TestInspectAllocatesNothing(t *testing.T) {
	for what, data := range map[string][]byte{
		"JPEG": madeJPEG(t, chart(64, 48)), "PNG": headerPNG(40_000, 40_000), "WebP": madeWebP(16_000, 16_000, 1, 2, 3),
	} {
		if n := testing.AllocsPerRun(10, func() {
			if _, err := read(data); err != nil && !errors.Is(err, ErrTooManyPixels) {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%s: got %v allocations, want none", what, n)
		}
	}
}

// What a 640 x 480 photo costs, by format. Goal: a JPEG within 1.3 ms on one
// core of a 2.3 GHz Sapphire Rapids (libjpeg-turbo itself takes 1.05 to 1.15).
func BenchmarkDecode(b *testing.B) {
	d, err := NewDecoder()
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	run := func(name string, data []byte, long int) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				h, err := Inspect(data, Limits{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := d.Decode(data, h, long); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	photo, err := os.ReadFile(filepath.Join(fixture.Spoof(b), "image_T1.jpg"))
	if err != nil {
		b.Fatal(err)
	}
	webp, err := os.ReadFile(filepath.Join(fixture.Faces(b), "img47.jpg"))
	if err != nil {
		b.Fatal(err)
	}
	p, err := decode(b, photo, Limits{})
	if err != nil {
		b.Fatal(err)
	}
	run("jpeg-turned", photo, 640)
	run("jpeg", madeJPEG(b, p.image()), 640)
	run("png", madePNG(b, p.image()), 640)
	run("webp-1350x1800", webp, 640)
	big, err := os.ReadFile(filepath.Join(fixture.Faces(b), "img7.jpg"))
	if err != nil {
		b.Fatal(err)
	}
	run("jpeg-1363x2048", big, 640)
}
