package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/rostod/rostod/internal/fault"
)

// Format is a file format that is read.
type Format int

// The formats.
const (
	JPEG Format = iota + 1
	PNG
	WebP
)

// The limits that hold when the caller sets none. A phone's 50-megapixel
// camera fits; a header that promises 40,000 x 40,000 does not.
const (
	maxBytes  = 32 << 20
	maxPixels = 50_000_000
)

// Limits is what is taken. Zero means the package's own limit for MaxBytes
// and MaxPixels, and no limit for MinLong and MinShort.
type Limits struct {
	MaxBytes  int
	MinLong   int // pixels of the longer side
	MinShort  int // pixels of the shorter side
	MaxPixels int64
}

// Header is what a file says about its picture before any pixel is decoded.
type Header struct {
	Format        Format
	Width, Height int // upright, in pixels

	orientation int // EXIF, 1..8
}

// turned says whether width and height are swapped in the file.
func (h Header) turned() bool { return h.orientation >= 5 }

// stored is the size of the picture as it lies in the file.
func (h Header) stored() (width, height int) {
	if h.turned() {
		return h.Height, h.Width
	}
	return h.Width, h.Height
}

// Inspect reads the header and refuses what is over a limit, of a format that
// is not read, or cut off. It allocates nothing. Every error is a fault of
// this package.
func Inspect(data []byte, l Limits) (Header, error) {
	if len(data) == 0 {
		return Header{}, ErrEmpty
	}
	if l.MaxBytes <= 0 {
		l.MaxBytes = maxBytes
	}
	if len(data) > l.MaxBytes {
		return Header{}, fault.Because(tooManyBytes(l.MaxBytes), fmt.Errorf("%d bytes, %d are taken", len(data), l.MaxBytes))
	}
	h, err := read(data)
	if err != nil {
		return Header{}, err
	}
	return h, l.check(h)
}

func read(data []byte) (Header, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xFF\xD8\xFF")):
		return readJPEG(data)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return readPNG(data)
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return readWebP(data)
	}
	if name := foreign(data); name != "" {
		return Header{}, notRead(name)
	}
	// The first bytes of a format that is read, and no more of it.
	for _, start := range []string{"\xFF\xD8\xFF", "\x89PNG\r\n\x1a\n", "RIFF"} {
		if len(data) < 12 && (bytes.HasPrefix([]byte(start), data) || bytes.HasPrefix(data, []byte(start))) {
			return Header{}, ErrBroken
		}
	}
	return Header{}, ErrUnknown
}

// check compares the header with the limits.
func (l Limits) check(h Header) error {
	if l.MaxPixels <= 0 {
		l.MaxPixels = maxPixels
	}
	if n := int64(h.Width) * int64(h.Height); n > l.MaxPixels {
		return fault.Because(ErrTooManyPixels, fmt.Errorf("%d x %d, %d are taken", h.Width, h.Height, l.MaxPixels))
	}
	long, short := max(h.Width, h.Height), min(h.Width, h.Height)
	if long < l.MinLong || short < l.MinShort {
		f := *ErrTooSmall
		f.Hint = fmt.Sprintf("Send at least %d x %d, in either orientation.", l.MinLong, l.MinShort)
		return fault.Because(&f, fmt.Errorf("%d x %d", h.Width, h.Height))
	}
	return nil
}

// foreign names a format that people send and that is not read.
func foreign(data []byte) string {
	for _, f := range [...]struct{ magic, name string }{
		{"GIF87a", "GIF"}, {"GIF89a", "GIF"}, {"BM", "BMP"}, {"%PDF-", "PDF"},
		{"II*\x00", "TIFF"}, {"MM\x00*", "TIFF"}, {"II+\x00", "TIFF"}, {"MM\x00+", "TIFF"},
		{"\x00\x00\x01\x00", "ICO"}, {"8BPS", "Photoshop"},
		{"\xFF\x0A", "JPEG XL"}, {"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"},
		{"\xFF\x4F\xFF\x51", "JPEG 2000"}, {"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"},
		{"<svg", "SVG"}, {"<?xml", "SVG"},
	} {
		if len(data) >= len(f.magic) && string(data[:len(f.magic)]) == f.magic {
			return f.name
		}
	}
	return boxed(data)
}

// boxed names a format by the brands of an ISO base media file (ISO/IEC
// 14496-12: size, "ftyp", major brand, version, compatible brands).
func boxed(data []byte) string {
	if len(data) < 16 || string(data[4:8]) != "ftyp" {
		return ""
	}
	size := min(uint64(binary.BigEndian.Uint32(data)), uint64(len(data)))
	heif := false
	for i := uint64(8); i+4 <= size; i += 4 {
		switch string(data[i : i+4]) {
		case "avif", "avis":
			return "AVIF"
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
			heif = true
		}
	}
	if heif {
		return "HEIC"
	}
	return "Video"
}
