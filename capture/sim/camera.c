#include "fast.h"
#include "kernels.h"
#include <math.h>
#include <string.h>

// out = sum over the sources of drive * plane, for each channel; drive holds for
// each row and source three numbers, spans for each row up to two stretches
// that are needed: from, to, from, to.
FAST void rostod_mix(const float *restrict planes, int64_t sources, int64_t width, int64_t rows, const float *restrict drive,
		const int32_t *restrict spans, float *restrict out) {
	int64_t size = width * rows;
	for (int64_t y = 0; y < rows; y++, drive += 3 * sources, spans += 4) {
		for (int k = 0; k < 4; k += 2) {
			int64_t from = spans[k], n = spans[k + 1] - from;
			if (n <= 0) continue;
			for (int c = 0; c < 3; c++) {
				float *o = out + c * size + y * width + from;
				const float *a = planes + c * size + y * width + from, *b = a + 3 * size, *d = b + 3 * size, *e = d + 3 * size, *f = e + 3 * size;
				float ka = drive[c], kb = drive[3 + c], kd = drive[6 + c], ke = drive[9 + c], kf = drive[12 + c];
				for (int64_t i = 0; i < n; i++)
					o[i] = a[i] * ka + b[i] * kb + d[i] * kd + e[i] * ke + f[i] * kf;
				for (int64_t s = 5; s < sources; s++) {
					const float *p = a + 3 * s * size;
					float kp = drive[3 * s + c];
					for (int64_t i = 0; i < n; i++)
						o[i] += p[i] * kp;
				}
			}
		}
	}
}

// Reads one channel of the front layer between its pixels, over what is behind.
static inline __attribute__((always_inline)) void compose(int64_t width, const float *restrict f, int64_t stride, float w00,
		float w01, float w10, float w11, const float *restrict back, const float *restrict open, float *restrict out) {
	const float *g = f + stride;
	for (int64_t i = 0; i < width; i++)
		out[i] = w00 * f[i] + w01 * f[i + 1] + w10 * g[i] + w11 * g[i + 1] + open[i] * back[i];
}

// The root of what is not below 0, to 5 parts in a million: the compiler makes no
// vectors of the library's, which may set errno.
static inline __attribute__((always_inline)) float root(float x) {
	union { float f; int32_t i; } y = {.f = x};
	y.i = 0x5f3759df - (y.i >> 1);
	float h = 0.5f * x, r = y.f;
	r = r * (1.5f - h * r * r);
	r = r * (1.5f - h * r * r);
	return x * r;
}

// What a sensor makes of a row: colours see each other, noise of light and of
// reading, gain; then the place in the tone curve.
static inline __attribute__((always_inline)) void expose(int64_t width, const rostod_sensor *s, const float *restrict nr,
		const float *restrict ng, const float *restrict nb, const float *restrict r, const float *restrict g,
		const float *restrict b, int32_t *restrict at) {
	float c0 = s->cross[0], c1 = s->cross[1], c2 = s->cross[2], c3 = s->cross[3], c4 = s->cross[4], c5 = s->cross[5],
		c6 = s->cross[6], c7 = s->cross[7], c8 = s->cross[8];
	float g0 = s->gain[0], g1 = s->gain[1], g2 = s->gain[2];
	float many = s->electrons, read = s->read * s->read, inv = s->noisy / many, top = (float)(s->levels - 1);
	int32_t last = s->levels - 1;
	for (int64_t i = 0; i < width; i++) {
		float x = c0 * r[i] + c1 * g[i] + c2 * b[i], y = c3 * r[i] + c4 * g[i] + c5 * b[i], z = c6 * r[i] + c7 * g[i] + c8 * b[i];
		x = x > 0 ? x : 0, y = y > 0 ? y : 0, z = z > 0 ? z : 0;
		x = (x + nr[i] * inv * root(x * many + read)) * g0;
		y = (y + ng[i] * inv * root(y * many + read)) * g1;
		z = (z + nb[i] * inv * root(z * many + read)) * g2;
		int32_t k = (int32_t)(x * top + 0.5f), l = (int32_t)(y * top + 0.5f), m = (int32_t)(z * top + 0.5f);
		at[i] = k < 0 ? 0 : k > last ? last : k;
		at[i + width] = l < 0 ? 0 : l > last ? last : l;
		at[i + 2 * width] = m < 0 ? 0 : m > last ? last : m;
	}
}

// BT.601, limited range.
static inline __attribute__((always_inline)) void colours(int64_t width, const float *restrict r, const float *restrict g,
		const float *restrict b, float *restrict l, float *restrict u, float *restrict v) {
	for (int64_t i = 0; i < width; i++) {
		l[i] = 16 + 0.256788f * r[i] + 0.504129f * g[i] + 0.097906f * b[i];
		u[i] = -0.148223f * r[i] - 0.290993f * g[i] + 0.439216f * b[i];
		v[i] = 0.439216f * r[i] - 0.367788f * g[i] - 0.071427f * b[i];
	}
}

// One frame: light to Y, Cb and Cr of 4:2:0 in limited range, not yet rounded.
// front has a margin around it; row has room for eight rows.
FAST void rostod_sense(const rostod_sensor *s, int64_t width, int64_t height, int64_t margin, const float *restrict front,
		const float *restrict cover, const float *restrict back, const float *restrict tone, const float *restrict noise,
		const uint32_t *restrict starts, float *restrict row, float *restrict luma, float *restrict cb, float *restrict cr,
		double *restrict sums) {
	int64_t stride = width + 2 * margin, size = stride * (height + 2 * margin), half = (width + 1) / 2;
	int64_t ix = (int64_t)floorf(s->dx), iy = (int64_t)floorf(s->dy);
	float fx = s->dx - (float)ix, fy = s->dy - (float)iy;
	float w00 = (1 - fx) * (1 - fy), w01 = fx * (1 - fy), w10 = (1 - fx) * fy, w11 = fx * fy;
	float *r = row, *g = r + width, *b = g + width, *open = b + width, *u = open + width, *v = u + width;
	int32_t *at = (int32_t *)(v + width);
	uint32_t mask = (uint32_t)(s->grains - 1);
	memset(cb, 0, (size_t)(half * ((height + 1) / 2)) * sizeof *cb);
	memset(cr, 0, (size_t)(half * ((height + 1) / 2)) * sizeof *cr);
	int64_t seen[3] = {0, 0, 0};
	for (int64_t y = 0; y < height; y++) {
		const float *from = cover + (y + margin + iy) * stride + margin + ix;
		const float *under = from + stride;
		for (int64_t i = 0; i < width; i++)
			open[i] = 1 - (w00 * from[i] + w01 * from[i + 1] + w10 * under[i] + w11 * under[i + 1]);
		const float *f = front + (y + margin + iy) * stride + margin + ix;
		const float *behind = back + y * width;
		int64_t all = width * height;
		compose(width, f, stride, w00, w01, w10, w11, behind, open, r);
		compose(width, f + size, stride, w00, w01, w10, w11, behind + all, open, g);
		compose(width, f + 2 * size, stride, w00, w01, w10, w11, behind + 2 * all, open, b);
		expose(width, s, noise + (starts[3 * y] & mask), noise + (starts[3 * y + 1] & mask), noise + (starts[3 * y + 2] & mask), r, g, b, at);
		for (int64_t i = 0; i < width; i += 4)
			seen[0] += at[i], seen[1] += at[i + width], seen[2] += at[i + 2 * width];
		for (int64_t i = 0; i < 3 * width; i++)
			row[i] = tone[at[i]];
		colours(width, r, g, b, luma + y * width, u, v);
		float *ur = cb + y / 2 * half, *vr = cr + y / 2 * half;
		for (int64_t i = 0; i < width / 2; i++) {
			ur[i] += 0.25f * (u[2 * i] + u[2 * i + 1]);
			vr[i] += 0.25f * (v[2 * i] + v[2 * i + 1]);
		}
	}
	for (int c = 0; c < 3; c++)
		sums[c] = (double)seen[c] / (s->levels - 1);
}

// Noise reduction over time: what is kept moves towards what is fresh.
FAST void rostod_settle(int64_t n, float *restrict kept, const float *restrict fresh, float alpha) {
	for (int64_t i = 0; i < n; i++)
		kept[i] += alpha * (fresh[i] - kept[i]);
}

static inline __attribute__((always_inline)) uint8_t level(float v) {
	int32_t k = (int32_t)(v + 0.5f);
	return (uint8_t)(k < 0 ? 0 : k > 255 ? 255 : k);
}

// Unsharp masking against the mean of the neighbours, then rounded.
FAST void rostod_sharpen(int64_t width, int64_t height, const float *restrict in, float amount, uint8_t *restrict out) {
	for (int64_t y = 0; y < height; y++) {
		const float *p = in + y * width, *a = y > 0 ? p - width : p, *b = y < height - 1 ? p + width : p;
		uint8_t *o = out + y * width;
		o[0] = level(p[0]);
		for (int64_t i = 1; i < width - 1; i++)
			o[i] = level(p[i] + amount * (p[i] - 0.25f * (p[i - 1] + p[i + 1] + a[i] + b[i])));
		o[width - 1] = level(p[width - 1]);
	}
}

// Chroma is kept about 0.
FAST void rostod_round(int64_t n, const float *restrict in, uint8_t *restrict out) {
	for (int64_t i = 0; i < n; i++)
		out[i] = level(in[i] + 128);
}
