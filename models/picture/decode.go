package picture

import (
	"errors"
	"fmt"

	"github.com/rostod/rostod/internal/fault"
)

// Decoder decodes pictures one after another into memory that it keeps. It is
// used by one goroutine at a time and must be closed.
type Decoder struct {
	turbo  *turbo
	stored Picture
	turned Picture
}

// NewDecoder makes a Decoder.
func NewDecoder() (*Decoder, error) {
	t, err := openTurbo()
	if err != nil {
		return nil, err
	}
	return &Decoder{turbo: t}, nil
}

// Close frees what the C library holds.
func (d *Decoder) Close() { d.turbo.close() }

// Decode decodes what Inspect has let through. long, when not zero, is how
// many pixels of the longer side suffice: a JPEG is then decoded at a fraction
// of its size that still has as many. The Picture is the Decoder's and is
// overwritten by the next Decode. Every error is ErrBroken.
func (d *Decoder) Decode(data []byte, h Header, long int) (*Picture, error) {
	var err error
	switch h.Format {
	case JPEG:
		err = d.turbo.decode(&d.stored, data, h, long)
	case PNG:
		err = decodePNG(&d.stored, data)
	case WebP:
		err = decodeWebP(&d.stored, data)
	default:
		return nil, errors.New("decode a picture that was not inspected")
	}
	if err != nil {
		return nil, err
	}
	if w, ht := h.stored(); h.Format != JPEG && (d.stored.Width != w || d.stored.Height != ht) {
		return nil, fault.Because(ErrBroken, fmt.Errorf("%d x %d pixels where the header says %d x %d", d.stored.Width, d.stored.Height, w, ht))
	}
	if h.orientation == 1 {
		return &d.stored, nil
	}
	orient(&d.turned, &d.stored, h.orientation)
	return &d.turned, nil
}
