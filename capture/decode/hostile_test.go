package decode

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"image"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/fixture"
)

// ivf is the container that vpxdec reads.
func ivf(frames [][]byte, w, h int) []byte {
	out := append([]byte("DKIF"), 0, 0, 32, 0)
	out = append(out, "VP80"...)
	out = binary.LittleEndian.AppendUint16(out, uint16(w))
	out = binary.LittleEndian.AppendUint16(out, uint16(h))
	for _, n := range []uint32{30, 1, uint32(len(frames)), 0} {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	for i, f := range frames {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(f)))
		out = binary.LittleEndian.AppendUint64(out, uint64(i))
		out = append(out, f...)
	}
	return out
}

// digest adds a picture's pixels, without the ends of lines.
func digest(to hash.Hash, p *image.YCbCr) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	plane := func(b []byte, stride, w, h int) {
		for y := range h {
			to.Write(b[y*stride : y*stride+w])
		}
	}
	plane(p.Y, p.YStride, w, h)
	plane(p.Cb, p.CStride, (w+1)/2, (h+1)/2)
	plane(p.Cr, p.CStride, (w+1)/2, (h+1)/2)
}

// The oracle is libvpx's own program.
func TestDecodeEqualsVpxdec(t *testing.T) {
	tool := fixture.VPX(t, "vpxdec")
	for _, size := range []image.Point{{640, 480}, {175, 143}} {
		frames := stream(t, size.X, size.Y, 40)
		file := filepath.Join(t.TempDir(), "stream.ivf")
		if err := os.WriteFile(file, ivf(frames, size.X, size.Y), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), tool, "--i420", "--md5", file).Output()
		if err != nil {
			t.Fatal(err)
		}
		want, _, _ := strings.Cut(string(out), " ")
		sum, d := md5.New(), decoder(t)
		for _, f := range frames {
			p, err := d.Decode(f)
			if err != nil {
				t.Fatal(err)
			}
			digest(sum, p)
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != want {
			t.Errorf("%v: got %s, vpxdec says %s", size, got, want)
		}
	}
}

// Damage is an error or a picture within the limits, and the next key frame is
// decoded as if nothing had been.
func TestDecodeSurvives(t *testing.T) {
	frames := stream(t, 176, 144, 12)
	clean, err := decoder(t).Decode(frames[0])
	if err != nil {
		t.Fatal(err)
	}
	want := md5.New()
	digest(want, clean)
	r := rand.New(rand.NewPCG(7, 7))
	d := decoder(t)
	for range 300 {
		for _, f := range frames {
			c := bytes.Clone(f)
			switch r.IntN(4) {
			case 0:
				c = c[:r.IntN(len(c))]
			case 1:
				for range 1 + r.IntN(8) {
					c[r.IntN(len(c))] ^= 1 << r.IntN(8)
				}
			case 2:
				c[r.IntN(min(len(c), 40))] = byte(r.Uint32())
			}
			check(t, d, c)
		}
		p, err := d.Decode(frames[0])
		if err != nil {
			t.Fatalf("a sound key frame after damage: %v", err)
		}
		got := md5.New()
		digest(got, p)
		if !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
			t.Fatal("a sound key frame after damage gives another picture")
		}
	}
}

// check decodes and reads every pixel of what comes out.
func check(t *testing.T, d *Decoder, frame []byte) {
	t.Helper()
	p, err := d.Decode(frame)
	if err != nil {
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrNoKey) && !errors.Is(err, ErrHidden) {
			t.Fatalf("got %v, which is none of the package's errors", err)
		}
		return
	}
	if p.Rect.Empty() || p.Rect.Dx()*p.Rect.Dy() > MaxPixels {
		t.Fatalf("got a picture of %v", p.Rect)
	}
	digest(md5.New(), p)
}

// Whatever the bytes: no crash, one of the package's errors, or a picture
// within the limits all of which can be read.
func FuzzDecode(f *testing.F) {
	frames := stream(f, 64, 48, 4)
	for _, frame := range frames {
		f.Add(frame)
	}
	f.Add(frames[0][:20])
	f.Add(stream(f, 33, 17, 1)[0])
	d := decoder(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := d.Decode(frames[0]); err != nil {
			t.Fatalf("a sound key frame: %v", err)
		}
		check(t, d, data)
		check(t, d, frames[1])
	})
}
