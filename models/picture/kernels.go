package picture

/*
#cgo CFLAGS: -O2
#include "kernels.h"
*/
import "C"

import "unsafe"

// The loops over all pixels are in C: vector instructions make them four to
// eight times as fast as the same loops in Go, and together they were longer
// than decoding the picture. Everything they may touch is checked here.

func first(p []Pixel) *C.uint32_t { return (*C.uint32_t)(unsafe.Pointer(unsafe.SliceData(p))) }

func floats(p []float32) *C.float { return (*C.float)(unsafe.Pointer(unsafe.SliceData(p))) }

// shrinkRows writes into dst the averages of boxes of k x k pixels; the first
// box begins pix, whose rows are stride pixels apart.
func shrinkRows(dst *Picture, pix []Pixel, stride, k int) {
	if dst.Width == 0 || dst.Height == 0 {
		return
	}
	last := (dst.Height*k-1)*stride + dst.Width*k
	pix, out := pix[:last], dst.Pix[:dst.Width*dst.Height]
	if k == 1 {
		for y := range dst.Height {
			copy(dst.row(y), pix[y*stride:])
		}
		return
	}
	var sums []float32
	if k != 2 {
		sums = make([]float32, 4*k*dst.Width)
	}
	C.rostod_shrink(first(pix), C.int64_t(stride), first(out), C.int64_t(dst.Width), C.int64_t(dst.Height), C.int64_t(k), floats(sums))
}

// planesOf writes pixels as three rows of floats, level*factor + plus.
func planesOf(pix []Pixel, a, b, c []float32, t *Planes) {
	n := len(pix)
	a, b, c = a[:n], b[:n], c[:n]
	C.rostod_planes(first(pix), C.int64_t(n), floats(a), floats(b), floats(c),
		floats(t.factor[:]), floats(t.plus[:]), C.int(t.shift[0]), C.int(t.shift[2]))
}

// span is which source pixels make a target pixel: count of them, from first
// on, with weights from at on.
type span struct{ first, count, at int32 }

// areaOf writes into dst, a square, what spans and weights make of a square of
// side pixels that begins pix, whose rows are stride pixels apart. sums has
// four floats per column of the source.
func areaOf(dst *Picture, pix []Pixel, stride, side int, spans []span, weights, sums []float32) {
	pix, spans = pix[:(side-1)*stride+side], spans[:dst.Width]
	for _, s := range spans {
		// A span that leaves the square is a mistake of ours: panic here, in Go.
		_, _ = weights[s.at:s.at+s.count], pix[s.first:s.first+s.count:side]
	}
	out, sums := dst.Pix[:dst.Width*dst.Width], sums[:4*side]
	C.rostod_area(first(pix), C.int64_t(stride), C.int64_t(side), first(out), C.int64_t(dst.Width),
		(*C.rostod_span)(unsafe.Pointer(unsafe.SliceData(spans))), floats(weights), floats(sums))
}

// enlargeOf fills dst, a square, from the square that begins pix with what e
// has prepared for it. A kernel reaches at most lobes pixels over an edge.
func enlargeOf(dst *Picture, pix []Pixel, stride int, e *enlarger) {
	pix = pix[:(e.side-1)*stride+e.side]
	for _, at := range e.first {
		// A kernel that reaches farther is a mistake of ours: panic here, in Go.
		_ = e.levels[4*(at+lobes) : 4*(at+3*lobes)]
	}
	C.rostod_enlarge(first(pix), C.int64_t(stride), C.int64_t(e.side), first(dst.Pix), C.int64_t(dst.Width),
		(*C.int32_t)(unsafe.Pointer(unsafe.SliceData(e.first))), floats(e.weights), floats(e.levels), floats(e.lines))
}

// Affine is where a picture is read: at pixel (u, v) of the target the place
// X + u*XU + v*XV, Y + u*YU + v*YV of the source, in 1/65536 pixels.
type Affine struct{ X, Y, XU, YU, XV, YV int64 }

// Warp fills dst with what a shows of p: bilinear, black outside.
func Warp(dst, p *Picture, a Affine) {
	if dst.Width == 0 || dst.Height == 0 {
		return
	}
	pix, out := p.Pix[:p.Width*p.Height], dst.Pix[:dst.Width*dst.Height]
	at := [6]C.int64_t{C.int64_t(a.X), C.int64_t(a.Y), C.int64_t(a.XU), C.int64_t(a.YU), C.int64_t(a.XV), C.int64_t(a.YV)}
	C.rostod_warp(first(pix), C.int64_t(p.Width), C.int64_t(p.Height), first(out), C.int64_t(dst.Width), C.int64_t(dst.Height), &at[0])
}

func bytesOf(p []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(p))) }

// quarterOf fills dst from planes that hold enough for it.
func quarterOf(dst *Picture, luma, cb, cr []byte, lumaStride, chromaStride int) {
	out := dst.Pix[:dst.Width*dst.Height]
	C.rostod_quarter(bytesOf(luma), C.int64_t(lumaStride), bytesOf(cb), bytesOf(cr), C.int64_t(chromaStride),
		first(out), C.int64_t(dst.Width), C.int64_t(dst.Height))
}
