package picture

/*
#cgo LDFLAGS: -l:libturbojpeg.a -lm
#include <turbojpeg.h>
*/
import "C"

import (
	"errors"
	"runtime"
	"unsafe"

	"github.com/rostod/rostod/internal/fault"
)

// turbo is the C library's handle. It is used by one goroutine at a time.
type turbo struct{ handle C.tjhandle }

func openTurbo() (*turbo, error) {
	t := &turbo{handle: C.tjInitDecompress()}
	if t.handle == nil {
		return nil, errors.New("start libjpeg-turbo: out of memory")
	}
	return t, nil
}

func (t *turbo) close() {
	if t.handle != nil {
		C.tjDestroy(t.handle)
		t.handle = nil
	}
}

// eighths chooses how many eighths of the size to decode: the smallest of 8,
// 4, 2 and 1 that leaves the longer side at least long pixels. libjpeg-turbo
// has vector code for these four only; 7/8 takes longer than the whole.
func eighths(h Header, long int) int {
	n := 8
	for long > 0 && n > 1 && scaled(max(h.Width, h.Height), n/2) >= long {
		n /= 2
	}
	return n
}

// scaled is the length of a side decoded at n eighths, as libjpeg rounds it.
func scaled(side, n int) int { return (side*n + 7) / 8 }

// decode writes the picture as it lies in the file into dst. libjpeg only
// warns of damage and fills up with grey; here a warning refuses.
func (t *turbo) decode(dst *Picture, data []byte, h Header, long int) error {
	width, height := h.stored()
	n := eighths(h, long)
	dst.reset(scaled(width, n), scaled(height, n))
	var in = (*C.uchar)(unsafe.Pointer(unsafe.SliceData(data)))
	var w, ht, sub, space C.int
	if C.tjDecompressHeader3(t.handle, in, C.ulong(len(data)), &w, &ht, &sub, &space) != 0 {
		return t.broken()
	}
	// The size was bounded by our own reading of the header: libjpeg must
	// have read the same before it may write anything.
	if int(w) != width || int(ht) != height {
		return fault.Because(ErrBroken, errors.New("two readings of the header differ"))
	}
	out := (*C.uchar)(unsafe.Pointer(unsafe.SliceData(dst.Pix)))
	// Plain upsampling of colour saves a twentieth and changes no verdict on
	// the fixtures; the fast DCT saves as much and does.
	failed := C.tjDecompress2(t.handle, in, C.ulong(len(data)), out,
		C.int(dst.Width), 0, C.int(dst.Height), C.TJPF_RGBA, C.TJFLAG_STOPONWARNING|C.TJFLAG_FASTUPSAMPLE)
	runtime.KeepAlive(t)
	if failed != 0 {
		return t.broken()
	}
	return nil
}

// broken is what libjpeg said last: its own sentences, none of the picture.
func (t *turbo) broken() error {
	return fault.Because(ErrBroken, errors.New(C.GoString(C.tjGetErrorStr2(t.handle))))
}
