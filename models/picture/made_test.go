package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// chart is a picture whose corners differ: red, green, blue and white
// quarters, so that every orientation is told apart.
func chart(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{A: 255}
			switch {
			case y < h/2 && x < w/2:
				c.R = 255
			case y < h/2:
				c.G = 255
			case x < w/2:
				c.B = 255
			default:
				c.R, c.G, c.B = 255, 255, 255
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func madeJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func madePNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is an EXIF block with one tag, the orientation.
func exif(o int) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x01")
	b = binary.BigEndian.AppendUint16(b, exifOrientation)
	b = binary.BigEndian.AppendUint16(b, 3)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint16(b, uint16(o))
	return append(b, 0, 0, 0, 0, 0, 0)
}

// withSegment puts a segment behind a JPEG's start.
func withSegment(jpeg []byte, kind byte, body []byte) []byte {
	s := []byte{0xFF, 0xD8, 0xFF, kind}
	s = binary.BigEndian.AppendUint16(s, uint16(len(body)+2))
	return append(append(s, body...), jpeg[2:]...)
}

// withFrame changes a JPEG's frame header in place of a copy.
func withFrame(t testing.TB, jpeg []byte, change func(marker, body []byte)) []byte {
	t.Helper()
	c := bytes.Clone(jpeg)
	i := bytes.Index(c, []byte{0xFF, 0xC0})
	if i < 0 {
		t.Fatal("no frame header")
	}
	change(c[i:i+2], c[i+4:])
	return c
}

// chunk is one chunk of a PNG, with a right sum.
func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc(b[4:]))
}

func crc(b []byte) uint32 {
	sum := ^uint32(0)
	for _, v := range b {
		sum ^= uint32(v)
		for range 8 {
			sum = sum>>1 ^ 0xEDB88320&-(sum&1)
		}
	}
	return ^sum
}

// withChunk puts a chunk behind a PNG's header.
func withChunk(png []byte, kind string, body []byte) []byte {
	const head = 8 + 25
	return bytes.Join([][]byte{png[:head], chunk(kind, body), png[head:]}, nil)
}

// headerPNG is a PNG that says that it has this size, and nothing more.
func headerPNG(w, h uint32) []byte {
	b := binary.BigEndian.AppendUint32(nil, w)
	b = append(binary.BigEndian.AppendUint32(b, h), 8, 2, 0, 0, 0)
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", b), chunk("IEND", nil)}, nil)
}

// riff is a WebP of these chunks.
func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func riffChunk(kind string, body []byte) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))), body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// plainVP8L is a lossless frame of one colour: five codes of one symbol each,
// so that a pixel takes no bit at all.
func plainVP8L(w, h int, r, g, b, a uint8) []byte {
	var bits uint64
	var n uint
	out := []byte{0x2F}
	put := func(v uint64, size uint) {
		bits |= v << n
		for n += size; n >= 8; n -= 8 {
			out = append(out, byte(bits))
			bits >>= 8
		}
	}
	put(uint64(w-1), 14)
	put(uint64(h-1), 14)
	put(0, 1+3) // no alpha hint, version 0
	put(0, 1+1+1)
	for _, symbol := range []uint8{g, r, b, a} {
		put(0b101, 3) // simple, one symbol, of eight bits
		put(uint64(symbol), 8)
	}
	put(0b001, 3) // distance: simple, one symbol, of one bit
	put(0, 1)
	put(0, 7)
	return out
}

func madeWebP(w, h int, r, g, b uint8) []byte {
	return riff(riffChunk("VP8L", plainVP8L(w, h, r, g, b, 255)))
}

// vp8x is the extended header.
func vp8x(flags byte, w, h int) []byte {
	b := []byte{flags, 0, 0, 0}
	for _, v := range []int{w - 1, h - 1} {
		b = append(b, byte(v), byte(v>>8), byte(v>>16))
	}
	return riffChunk("VP8X", b)
}

// decode inspects and decodes.
func decode(t testing.TB, data []byte, l Limits) (*Picture, error) {
	t.Helper()
	d, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	h, err := Inspect(data, l)
	if err != nil {
		return nil, err
	}
	p, err := d.Decode(data, h, 0)
	if err == nil && (p.Width != h.Width || p.Height != h.Height) {
		err = errors.New("the picture has another size than its header")
	}
	return p, err
}

// image is the picture as Go's encoders take it.
func (p *Picture) image() image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i, v := range p.Pix {
		binary.LittleEndian.PutUint32(m.Pix[4*i:], v|0xFF000000)
	}
	return m
}
