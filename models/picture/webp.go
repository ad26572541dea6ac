package picture

import (
	"bytes"
	"encoding/binary"
	"errors"

	"golang.org/x/image/webp"

	"github.com/rostod/rostod/internal/fault"
)

// readWebP walks the chunks of the RIFF container (RFC 9649): size from the
// frame itself, animation and orientation from the extended format. The size
// in VP8X is only believed when the frame agrees.
func readWebP(data []byte) (Header, error) {
	h := Header{Format: WebP, orientation: 1}
	end := uint64(binary.LittleEndian.Uint32(data[4:])) + 8
	if end > uint64(len(data)) {
		return Header{}, errCut
	}
	canvasW, canvasH := 0, 0
	for at := uint64(12); at+8 <= end; {
		kind, size := string(data[at:at+4]), uint64(binary.LittleEndian.Uint32(data[at+4:]))
		if size > end-at-8 {
			return Header{}, errCut
		}
		body := data[at+8 : at+8+size]
		switch kind {
		case "VP8X":
			if size < 10 {
				return Header{}, errSegment
			}
			const animation = 1 << 1
			if body[0]&animation != 0 {
				return Header{}, ErrAnimated
			}
			canvasW, canvasH = 1+uint24(body[4:]), 1+uint24(body[7:])
		case "ANIM", "ANMF":
			return Header{}, ErrAnimated
		case "VP8 ", "VP8L":
			if h.Width != 0 {
				return Header{}, fault.Because(ErrBroken, errors.New("a second frame"))
			}
			if err := h.webpFrame(kind, body); err != nil {
				return Header{}, err
			}
		case "EXIF":
			h.orientation = orientation(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
		}
		at += 8 + size + size&1
	}
	switch {
	case h.Width == 0:
		return Header{}, fault.Because(ErrBroken, errors.New("no frame"))
	case canvasW != 0 && (canvasW != h.Width || canvasH != h.Height):
		return Header{}, fault.Because(ErrBroken, errors.New("frame and canvas differ in size"))
	}
	if h.turned() {
		h.Width, h.Height = h.Height, h.Width
	}
	return h, nil
}

// webpFrame reads the size from a lossy (RFC 6386 section 9.1) or lossless
// (RFC 9649 section 3.4) frame.
func (h *Header) webpFrame(kind string, body []byte) error {
	switch {
	case kind == "VP8 " && len(body) >= 10 && body[0]&1 == 0 && string(body[3:6]) == "\x9d\x01\x2a":
		h.Width = int(binary.LittleEndian.Uint16(body[6:]) & 0x3FFF)
		h.Height = int(binary.LittleEndian.Uint16(body[8:]) & 0x3FFF)
	case kind == "VP8L" && len(body) >= 5 && body[0] == 0x2F:
		bits := binary.LittleEndian.Uint32(body[1:])
		h.Width, h.Height = 1+int(bits&0x3FFF), 1+int(bits>>14&0x3FFF)
	default:
		return fault.Because(ErrBroken, errors.New("a frame without a header"))
	}
	if h.Width == 0 || h.Height == 0 {
		return fault.Because(ErrBroken, errors.New("a side of no length"))
	}
	return nil
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func decodeWebP(dst *Picture, data []byte) error {
	m, err := webp.Decode(bytes.NewReader(data))
	if err != nil {
		return fault.Because(ErrBroken, err)
	}
	flatten(dst, m)
	return nil
}
