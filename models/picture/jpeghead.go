package picture

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/rostod/rostod/internal/fault"
)

// The markers of ITU-T T.81, table B.1, that matter here.
const (
	markSOF0  = 0xC0 // baseline
	markSOF1  = 0xC1 // extended sequential
	markSOF2  = 0xC2 // progressive
	markDHT   = 0xC4
	markJPG   = 0xC8
	markDAC   = 0xCC
	markSOF15 = 0xCF
	markRST0  = 0xD0
	markRST7  = 0xD7
	markSOI   = 0xD8
	markEOI   = 0xD9
	markSOS   = 0xDA
	markAPP1  = 0xE1
	markTEM   = 0x01
)

// maxScans bounds the work of a progressive file: every scan goes over the
// whole picture, and a scan costs the sender a few bytes. Encoders write
// about ten.
const maxScans = 64

var (
	errCut     = fault.Because(ErrBroken, errors.New("the file ends too early"))
	errSegment = fault.Because(ErrBroken, errors.New("a part of the file has an impossible length"))
)

// readJPEG walks all markers to the end of the image: besides the size and
// the orientation it learns that the file is whole, and how many scans it has.
func readJPEG(data []byte) (Header, error) {
	h := Header{Format: JPEG, orientation: 1}
	frame, scans := false, 0
	for at := 2; ; {
		kind, body, next, err := segment(data, at)
		if err != nil {
			return Header{}, err
		}
		at = next
		switch {
		case kind == markEOI:
			if !frame || scans == 0 {
				return Header{}, fault.Because(ErrBroken, errors.New("no picture between start and end"))
			}
			if h.turned() {
				h.Width, h.Height = h.Height, h.Width
			}
			return h, nil
		case kind == markSOI:
			return Header{}, fault.Because(ErrBroken, errors.New("a second start"))
		case kind == markAPP1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			h.orientation = orientation(body[6:])
		case kind == markSOS:
			if scans++; scans > maxScans {
				return Header{}, fault.Because(ErrJPEG, errors.New("too many scans"))
			}
			if at, err = afterScan(data, at); err != nil {
				return Header{}, err
			}
		case kind >= markSOF0 && kind <= markSOF15 && kind != markDHT && kind != markDAC && kind != markJPG:
			if frame {
				return Header{}, fault.Because(ErrBroken, errors.New("a second frame"))
			}
			frame = true
			if err := h.frame(kind, body); err != nil {
				return Header{}, err
			}
		}
	}
}

// segment reads the marker at data[at]: its kind, its body, and where the next
// one begins.
func segment(data []byte, at int) (kind byte, body []byte, next int, err error) {
	if at >= len(data) {
		return 0, nil, 0, errCut
	}
	if data[at] != 0xFF {
		return 0, nil, 0, fault.Because(ErrBroken, errors.New("no marker where one must be"))
	}
	for at < len(data) && data[at] == 0xFF {
		at++
	}
	if at >= len(data) {
		return 0, nil, 0, errCut
	}
	kind = data[at]
	at++
	if kind == markEOI || kind == markSOI || kind == markTEM || kind >= markRST0 && kind <= markRST7 {
		return kind, nil, at, nil
	}
	if at+2 > len(data) {
		return 0, nil, 0, errCut
	}
	size := int(binary.BigEndian.Uint16(data[at:]))
	if size < 2 {
		return 0, nil, 0, errSegment
	}
	if at+size > len(data) {
		return 0, nil, 0, errCut
	}
	return kind, data[at+2 : at+size], at + size, nil
}

// frame takes a start-of-frame segment's word for size and kind.
func (h *Header) frame(kind byte, body []byte) error {
	if len(body) < 6 {
		return errSegment
	}
	if kind > markSOF2 || body[0] != 8 {
		return ErrJPEG
	}
	h.Height, h.Width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	if h.Width == 0 || h.Height == 0 {
		return fault.Because(ErrBroken, errors.New("a side of no length"))
	}
	switch body[5] {
	case 1, 3:
		return nil
	case 4:
		return ErrColours
	default:
		return fault.Because(ErrJPEG, errors.New("neither one nor three colour channels"))
	}
}

// afterScan skips a scan's entropy-coded bytes: the next marker is the first
// 0xFF that is neither stuffed (0xFF00) nor a restart.
func afterScan(data []byte, at int) (int, error) {
	for {
		i := bytes.IndexByte(data[at:], 0xFF)
		if i < 0 || at+i+1 >= len(data) {
			return 0, errCut
		}
		at += i
		if next := data[at+1]; next != 0 && (next < markRST0 || next > markRST7) {
			return at, nil
		}
		at += 2
	}
}
