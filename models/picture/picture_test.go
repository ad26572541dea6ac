package picture

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rostod/rostod/internal/fault"
	"github.com/rostod/rostod/internal/fixture"
)

func TestDoor(t *testing.T) {
	j, p, w := madeJPEG(t, chart(64, 48)), madePNG(t, chart(64, 48)), madeWebP(64, 48, 10, 20, 30)
	var g bytes.Buffer
	if err := gif.Encode(&g, chart(64, 48), nil); err != nil {
		t.Fatal(err)
	}
	size := func(w, h uint16) []byte {
		return withFrame(t, j, func(_, body []byte) { body[1], body[2], body[3], body[4] = byte(h>>8), byte(h), byte(w>>8), byte(w) })
	}
	kind := func(k byte) []byte { return withFrame(t, j, func(m, _ []byte) { m[1] = k }) }
	animated := riff(vp8x(1<<1, 64, 48), riffChunk("ANIM", make([]byte, 6)))
	lied := riff(vp8x(0, 64, 48), riffChunk("VP8L", plainVP8L(640, 480, 1, 2, 3, 255)))
	scans := bytes.Repeat(j[bytes.Index(j, []byte{0xFF, 0xDA}):len(j)-2], maxScans+1)
	door := Limits{MaxBytes: 800 << 10, MinLong: 640, MinShort: 480, MaxPixels: 20_000_000}
	for _, tt := range []struct {
		what string
		data []byte
		l    Limits
		want *fault.Fault // nil: it is read
	}{
		{"JPEG", j, Limits{}, nil},
		{"PNG", p, Limits{}, nil},
		{"WebP", w, Limits{}, nil},
		{"just large enough", madeJPEG(t, chart(640, 480)), door, nil},
		{"just large enough, upright", madeJPEG(t, chart(480, 640)), door, nil},
		{"a header that says 640 x 480 turned", withSegment(madeJPEG(t, chart(640, 480)), 0xE1, append([]byte("Exif\x00\x00"), exif(6)...)), door, nil},

		{"nothing", nil, Limits{}, ErrEmpty},
		{"no bytes", []byte{}, Limits{}, ErrEmpty},
		{"text", []byte("data:image/png;base64,iVBORw0KGgo="), Limits{}, ErrUnknown},
		{"zeros", make([]byte, 1000), Limits{}, ErrUnknown},
		{"RIFF that is sound", []byte("RIFF\x04\x00\x00\x00WAVE"), Limits{}, ErrUnknown},
		{"GIF", g.Bytes(), Limits{}, ErrFormat},
		{"BMP", append([]byte("BM"), make([]byte, 60)...), Limits{}, ErrFormat},
		{"TIFF", []byte("II*\x00\x08\x00\x00\x00\x00\x00\x00\x00"), Limits{}, ErrFormat},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), Limits{}, ErrFormat},
		{"HEIC by its second brand", []byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic"), Limits{}, ErrFormat},
		{"AVIF", []byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf"), Limits{}, ErrFormat},
		{"JPEG XL", []byte("\x00\x00\x00\x0cJXL \r\n\x87\n\x00\x00\x00\x14ftypjxl "), Limits{}, ErrFormat},
		{"MP4", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1"), Limits{}, ErrFormat},
		{"PDF", []byte("%PDF-1.7 and so on"), Limits{}, ErrFormat},
		{"SVG", []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), Limits{}, ErrFormat},

		{"a byte too many", j, Limits{MaxBytes: len(j) - 1}, ErrTooManyBytes},
		{"as many bytes as are taken", j, Limits{MaxBytes: len(j)}, nil},
		{"1 x 1", madePNG(t, chart(1, 1)), door, ErrTooSmall},
		{"a column too few", madePNG(t, chart(639, 480)), door, ErrTooSmall},
		{"a row too few", madePNG(t, chart(640, 479)), door, ErrTooSmall},
		{"long and flat", madePNG(t, chart(2000, 100)), door, ErrTooSmall},
		{"JPEG of 40,000 x 40,000", size(40_000, 40_000), door, ErrTooManyPixels},
		{"JPEG of 65,535 x 65,535 without limits", size(65_535, 65_535), Limits{}, ErrTooManyPixels},
		{"PNG of 40,000 x 40,000", headerPNG(40_000, 40_000), door, ErrTooManyPixels},
		{"PNG of 2^31-1 squared", headerPNG(1<<31-1, 1<<31-1), Limits{}, ErrTooManyPixels},
		{"WebP of 16,384 x 16,384", madeWebP(16_384, 16_384, 1, 2, 3), Limits{}, ErrTooManyPixels},

		{"JPEG without height", size(64, 0), Limits{}, ErrBroken},
		{"JPEG larger than its data", size(640, 480), Limits{}, ErrBroken},
		{"PNG without width", headerPNG(0, 5), Limits{}, ErrBroken},
		{"PNG without pixels", headerPNG(5, 5), Limits{}, ErrBroken},
		{"PNG with a side of 2^32-1", headerPNG(1<<32-1, 5), Limits{}, ErrBroken},
		{"PNG with a flipped bit", flipped(p, len(p)/2), Limits{}, ErrBroken},
		{"PNG that is larger than its data", bytes.Replace(p, p[8:33], headerPNG(640, 480)[8:33], 1), Limits{}, ErrBroken},
		{"WebP whose canvas lies", lied, Limits{}, ErrBroken},
		{"WebP without a frame", riff(vp8x(0, 64, 48)), Limits{}, ErrBroken},
		{"WebP with two frames", riff(riffChunk("VP8L", plainVP8L(9, 9, 1, 2, 3, 255)), riffChunk("VP8L", plainVP8L(9, 9, 1, 2, 3, 255))), Limits{}, ErrBroken},
		{"a start of JPEG and nothing more", []byte("\xFF\xD8\xFF"), Limits{}, ErrBroken},
		{"a start of PNG and nothing more", []byte("\x89PNG"), Limits{}, ErrBroken},
		{"JPEG cut off and closed again", append(bytes.Clone(j[:len(j)/2]), 0xFF, 0xD9), Limits{}, ErrBroken},
		{"JPEG with rubbish inside", rubbish(j), Limits{}, ErrBroken},
		{"JPEG with two frames", withSegment(j, 0xC0, []byte{8, 0, 48, 0, 64, 1, 1, 0x11, 0}), Limits{}, ErrBroken},
		{"JPEG with a segment of no length", append([]byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 0}, j[2:]...), Limits{}, ErrBroken},

		{"animated WebP", animated, Limits{}, ErrAnimated},
		{"animated PNG", withChunk(p, "acTL", make([]byte, 8)), Limits{}, ErrAnimated},
		{"CMYK JPEG", withFrame(t, j, func(_, body []byte) { body[5] = 4 }), Limits{}, ErrColours},
		{"JPEG of two channels", withFrame(t, j, func(_, body []byte) { body[5] = 2 }), Limits{}, ErrJPEG},
		{"JPEG of 12 bits", withFrame(t, j, func(_, body []byte) { body[0] = 12 }), Limits{}, ErrJPEG},
		{"lossless JPEG", kind(0xC3), Limits{}, ErrJPEG},
		{"hierarchical JPEG", kind(0xC5), Limits{}, ErrJPEG},
		{"arithmetic JPEG", kind(0xC9), Limits{}, ErrJPEG},
		{"arithmetic progressive JPEG", kind(0xCA), Limits{}, ErrJPEG},
		{"JPEG of a thousand scans", append(append(bytes.Clone(j[:len(j)-2]), scans...), 0xFF, 0xD9), Limits{}, ErrJPEG},
	} {
		t.Run(tt.what, func(t *testing.T) {
			_, err := decode(t, tt.data, tt.l)
			if tt.want == nil && err != nil {
				t.Errorf("got %v, want it read", err)
			}
			if tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if f := fault.Of(err); err != nil && (f == nil || f.Title == "" || f.Hint == "") {
				t.Errorf("got %v, want a fault with title and hint", err)
			}
		})
	}
}

func flipped(data []byte, i int) []byte {
	c := bytes.Clone(data)
	c[i] ^= 0x10
	return c
}

// rubbish overwrites a part of a JPEG's scan with ones: no Huffman code.
func rubbish(j []byte) []byte {
	c := bytes.Clone(j)
	from := bytes.Index(c, []byte{0xFF, 0xDA}) + 20
	for i := from; i < from+20; i++ {
		c[i] = 0xFE
	}
	return c
}

func TestFormatsAreNamed(t *testing.T) {
	_, err := Inspect([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), Limits{})
	if f := fault.Of(err); f == nil || !strings.HasPrefix(f.Title, "HEIC") {
		t.Errorf("got %v, want a title that names HEIC", err)
	}
}

// A file that ends too early is refused wherever it ends.
func TestCutOffAnywhere(t *testing.T) {
	lossy, err := os.ReadFile(filepath.Join(fixture.Faces(t), "img47.jpg")) // a WebP under a wrong name
	if err != nil {
		t.Fatal(err)
	}
	for what, data := range map[string][]byte{
		"JPEG": madeJPEG(t, chart(64, 48)), "PNG": madePNG(t, chart(64, 48)), "WebP": madeWebP(64, 48, 1, 2, 3), "lossy WebP": lossy,
	} {
		for n := 1; n < len(data); n += 1 + len(data)/300 {
			if _, err := decode(t, data[:n], Limits{}); !errors.Is(err, ErrBroken) && !(n < 12 && errors.Is(err, ErrUnknown)) {
				t.Fatalf("%s cut to %d of %d bytes: got %v, want ErrBroken", what, n, len(data), err)
			}
		}
		if _, err := decode(t, data, Limits{}); err != nil {
			t.Errorf("%s whole: %v", what, err)
		}
	}
}

// corners are the colours of the four quarters, as letters.
func corners(p *Picture) string {
	var s strings.Builder
	for _, at := range [][2]int{{p.Width / 4, p.Height / 4}, {3 * p.Width / 4, p.Height / 4}, {p.Width / 4, 3 * p.Height / 4}, {3 * p.Width / 4, 3 * p.Height / 4}} {
		v := p.Pix[at[1]*p.Width+at[0]]
		r, g, b := v&0xFF > 200, v>>8&0xFF > 200, v>>16&0xFF > 200
		switch {
		case r && g && b:
			s.WriteByte('w')
		case r:
			s.WriteByte('r')
		case g:
			s.WriteByte('g')
		case b:
			s.WriteByte('b')
		default:
			s.WriteByte('?')
		}
	}
	return s.String()
}

// The eight orientations of Exif, in all three formats. The picture lies in
// the file as red, green over blue, white.
func TestOrientation(t *testing.T) {
	m := chart(64, 48)
	j, p := madeJPEG(t, m), madePNG(t, m)
	for o, want := range map[int]string{
		1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb", 0: "rgbw", 9: "rgbw",
	} {
		for what, data := range map[string][]byte{
			"JPEG": withSegment(j, 0xE1, append([]byte("Exif\x00\x00"), exif(o)...)),
			"PNG":  withChunk(p, "eXIf", exif(o)),
		} {
			got, err := decode(t, data, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if c := corners(got); c != want {
				t.Errorf("%s of orientation %d: got %s, want %s", what, o, c, want)
			}
			if turned := o >= 5 && o <= 8; turned != (got.Width == 48) {
				t.Errorf("%s of orientation %d: got %d x %d", what, o, got.Width, got.Height)
			}
		}
	}
	w := riff(vp8x(1<<3, 64, 48), riffChunk("VP8L", plainVP8L(64, 48, 1, 2, 3, 255)), riffChunk("EXIF", exif(6)))
	if got, err := decode(t, w, Limits{}); err != nil || got.Width != 48 {
		t.Errorf("WebP of orientation 6: got %v and %v, want 48 wide", got, err)
	}
}

// No EXIF block, however broken, does more than nothing.
func TestBrokenExifIsIgnored(t *testing.T) {
	whole := exif(6)
	for n := range whole {
		if got := orientation(whole[:n]); n < 22 && got != 1 {
			t.Errorf("cut to %d bytes: got %d, want 1", n, got)
		}
	}
	for _, b := range []string{"", "II", "II*\x00\xff\xff\xff\xff", "MM\x00*\x00\x00\x00\x08\xff\xff", "XX*\x00\x08\x00\x00\x00\x00\x00"} {
		if got := orientation([]byte(b)); got != 1 {
			t.Errorf("%q: got %d, want 1", b, got)
		}
	}
}

func TestPixelsOfEveryKind(t *testing.T) {
	rect := image.Rect(0, 0, 8, 8)
	deep := image.NewNRGBA64(rect)
	seeThrough := image.NewNRGBA(rect)
	half := image.NewNRGBA(rect)
	grey16 := image.NewGray16(rect)
	for y := range 8 {
		for x := range 8 {
			deep.SetNRGBA64(x, y, color.NRGBA64{R: 0xC8C8, G: 0x6464, B: 0x3232, A: 0xFFFF})
			half.SetNRGBA(x, y, color.NRGBA{R: 0, G: 0, B: 0, A: 128})
			grey16.SetGray16(x, y, color.Gray16{Y: 0x7878})
		}
	}
	grey := image.NewGray(rect)
	draw.Draw(grey, rect, image.NewUniform(color.Gray{Y: 120}), image.Point{}, draw.Src)
	indexed := image.NewPaletted(rect, palette.WebSafe)
	draw.Draw(indexed, rect, image.NewUniform(color.RGBA{R: 204, G: 102, B: 51, A: 255}), image.Point{}, draw.Src)
	for _, tt := range []struct {
		what string
		data []byte
		want Pixel
	}{
		{"PNG of 16 bits", madePNG(t, deep), pack(200, 100, 50)},
		{"PNG of 16 bits, grey", madePNG(t, grey16), pack(120, 120, 120)},
		{"PNG, grey", madePNG(t, grey), pack(120, 120, 120)},
		{"JPEG, grey", madeJPEG(t, grey), pack(120, 120, 120)},
		{"PNG with a palette", madePNG(t, indexed), pack(204, 102, 51)},
		{"PNG, transparent: white", madePNG(t, seeThrough), pack(255, 255, 255)},
		{"PNG, half transparent black: grey", madePNG(t, half), pack(127, 127, 127)},
		{"WebP", madeWebP(8, 8, 10, 20, 30), pack(10, 20, 30)},
		{"WebP, transparent: white", riff(riffChunk("VP8L", plainVP8L(8, 8, 1, 2, 3, 0))), pack(255, 255, 255)},
	} {
		got, err := decode(t, tt.data, Limits{})
		if err != nil {
			t.Errorf("%s: %v", tt.what, err)
			continue
		}
		if v := got.Pix[27] & 0xFFFFFF; v != tt.want {
			t.Errorf("%s: got %06x, want %06x", tt.what, v, tt.want)
		}
	}
}

// libwebp's own reading of a lossy WebP: the mean of each channel.
func TestLossyWebPHasItsColours(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(fixture.Faces(t), "img47.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := decode(t, data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var sum [3]float64
	for _, v := range p.Pix {
		for c := range sum {
			sum[c] += float64(v >> (8 * c) & 0xFF)
		}
	}
	for c, want := range [3]float64{117.86, 95.65, 90.02} {
		if got := sum[c] / float64(len(p.Pix)); got < want-0.5 || got > want+0.5 {
			t.Errorf("channel %d: got a mean of %.2f, want %.2f", c, got, want)
		}
	}
}

// A JPEG is decoded at the smallest fraction that has the pixels asked for.
func TestScaledDecoding(t *testing.T) {
	d, err := NewDecoder()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	data := madeJPEG(t, chart(1300, 900))
	h, err := Inspect(data, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for long, want := range map[int]int{0: 1300, 1300: 1300, 651: 1300, 650: 650, 640: 650, 300: 325, 100: 163} {
		p, err := d.Decode(data, h, long)
		if err != nil {
			t.Fatal(err)
		}
		if p.Width != want || corners(p) != "rgbw" {
			t.Errorf("%d pixels asked for: got %d and %s, want %d", long, p.Width, corners(p), want)
		}
	}
}

func TestMemoryOfAHugePictureIsGivenBack(t *testing.T) {
	var p Picture
	p.reset(5000, 5000)
	p.reset(640, 480)
	if cap(p.Pix) > spare {
		t.Errorf("got room for %d pixels kept, want at most %d", cap(p.Pix), spare)
	}
}

// Whoever sends too much reads how much is taken.
func TestTooManyBytesSaysHowMany(t *testing.T) {
	_, err := Inspect(make([]byte, 800<<10+1), Limits{MaxBytes: 800 << 10})
	if f := fault.Of(err); f == nil || f.Code != ErrTooManyBytes.Code || !strings.Contains(f.Hint, "800 KB") {
		t.Errorf("got %+v, want %s with the limit", f, ErrTooManyBytes.Code)
	}
}
