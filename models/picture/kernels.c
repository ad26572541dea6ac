#include "kernels.h"
#include <string.h>

// Compiled twice, for any x86-64 and for those with AVX2; the loader chooses. By
// the name of the instructions and not of a processor: "arch=haswell" is chosen
// on that one generation alone. Without FMA the results are equal everywhere.
#if defined(__x86_64__) && defined(__linux__) && !defined(__clang__)
#define FAST __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define FAST
#endif

static const uint32_t even = 0x00FF00FF;

FAST static void halve(const uint32_t *restrict a, const uint32_t *restrict b, uint32_t *restrict out, int64_t n) {
	for (int64_t x = 0; x < n; x++) {
		uint32_t a0 = a[2 * x], a1 = a[2 * x + 1], b0 = b[2 * x], b1 = b[2 * x + 1];
		uint32_t e = (a0 & even) + (a1 & even) + (b0 & even) + (b1 & even) + 0x00020002;
		uint32_t o = (a0 >> 8 & even) + (a1 >> 8 & even) + (b0 >> 8 & even) + (b1 >> 8 & even) + 0x00020002;
		out[x] = (e >> 2 & even) | (o >> 2 & even) << 8;
	}
}

// Sums are kept as the pixels are, channel beside channel, four to a pixel.
typedef float f4 __attribute__((vector_size(16)));

// Adds one row, times a weight, to a row of sums.
FAST static void add(const uint32_t *restrict pix, int64_t n, float *restrict sums, float w) {
	const uint8_t *p = (const uint8_t *)pix;
	for (int64_t i = 0; i < 4 * n; i++)
		sums[i] += (float)(int32_t)p[i] * w;
}

// The nearest pixel to a sum that has been raised by a half.
static inline uint32_t rounded(f4 v) {
	return (uint32_t)(int32_t)v[0] | (uint32_t)(int32_t)v[1] << 8 | (uint32_t)(int32_t)v[2] << 16;
}

static inline f4 load(const float *p) {
	f4 v;
	memcpy(&v, p, sizeof v);
	return v;
}

// Averages k columns of a row of sums into one pixel.
FAST static void narrow(const float *sums, uint32_t *out, int64_t n, int64_t k) {
	for (int64_t x = 0; x < n; x++) {
		f4 v = {0.5f, 0.5f, 0.5f, 0.5f};
		for (int64_t i = 0; i < k; i++, sums += 4)
			v += load(sums);
		out[x] = rounded(v);
	}
}

void rostod_shrink(const uint32_t *pix, int64_t stride, uint32_t *out, int64_t width, int64_t height, int64_t k, float *sums) {
	int64_t n = width * k;
	for (int64_t y = 0; y < height; y++, pix += k * stride, out += width) {
		if (k == 2) {
			halve(pix, pix + stride, out, width);
			continue;
		}
		memset(sums, 0, 4 * (size_t)n * sizeof *sums);
		for (int64_t j = 0; j < k; j++)
			add(pix + j * stride, n, sums, 1.0f / (float)(k * k));
		narrow(sums, out, width, k);
	}
}

FAST void rostod_planes(const uint32_t *restrict pix, int64_t n, float *restrict a, float *restrict b, float *restrict c,
		const float *factor, const float *plus, int first, int last) {
	float fa = factor[0], fb = factor[1], fc = factor[2], pa = plus[0], pb = plus[1], pc = plus[2];
	for (int64_t x = 0; x < n; x++) {
		uint32_t v = pix[x];
		a[x] = (float)(int32_t)(v >> first & 0xFF) * fa + pa;
		b[x] = (float)(int32_t)(v >> 8 & 0xFF) * fb + pb;
		c[x] = (float)(int32_t)(v >> last & 0xFF) * fc + pc;
	}
}

// Averages a row of sums across into one row of pixels.
FAST static void across(const float *sums, uint32_t *out, int64_t size, const rostod_span *spans, const float *weights) {
	for (int64_t i = 0; i < size; i++) {
		const float *w = weights + spans[i].at, *from = sums + 4 * (int64_t)spans[i].first;
		f4 v = {0.5f, 0.5f, 0.5f, 0.5f};
		for (int64_t k = 0; k < spans[i].count; k++)
			v += load(from + 4 * k) * w[k];
		out[i] = rounded(v);
	}
}

void rostod_area(const uint32_t *pix, int64_t stride, int64_t side, uint32_t *out, int64_t size, const rostod_span *spans, const float *weights, float *sums) {
	for (int64_t j = 0; j < size; j++) {
		memset(sums, 0, 4 * (size_t)side * sizeof *sums);
		for (int64_t y = 0; y < spans[j].count; y++)
			add(pix + (spans[j].first + y) * stride, side, sums, weights[spans[j].at + y]);
		across(sums, out + j * size, size, spans, weights);
	}
}

enum { LOBES = 4, TAPS = 2 * LOBES };

// One row, as floats, with its ends repeated; then across, TAPS pixels to one.
FAST static void widen(const uint32_t *restrict pix, int64_t side, float *restrict levels, float *restrict line, int64_t size,
		const int32_t *first, const float *weights) {
	const uint8_t *p = (const uint8_t *)pix;
	float *middle = levels + 4 * LOBES;
	for (int64_t i = 0; i < 4 * side; i++)
		middle[i] = (float)(int32_t)p[i];
	for (int64_t i = 0; i < LOBES; i++) {
		memcpy(levels + 4 * i, middle, 4 * sizeof *middle);
		memcpy(middle + 4 * (side + i), middle + 4 * (side - 1), 4 * sizeof *middle);
	}
	for (int64_t i = 0; i < size; i++) {
		const float *from = middle + 4 * (int64_t)first[i], *w = weights + TAPS * i;
		f4 v = {0};
		for (int k = 0; k < TAPS; k++)
			v += load(from + 4 * k) * w[k];
		memcpy(line + 4 * i, &v, sizeof v);
	}
}

// TAPS rows to one row of pixels. Sums in the order of the rows.
FAST static void lengthen(const float *const *rows, const float *w, uint32_t *restrict out, int64_t n) {
	const float *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3], *e = rows[4], *f = rows[5], *g = rows[6], *h = rows[7];
	uint8_t *o = (uint8_t *)out;
	for (int64_t i = 0; i < 4 * n; i++) {
		float v = a[i] * w[0] + b[i] * w[1] + c[i] * w[2] + d[i] * w[3] + e[i] * w[4] + f[i] * w[5] + g[i] * w[6] + h[i] * w[7] + 0.5f;
		v = v < 0 ? 0 : v > 255 ? 255 : v;
		o[i] = (uint8_t)(int32_t)v;
	}
	for (int64_t i = 0; i < n; i++)
		out[i] &= 0x00FFFFFF;
}

void rostod_enlarge(const uint32_t *pix, int64_t stride, int64_t side, uint32_t *out, int64_t size, const int32_t *first, const float *weights,
		float *levels, float *lines) {
	for (int64_t j = 0; j < side; j++)
		widen(pix + j * stride, side, levels, lines + 4 * j * size, size, first, weights);
	for (int64_t j = 0; j < size; j++) {
		const float *rows[TAPS];
		for (int k = 0; k < TAPS; k++) {
			int64_t at = first[j] + k;
			rows[k] = lines + 4 * size * (at < 0 ? 0 : at >= side ? side - 1 : at);
		}
		lengthen(rows, weights + TAPS * j, out + j * size, size);
	}
}

// Eight numbers of 16 bits: two pixels, four channels each.
typedef uint16_t h8 __attribute__((vector_size(16)));
typedef uint8_t b16 __attribute__((vector_size(16)));
typedef uint64_t d2 __attribute__((vector_size(16)));

static inline h8 spread(uint64_t two) {
	const b16 zip = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23};
	return (h8)__builtin_shuffle((b16)(d2){two, 0}, (b16){0}, zip);
}

static inline uint64_t pixel(const uint32_t *pix, int64_t width, int64_t height, int64_t x, int64_t y) {
	return x < 0 || y < 0 || x >= width || y >= height ? 0 : pix[y * width + x];
}

FAST void rostod_warp(const uint32_t *pix, int64_t width, int64_t height, uint32_t *out, int64_t out_width, int64_t out_height, const int64_t *at) {
	const int64_t xu = at[2], yu = at[3];
	for (int64_t v = 0; v < out_height; v++) {
		int64_t x = at[0] + v * at[4], y = at[1] + v * at[5];
		for (int64_t u = 0; u < out_width; u++, x += xu, y += yu) {
			int64_t i = x >> 16, j = y >> 16;
			uint16_t wx = x >> 8 & 0xFF, wy = y >> 8 & 0xFF;
			uint64_t upper, lower;
			if (i >= 0 && j >= 0 && i < width - 1 && j < height - 1) {
				const uint32_t *p = pix + j * width + i;
				memcpy(&upper, p, 8);
				memcpy(&lower, p + width, 8);
			} else {
				upper = pixel(pix, width, height, i, j) | pixel(pix, width, height, i + 1, j) << 32;
				lower = pixel(pix, width, height, i, j + 1) | pixel(pix, width, height, i + 1, j + 1) << 32;
			}
			h8 across = (spread(upper) * (uint16_t)(256 - wy) + spread(lower) * wy + 128) >> 8;
			h8 w = {256 - wx, 256 - wx, 256 - wx, 256 - wx, wx, wx, wx, wx};
			d2 both = (d2)(across * w);
			h8 sum = ((h8)(d2){both[0], 0} + (h8)(d2){both[1], 0} + 128) >> 8;
			const b16 pack = {0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6, 0, 2, 4, 6};
			out[u] = (uint32_t)((d2)__builtin_shuffle((b16)sum, pack))[0];
		}
		out += out_width;
	}
}

static inline int32_t level(int32_t v) { return v < 0 ? 0 : v > 255 << 10 ? 255 : v >> 10; }

// One pixel for each chroma sample of 4:2:0 planes: BT.601, limited range.
FAST void rostod_quarter(const uint8_t *restrict luma, int64_t luma_stride, const uint8_t *restrict cb, const uint8_t *restrict cr,
		int64_t chroma_stride, uint32_t *restrict out, int64_t width, int64_t height) {
	for (int64_t y = 0; y < height; y++) {
		const uint8_t *a = luma + 2 * y * luma_stride, *b = a + luma_stride, *u = cb + y * chroma_stride, *v = cr + y * chroma_stride;
		for (int64_t x = 0; x < width; x++) {
			int32_t l = (a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] - 64) * 298 + 512, s = u[x] - 128, t = v[x] - 128;
			int32_t red = level(l + 1634 * t), green = level(l - 401 * s - 832 * t), blue = level(l + 2066 * s);
			out[y * width + x] = (uint32_t)red | (uint32_t)green << 8 | (uint32_t)blue << 16;
		}
	}
}
