package daemon

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// photo is a photo of the fixtures.
func photo(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pixels are the pixels of a JPEG.
func pixels(t *testing.T, data []byte) *image.RGBA {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return cropped(m, m.Bounds())
}

// cropped is a part of a picture.
func cropped(m image.Image, r image.Rectangle) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Bounds(), m, r.Min, draw.Src)
	return out
}

// scaled is a picture in another size: between the four nearest pixels, or the
// mean of those that fall together.
func scaled(m *image.RGBA, w, h int) *image.RGBA {
	for m.Rect.Dx() >= 2*w && m.Rect.Dy() >= 2*h {
		m = mapped(m, m.Rect.Dx()/2, m.Rect.Dy()/2, 2)
	}
	return mapped(m, w, h, 1)
}

// mapped puts into each pixel the mean of four of m: those around the place it
// comes from, or the four that it replaces.
func mapped(m *image.RGBA, w, h, step int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	fx, fy := float64(m.Rect.Dx()-1)/float64(max(w-1, 1)), float64(m.Rect.Dy()-1)/float64(max(h-1, 1))
	for y := range h {
		for x := range w {
			sx, sy := float64(x)*fx, float64(y)*fy
			if step == 2 {
				sx, sy = 2*float64(x)+0.5, 2*float64(y)+0.5
			}
			x0, y0 := min(int(sx), m.Rect.Dx()-1), min(int(sy), m.Rect.Dy()-1)
			x1, y1 := min(x0+1, m.Rect.Dx()-1), min(y0+1, m.Rect.Dy()-1)
			ax, ay := sx-float64(x0), sy-float64(y0)
			for c := range 4 {
				at := func(x, y int) float64 { return float64(m.Pix[m.PixOffset(x, y)+c]) }
				v := (at(x0, y0)*(1-ax)+at(x1, y0)*ax)*(1-ay) + (at(x0, y1)*(1-ax)+at(x1, y1)*ax)*ay
				out.Pix[out.PixOffset(x, y)+c] = uint8(v + 0.5)
			}
		}
	}
	return out
}

// lit is a picture with other light.
func lit(m *image.RGBA, light func(v float64) float64) *image.RGBA {
	out := cropped(m, m.Rect)
	for i := range out.Pix {
		if i%4 != 3 {
			out.Pix[i] = uint8(light(float64(out.Pix[i])))
		}
	}
	return out
}

// plain is a wall of one colour.
func plain(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{170, 160, 150, 255}), image.Point{}, draw.Src)
	return m
}

// pasted is a picture laid upon another.
func pasted(on *image.RGBA, m image.Image, x, y int) *image.RGBA {
	out := cropped(on, on.Rect)
	draw.Draw(out, m.Bounds().Add(image.Pt(x, y)), m, m.Bounds().Min, draw.Src)
	return out
}

func asJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asGIF(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// noise is a PNG that cannot be made small.
func noise(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, w, h))
	from := rand.NewChaCha8([32]byte{1})
	for i := range m.Pix {
		m.Pix[i] = byte(from.Uint64())
	}
	return asPNG(t, m)
}

// frameOf is where the body of a JPEG's frame header begins (ITU-T T.81,
// B.2.2): precision, height, width, number of components.
func frameOf(t *testing.T, data []byte) int {
	t.Helper()
	for at := 2; at+4 < len(data); at += 2 + int(binary.BigEndian.Uint16(data[at+2:])) {
		if kind := data[at+1]; kind >= 0xC0 && kind <= 0xC2 {
			return at + 4
		}
	}
	t.Fatal("no frame header")
	return 0
}

// patched is data with other bytes at a place.
func patched(data []byte, at int, other ...byte) []byte {
	out := bytes.Clone(data)
	copy(out[at:], other)
	return out
}

func big16(v int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(v)) }
func big32(v int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(v)) }

// sizedJPEG is a JPEG whose header says another size.
func sizedJPEG(t *testing.T, data []byte, w, h int) []byte {
	t.Helper()
	return patched(data, frameOf(t, data)+1, append(big16(h), big16(w)...)...)
}

// sizedPNG is a PNG whose header says another size, with the right checksum.
func sizedPNG(data []byte, w, h int) []byte {
	out := patched(data, 16, append(big32(w), big32(h)...)...)
	return patched(out, 29, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(out[12:29]))...)
}

// withChunk is a PNG with a chunk behind its header.
func withChunk(data []byte, kind string, body []byte) []byte {
	chunk := append([]byte(kind), body...)
	whole := append(big32(len(body)), chunk...)
	whole = binary.BigEndian.AppendUint32(whole, crc32.ChecksumIEEE(chunk))
	const header = 33
	return append(append(bytes.Clone(data[:header]), whole...), data[header:]...)
}

// scans is a progressive JPEG of no more than headers: so many scans.
func scans(w, h, n int) []byte {
	out := []byte{0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8}
	out = append(append(out, big16(h)...), big16(w)...)
	out = append(out, 1, 1, 0x11, 0)
	for range n {
		out = append(out, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, 0x00)
	}
	return append(out, 0xFF, 0xD9)
}

// webp is a WebP file of chunks (RFC 9649).
func webp(chunks ...[]byte) []byte {
	body := []byte("WEBP")
	for _, c := range chunks {
		body = append(body, c...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func webpChunk(kind string, body ...byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body)))
	out = append(out, body...)
	if len(body)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

// canvas is the chunk that says how large a WebP is, and what it has.
func canvas(flags byte, w, h int) []byte {
	w, h = w-1, h-1
	return webpChunk("VP8X", flags, 0, 0, 0, byte(w), byte(w>>8), byte(w>>16), byte(h), byte(h>>8), byte(h>>16))
}

// lossless is a WebP frame of no more than its header.
func lossless(w, h int) []byte {
	return webpChunk("VP8L", binary.LittleEndian.AppendUint32([]byte{0x2F}, uint32(w-1)|uint32(h-1)<<14)...)
}

// boxed is the beginning of an ISO base media file of a brand.
func boxed(brand string) []byte {
	out := append(big32(24), "ftyp"+brand+"\x00\x00\x00\x00mif1"+brand...)
	return append(out, make([]byte, 4096)...)
}
