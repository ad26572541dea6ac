package decode

/*
#cgo noescape vp8_encode
#cgo nocallback vp8_encode
#include <stdint.h>
#include <stdlib.h>
#include <vpx/vp8.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

typedef struct {
	vpx_codec_ctx_t codec;
	vpx_image_t picture;
	const void *data;
	size_t size;
	vpx_codec_pts_t at;
	unsigned long ticks; // of a frame
} vp8_encoder;

static int vp8_control(vpx_codec_ctx_t *c, unsigned fps, int noise) {
	// A key frame may take half of the rate buffer's 600 ms, in per cent of a
	// frame's share.
	unsigned intra = 600 / 2 * fps / 10;
	// A negative speed is fixed. A positive one adapts to how fast the machine
	// is, and the same pictures would give other bytes each time.
	return vpx_codec_control(c, VP8E_SET_CPUUSED, -6) ||
		vpx_codec_control(c, VP8E_SET_STATIC_THRESHOLD, 1u) ||
		vpx_codec_control(c, VP8E_SET_MAX_INTRA_BITRATE_PCT, intra < 300 ? 300 : intra) ||
		vpx_codec_control(c, VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION) ||
		vpx_codec_control(c, VP8E_SET_NOISE_SENSITIVITY, (unsigned)noise);
}

static vp8_encoder *vp8_open_encoder(unsigned width, unsigned height, unsigned kbps, unsigned fps, int noise, unsigned drop) {
	vpx_codec_enc_cfg_t c;
	vp8_encoder *e;
	if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &c, 0)) return NULL;
	c.g_w = width;
	c.g_h = height;
	c.g_timebase.num = 1;
	c.g_timebase.den = 90000;
	c.g_threads = 1;
	c.g_lag_in_frames = 0;
	c.g_pass = VPX_RC_ONE_PASS;
	c.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
	c.rc_end_usage = VPX_CBR;
	c.rc_target_bitrate = kbps;
	c.rc_dropframe_thresh = drop;
	c.rc_resize_allowed = 0;
	c.rc_min_quantizer = 2;
	c.rc_max_quantizer = 56;
	c.rc_undershoot_pct = 100;
	c.rc_overshoot_pct = 15;
	c.rc_buf_initial_sz = 500;
	c.rc_buf_optimal_sz = 600;
	c.rc_buf_sz = 1000;
	c.kf_mode = VPX_KF_DISABLED;
	e = calloc(1, sizeof *e);
	if (!e) return NULL;
	e->ticks = 90000 / fps;
	if (vpx_codec_enc_init(&e->codec, vpx_codec_vp8_cx(), &c, 0)) {
		free(e);
		return NULL;
	}
	if (vp8_control(&e->codec, fps, noise)) {
		vpx_codec_destroy(&e->codec);
		free(e);
		return NULL;
	}
	vpx_img_wrap(&e->picture, VPX_IMG_FMT_I420, width, height, 1, (unsigned char *)e);
	return e;
}

static void vp8_close_encoder(vp8_encoder *e) {
	vpx_codec_destroy(&e->codec);
	free(e);
}

// libvpx copies the planes; it keeps no pointer to them.
static int vp8_encode(vp8_encoder *e, uint8_t *y, int ys, uint8_t *u, uint8_t *v, int cs, int key) {
	const vpx_codec_cx_pkt_t *p;
	vpx_codec_iter_t at = NULL;
	int failed;
	e->picture.planes[VPX_PLANE_Y] = y;
	e->picture.planes[VPX_PLANE_U] = u;
	e->picture.planes[VPX_PLANE_V] = v;
	e->picture.stride[VPX_PLANE_Y] = ys;
	e->picture.stride[VPX_PLANE_U] = e->picture.stride[VPX_PLANE_V] = cs;
	e->data = NULL;
	e->size = 0;
	failed = vpx_codec_encode(&e->codec, &e->picture, e->at, e->ticks, key ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME);
	e->picture.planes[VPX_PLANE_Y] = e->picture.planes[VPX_PLANE_U] = e->picture.planes[VPX_PLANE_V] = NULL;
	if (failed) return 1;
	e->at += e->ticks;
	while ((p = vpx_codec_get_cx_data(&e->codec, &at))) {
		if (p->kind == VPX_CODEC_CX_FRAME_PKT) {
			e->data = p->data.frame.buf;
			e->size = p->data.frame.sz;
		}
	}
	return 0;
}

// libvpx copies its last frame into the planes, which lie one after another.
static int vp8_last(vp8_encoder *e, uint8_t *y, unsigned width, unsigned height) {
	vpx_ref_frame_t last = {.frame_type = VP8_LAST_FRAME};
	vpx_img_wrap(&last.img, VPX_IMG_FMT_I420, width, height, 1, y);
	return vpx_codec_control(&e->codec, VP8_COPY_REFERENCE, &last);
}
*/
import "C"

import (
	"errors"
	"fmt"
	"image"
	"unsafe"
)

// EncoderConfig is how an Encoder encodes. What is not named here is set as
// browsers set it for a camera: one pass, no look-ahead, constant bit rate,
// quantizers 2 to 56, speed 6, key frames only when asked for (libwebrtc's
// LibvpxVp8Encoder). The same pictures give the same bytes on every run.
type EncoderConfig struct {
	Width, Height int
	BitsPerSecond int
	FPS           int  // frames a second that the bit rate is shared among
	Denoise       bool // libvpx's adaptive noise filter, which browsers have on for cameras
	Drop          bool // let the rate control leave frames out
}

// adaptive is kDenoiserOnAdaptive of libwebrtc; dropBelow its fill of the rate
// buffer, in per cent, below which frames are left out.
const (
	adaptive  = 4
	dropBelow = 30
)

// Encoder encodes the pictures of one stream, one after another. It is used by
// one goroutine at a time and must be closed.
type Encoder struct {
	vpx           *C.vp8_encoder
	width, height int
	out           []byte
	all           []byte // the planes of last, one after another
	last          image.YCbCr
}

// NewEncoder makes an Encoder.
func NewEncoder(c EncoderConfig) (*Encoder, error) {
	if err := (Header{Width: c.Width, Height: c.Height}).within(); err != nil {
		return nil, fmt.Errorf("start an encoder: %w", err)
	}
	if c.BitsPerSecond < 1000 || c.FPS < 1 || c.FPS > 240 {
		return nil, fmt.Errorf("start an encoder: %d bits a second at %d frames a second", c.BitsPerSecond, c.FPS)
	}
	var noise C.int
	var drop C.uint
	if c.Denoise {
		noise = adaptive
	}
	if c.Drop {
		drop = dropBelow
	}
	e := &Encoder{width: c.Width, height: c.Height}
	e.vpx = C.vp8_open_encoder(C.uint(c.Width), C.uint(c.Height), C.uint(c.BitsPerSecond/1000), C.uint(c.FPS), noise, drop)
	if e.vpx == nil {
		return nil, errors.New("start an encoder: libvpx refuses the settings")
	}
	return e, nil
}

// Close frees what the C library holds.
func (e *Encoder) Close() {
	if e.vpx != nil {
		C.vp8_close_encoder(e.vpx)
		e.vpx = nil
	}
}

// Encode encodes the next picture, as a key frame when key. The picture has
// the encoder's size and is 4:2:0. The bytes are the encoder's until the next
// Encode. With EncoderConfig.Drop they may be none, and that is no error.
func (e *Encoder) Encode(p *image.YCbCr, key bool) ([]byte, error) {
	if e.vpx == nil {
		return nil, errors.New("encode with a closed encoder")
	}
	if p.Rect.Dx() != e.width || p.Rect.Dy() != e.height || p.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		return nil, fmt.Errorf("encode a picture of %d x %d pixels, %v, as %d x %d, 4:2:0", p.Rect.Dx(), p.Rect.Dy(), p.SubsampleRatio, e.width, e.height)
	}
	y := p.Y[p.YOffset(p.Rect.Min.X, p.Rect.Min.Y):]
	at := p.COffset(p.Rect.Min.X, p.Rect.Min.Y)
	u, v := p.Cb[at:], p.Cr[at:]
	cw, ch := (e.width+1)/2, (e.height+1)/2
	if need := p.CStride*(ch-1) + cw; len(y) < p.YStride*(e.height-1)+e.width || len(u) < need || len(v) < need || p.YStride < e.width || p.CStride < cw {
		return nil, errors.New("encode a picture whose planes are too short")
	}
	var force C.int
	if key {
		force = 1
	}
	if C.vp8_encode(e.vpx, first(y), C.int(p.YStride), first(u), first(v), C.int(p.CStride), force) != 0 {
		return nil, fmt.Errorf("encode: %s", C.GoString(C.vpx_codec_error(&e.vpx.codec)))
	}
	if e.vpx.data == nil {
		return nil, nil
	}
	e.out = append(e.out[:0], unsafe.Slice((*byte)(e.vpx.data), int(e.vpx.size))...)
	return e.out, nil
}

// Last is the last picture that was encoded, as a decoder shows it: an encoder
// decodes what it has sent, for the next picture is told by its difference. It
// costs a copy, where a Decoder costs a quarter of an Encoder. The picture is the
// encoder's until the next Last. Its sides are multiples of 16.
func (e *Encoder) Last() (*image.YCbCr, error) {
	switch {
	case e.vpx == nil:
		return nil, errors.New("look into a closed encoder")
	case e.width%16 != 0 || e.height%16 != 0:
		return nil, fmt.Errorf("look into an encoder of %d x %d pixels: they are no multiples of 16", e.width, e.height)
	}
	if n := e.width * e.height; e.all == nil {
		e.all = make([]byte, n+n/2)
		e.last = image.YCbCr{
			Y: e.all[:n], Cb: e.all[n : n+n/4], Cr: e.all[n+n/4:], YStride: e.width, CStride: e.width / 2,
			SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, e.width, e.height),
		}
	}
	if C.vp8_last(e.vpx, first(e.all), C.uint(e.width), C.uint(e.height)) != 0 {
		return nil, fmt.Errorf("look into an encoder: %s", C.GoString(C.vpx_codec_error(&e.vpx.codec)))
	}
	return &e.last, nil
}

func first(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }
