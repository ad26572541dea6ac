package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image/png"

	"github.com/rostod/rostod/internal/fault"
)

// readPNG walks the chunks (PNG third edition, section 5.3) up to the end:
// size from IHDR, animation from acTL, orientation from eXIf.
func readPNG(data []byte) (Header, error) {
	h := Header{Format: PNG, orientation: 1}
	for at := 8; ; {
		if at+12 > len(data) {
			return Header{}, errCut
		}
		size, kind := uint64(binary.BigEndian.Uint32(data[at:])), string(data[at+4:at+8])
		if size > uint64(len(data)-at-12) {
			return Header{}, errCut
		}
		body := data[at+8 : at+8+int(size)]
		if first := at == 8; first != (kind == "IHDR") {
			return Header{}, fault.Because(ErrBroken, errors.New("the header is not the first part"))
		}
		switch kind {
		case "IHDR":
			if size != 13 {
				return Header{}, errSegment
			}
			w, ht := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])
			if w == 0 || ht == 0 || w > 1<<31-1 || ht > 1<<31-1 {
				return Header{}, fault.Because(ErrBroken, errors.New("a side of impossible length"))
			}
			h.Width, h.Height = int(w), int(ht)
		case "acTL":
			return Header{}, ErrAnimated
		case "eXIf":
			h.orientation = orientation(body)
		case "IEND":
			if h.turned() {
				h.Width, h.Height = h.Height, h.Width
			}
			return h, nil
		}
		at += 12 + int(size)
	}
}

func decodePNG(dst *Picture, data []byte) error {
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return fault.Because(ErrBroken, err)
	}
	flatten(dst, m)
	return nil
}
