package decode

/*
#cgo LDFLAGS: -l:libvpx.a -lm -lpthread
#cgo noescape vp8_decode
#cgo nocallback vp8_decode
#include <stdint.h>
#include <stdlib.h>
#include <vpx/vp8dx.h>
#include <vpx/vpx_decoder.h>

typedef struct {
	vpx_codec_ctx_t codec;
	const uint8_t *plane[3];
	int stride[3];
	unsigned width, height;
} vp8_decoder;

static vp8_decoder *vp8_open_decoder(void) {
	vp8_decoder *d = calloc(1, sizeof *d);
	vpx_codec_dec_cfg_t one_thread = {.threads = 1};
	if (d && vpx_codec_dec_init(&d->codec, vpx_codec_vp8_dx(), &one_thread, 0)) {
		free(d);
		return NULL;
	}
	return d;
}

static void vp8_close_decoder(vp8_decoder *d) {
	vpx_codec_destroy(&d->codec);
	free(d);
}

enum { SHOWN, HIDDEN, REFUSED, CORRUPT };

// One call from Go for each frame. The planes are libvpx's own memory.
static int vp8_decode(vp8_decoder *d, const uint8_t *data, unsigned size) {
	vpx_codec_iter_t at = NULL;
	const vpx_image_t *picture;
	int corrupt = 0;
	if (vpx_codec_decode(&d->codec, data, size, NULL, 0)) return REFUSED;
	picture = vpx_codec_get_frame(&d->codec, &at);
	if (vpx_codec_control(&d->codec, VP8D_GET_FRAME_CORRUPTED, &corrupt) || corrupt) return CORRUPT;
	if (!picture) return HIDDEN;
	if (picture->fmt != VPX_IMG_FMT_I420) return CORRUPT;
	for (int i = 0; i < 3; i++) {
		d->plane[i] = picture->planes[i];
		d->stride[i] = picture->stride[i];
	}
	d->width = picture->d_w;
	d->height = picture->d_h;
	return SHOWN;
}
*/
import "C"

import (
	"errors"
	"fmt"
	"image"
	"unsafe"
)

// Decoder decodes the frames of one stream, one after another. It is used by
// one goroutine at a time and must be closed.
type Decoder struct {
	vpx           *C.vp8_decoder
	begun         bool // a key frame came, and no damage since
	width, height int
	picture       image.YCbCr
}

// NewDecoder makes a Decoder. It holds about 2.5 MB for 640 x 480.
func NewDecoder() (*Decoder, error) {
	d := &Decoder{vpx: C.vp8_open_decoder()}
	if d.vpx == nil {
		return nil, errors.New("start libvpx: out of memory")
	}
	return d, nil
}

// Close frees what the C library holds, the last picture with it.
func (d *Decoder) Close() {
	if d.vpx != nil {
		C.vp8_close_decoder(d.vpx)
		d.vpx = nil
	}
}

// Decode decodes the next frame. The picture lies in the C library's memory:
// it may be read until the next Decode or Close and never written. A key frame
// of another size gives a picture of that size.
//
// Its errors are ErrDamaged, ErrTooLarge, ErrNoKey and ErrHidden. After the
// first two only a key frame is decoded.
func (d *Decoder) Decode(frame []byte) (*image.YCbCr, error) {
	if d.vpx == nil {
		return nil, errors.New("decode with a closed decoder")
	}
	h, err := Inspect(frame)
	if err != nil {
		d.begun = false
		return nil, err
	}
	if !h.Key && !d.begun {
		return nil, ErrNoKey
	}
	if h.Key {
		d.width, d.height = h.Width, h.Height
	}
	switch C.vp8_decode(d.vpx, (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(frame))), C.uint(len(frame))) {
	case C.SHOWN:
		return d.shown()
	case C.HIDDEN:
		d.begun = true
		return nil, ErrHidden
	case C.CORRUPT:
		d.begun = false
		return nil, fmt.Errorf("%w: its data end too early", ErrDamaged)
	default:
		d.begun = false
		return nil, fmt.Errorf("%w: %s", ErrDamaged, C.GoString(C.vpx_codec_error(&d.vpx.codec)))
	}
}

// shown looks at libvpx's planes as a picture. Our own reading of the header
// and libvpx's must agree on the size.
func (d *Decoder) shown() (*image.YCbCr, error) {
	w, h := int(d.vpx.width), int(d.vpx.height)
	if w != d.width || h != d.height {
		d.begun = false
		return nil, fmt.Errorf("%w: two readings of its size differ", ErrDamaged)
	}
	d.begun = true
	if d.vpx.stride[1] != d.vpx.stride[2] {
		return nil, errors.New("libvpx gives the colour planes two strides")
	}
	ys, cs := int(d.vpx.stride[0]), int(d.vpx.stride[1])
	d.picture = image.YCbCr{
		Y:              plane(d.vpx.plane[0], ys, w, h),
		Cb:             plane(d.vpx.plane[1], cs, (w+1)/2, (h+1)/2),
		Cr:             plane(d.vpx.plane[2], cs, (w+1)/2, (h+1)/2),
		YStride:        ys,
		CStride:        cs,
		SubsampleRatio: image.YCbCrSubsampleRatio420,
		Rect:           image.Rect(0, 0, w, h),
	}
	return &d.picture, nil
}

// plane is C memory from the first pixel to the last; the end of the last
// line's stride is not ours.
func plane(at *C.uint8_t, stride, w, h int) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(at)), stride*(h-1)+w)
}
