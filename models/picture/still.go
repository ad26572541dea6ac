package picture

/*
#cgo noescape rostod_jpeg
#cgo nocallback rostod_jpeg
#include <stdint.h>
#include <turbojpeg.h>

// The planes' pointers are put together here: cgo would have to look through
// what they point at.
static int rostod_jpeg(tjhandle h, const uint8_t *y, const uint8_t *cb, const uint8_t *cr, int ys, int cs, int width, int height, int quality,
		unsigned char **out, unsigned long *size) {
	const unsigned char *planes[3] = {y, cb, cr};
	const int strides[3] = {ys, cs, cs};
	return tjCompressFromYUVPlanes(h, planes, width, strides, height, TJSAMP_420, out, size, quality, TJFLAG_ACCURATEDCT);
}

typedef struct {
	unsigned char *data;
	unsigned long size;
} rostod_file;
*/
import "C"

import (
	"errors"
	"fmt"
	"image"
	"unsafe"
)

// stillQuality is the JPEG quality of a still: above it the matcher's templates
// do not change any more.
const stillQuality = 92

// Still writes a video frame, 4:2:0 in limited range, as a JPEG. A camera's
// levels go from 16 to 235, a JPEG's from 0 to 255: the frame's planes are
// stretched where they lie. A last odd row or column is left out.
func Still(frame *image.YCbCr) ([]byte, error) {
	w, h := frame.Rect.Dx()&^1, frame.Rect.Dy()&^1
	if w < 2 || h < 2 || frame.Rect.Min != (image.Point{}) || frame.SubsampleRatio != image.YCbCrSubsampleRatio420 ||
		frame.YStride < w || frame.CStride < w/2 ||
		len(frame.Y) < (h-1)*frame.YStride+w || min(len(frame.Cb), len(frame.Cr)) < (h/2-1)*frame.CStride+w/2 {
		return nil, ErrPlanes
	}
	stretch(frame.Y, 16, 255.0/219, 0)
	stretch(frame.Cb, 128, 255.0/224, 128)
	stretch(frame.Cr, 128, 255.0/224, 128)
	handle := C.tjInitCompress()
	if handle == nil {
		return nil, errors.New("write a still: out of memory")
	}
	defer C.tjDestroy(handle)
	var out C.rostod_file
	defer func() { C.tjFree(out.data) }()
	if C.rostod_jpeg(handle, bytesOf(frame.Y), bytesOf(frame.Cb), bytesOf(frame.Cr), C.int(frame.YStride), C.int(frame.CStride),
		C.int(w), C.int(h), stillQuality, &out.data, &out.size) != 0 {
		return nil, fmt.Errorf("write a still: %s", C.GoString(C.tjGetErrorStr2(handle)))
	}
	return C.GoBytes(unsafe.Pointer(out.data), C.int(out.size)), nil
}

func stretch(plane []byte, from, by, to float64) {
	var table [256]byte
	for i := range table {
		table[i] = byte(min(max((float64(i)-from)*by+to+0.5, 0), 255))
	}
	for i, v := range plane {
		plane[i] = table[v]
	}
}
