package sim

/*
#cgo CFLAGS: -O2
#cgo LDFLAGS: -lm
#include "kernels.h"
*/
import "C"

import "unsafe"

// The loops over places and pixels are in C: vector instructions make them four
// to eight times as fast as the same loops in Go, and a measurement is worth as
// much as the sessions it has seen. Everything they may touch is checked here.

// lamp is a point of light: where it is, or for light from far away the
// direction it comes from, and how strong it is.
type lamp struct{ x, y, z, weight float32 }

// places are corners as the kernels want them: all x, all y, all z, then the
// normals in the same way.
type places struct {
	n    int
	list []float32
}

func floats(p []float32) *C.float { return (*C.float)(unsafe.Pointer(unsafe.SliceData(p))) }

func lampsOf(p []lamp) *C.rostod_lamp { return (*C.rostod_lamp)(unsafe.Pointer(unsafe.SliceData(p))) }

// near is what lamps of a screen that faces this way give each place: all red,
// all green, all blue.
func (p places) near(lamps []lamp, facing vec, fall float32, wrap [3]float32) []float32 {
	out := make([]float32, 3*p.n)
	if p.n == 0 {
		return out
	}
	screen := [3]float32{float32(facing.x), float32(facing.y), float32(facing.z)}
	C.rostod_light(C.int64_t(p.n), floats(p.list[:6*p.n]), lampsOf(lamps), C.int64_t(len(lamps)), floats(screen[:]), C.float(fall), floats(wrap[:]), floats(out))
	return out
}

// far is what light from far away gives each place, in the same order.
func (p places) far(lamps []lamp, wrap [3]float32) []float32 {
	out := make([]float32, 3*p.n)
	if p.n == 0 {
		return out
	}
	C.rostod_sky(C.int64_t(p.n), floats(p.list[:6*p.n]), lampsOf(lamps), C.int64_t(len(lamps)), floats(wrap[:]), floats(out))
	return out
}

// seen is the share of the lamps' light that reaches each place past the relief.
func (p places) seen(lamps []lamp, far bool, r *relief) []float32 {
	out := make([]float32, p.n)
	if p.n == 0 {
		return out
	}
	c := C.rostod_relief{left: C.float(r.left), low: C.float(r.low), cell: C.float(r.cell), columns: C.int32_t(r.columns), rows: C.int32_t(r.rows)}
	var away C.int32_t
	if far {
		away = 1
	}
	C.rostod_shadow(C.int64_t(p.n), floats(p.list[:6*p.n]), lampsOf(lamps), C.int64_t(len(lamps)), away, &c, floats(r.heights[:r.columns*r.rows]), floats(out))
	return out
}

// sense turns light into the fresh planes. The front layer has margins, what is
// behind has none; both have red, green and blue one after another.
func (s *sensor) sense(front, cover, back []float32, dx, dy float64) {
	n, with := s.width*s.height, (s.width+2*margin)*(s.height+2*margin)
	most := float64(margin - 2)
	dx, dy = min(max(dx, -most), most), min(max(dy, -most), most)
	c := C.rostod_sensor{
		electrons: C.float(s.Electrons * s.Exposure * 30 / 1000), read: C.float(s.Read),
		dx: C.float(dx), dy: C.float(dy), levels: toneLevels, grains: grains,
	}
	if s.Noisy {
		c.noisy = 1
	}
	for i, v := range s.Cross {
		c.cross[i] = C.float(v)
	}
	for i, v := range s.balance {
		c.gain[i] = C.float(v * s.gain)
	}
	C.rostod_sense(&c, C.int64_t(s.width), C.int64_t(s.height), margin, floats(front[:3*with]), floats(cover[:with]), floats(back[:3*n]),
		floats(s.curve[:toneLevels]), floats(s.grain[:grains+s.width]), (*C.uint32_t)(unsafe.Pointer(unsafe.SliceData(s.starts[:3*s.height]))),
		floats(s.row[:9*s.width]), floats(s.fresh.luma[:n]), floats(s.fresh.cb[:n/4]), floats(s.fresh.cr[:n/4]),
		(*C.double)(unsafe.Pointer(&s.sums)))
}

// settle lets the kept planes follow the fresh ones and rounds them into the
// picture.
func (s *sensor) settle() {
	for _, p := range [][2][]float32{{s.kept.luma, s.fresh.luma}, {s.kept.cb, s.fresh.cb}, {s.kept.cr, s.fresh.cr}} {
		C.rostod_settle(C.int64_t(len(p[0])), floats(p[0]), floats(p[1][:len(p[0])]), C.float(s.Keep))
	}
	n := s.width * s.height
	C.rostod_sharpen(C.int64_t(s.width), C.int64_t(s.height), floats(s.kept.luma[:n]), C.float(s.Sharpen), bytesOf(s.picture.Y[:n]))
	C.rostod_round(C.int64_t(n/4), floats(s.kept.cb[:n/4]), bytesOf(s.picture.Cb[:n/4]))
	C.rostod_round(C.int64_t(n/4), floats(s.kept.cr[:n/4]), bytesOf(s.picture.Cr[:n/4]))
}

func bytesOf(p []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(p))) }

// mix is a layer as light when its sources burn: drive has for each row and
// source red, green and blue. There are five sources or more. What lies outside
// the layer's spans is left as it is.
func (l *layer) mix(drive, out []float32) {
	n := l.width * l.height
	if l.sources < usualSources {
		return
	}
	C.rostod_mix(floats(l.planes[:3*l.sources*n]), C.int64_t(l.sources), C.int64_t(l.width), C.int64_t(l.height),
		floats(drive[:3*l.sources*l.height]), (*C.int32_t)(unsafe.Pointer(unsafe.SliceData(l.spans[:4*l.height]))), floats(out[:3*n]))
}
