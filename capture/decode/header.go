package decode

import (
	"errors"
	"fmt"
)

// Limits of what is decoded. A picture may stand upright: the longer side
// counts, and the pixels.
const (
	MaxSide   = 1280
	MaxPixels = 1280 * 720
	MaxBytes  = 1 << 20 // of one frame; a key frame of 640x480 has some 40 kB
)

// The ways in which a frame gives no picture.
var (
	ErrDamaged  = errors.New("the frame is damaged")
	ErrTooLarge = errors.New("the frame is larger than is taken")
	ErrNoKey    = errors.New("a key frame is needed first")
	ErrHidden   = errors.New("the frame is not for showing") // it was decoded and others may refer to it
)

// Header is what the first bytes of a frame say, by RFC 6386, section 9.1.
type Header struct {
	Key           bool
	Shown         bool
	Width, Height int // of a key frame, else 0
}

// Inspect reads a frame's header, and nothing but it. Its errors are
// ErrDamaged and ErrTooLarge.
func Inspect(frame []byte) (Header, error) {
	const tag, keyTag = 3, 10
	if len(frame) <= tag {
		return Header{}, fmt.Errorf("%w: %d bytes", ErrDamaged, len(frame))
	}
	if len(frame) > MaxBytes {
		return Header{}, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(frame))
	}
	bits := uint(frame[0]) | uint(frame[1])<<8 | uint(frame[2])<<16
	h := Header{Key: bits&1 == 0, Shown: bits>>4&1 == 1}
	if version := bits >> 1 & 7; version > 3 {
		return Header{}, fmt.Errorf("%w: version %d", ErrDamaged, version)
	}
	begins := tag
	if h.Key {
		begins = keyTag
		if len(frame) <= keyTag || [3]byte(frame[3:6]) != [3]byte{0x9d, 0x01, 0x2a} {
			return Header{}, fmt.Errorf("%w: no start code", ErrDamaged)
		}
		// Fourteen bits of each are the length, the upper two ask the viewer to enlarge.
		h.Width = int(frame[6]) | int(frame[7]&0x3f)<<8
		h.Height = int(frame[8]) | int(frame[9]&0x3f)<<8
		if err := h.within(); err != nil {
			return Header{}, err
		}
	}
	if first := int(bits >> 5); first == 0 || first > len(frame)-begins {
		return Header{}, fmt.Errorf("%w: a first partition of %d bytes in a frame of %d", ErrDamaged, first, len(frame))
	}
	return h, nil
}

func (h Header) within() error {
	if h.Width == 0 || h.Height == 0 {
		return fmt.Errorf("%w: %d x %d pixels", ErrDamaged, h.Width, h.Height)
	}
	if max(h.Width, h.Height) > MaxSide || h.Width*h.Height > MaxPixels {
		return fmt.Errorf("%w: %d x %d pixels", ErrTooLarge, h.Width, h.Height)
	}
	return nil
}
