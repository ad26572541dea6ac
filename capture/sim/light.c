#include "fast.h"
#include "kernels.h"
#include <math.h>
#include <string.h>

// What an area light gives each place: sum of weight * cos(place) * cos(lamp) / r^2.
// screen is the direction in which the lamps face; fall mixes cos and cos^2.
FAST void rostod_light(int64_t n, const float *restrict places, const rostod_lamp *restrict lamps, int64_t count,
		const float *restrict screen, float fall, const float *restrict wrap, float *restrict out) {
	const float *px = places, *py = px + n, *pz = py + n, *nx = pz + n, *ny = nx + n, *nz = ny + n;
	float *r = out, *g = r + n, *b = g + n;
	float sx = screen[0], sy = screen[1], sz = screen[2];
	float wr = wrap[0], wg = wrap[1], wb = wrap[2];
	float ir = 1 / (1 + wr), ig = 1 / (1 + wg), ib = 1 / (1 + wb);
	memset(out, 0, 3 * (size_t)n * sizeof *out);
	for (int64_t l = 0; l < count; l++) {
		float lx = lamps[l].x, ly = lamps[l].y, lz = lamps[l].z, weight = lamps[l].weight;
		for (int64_t i = 0; i < n; i++) {
			float dx = lx - px[i], dy = ly - py[i], dz = lz - pz[i];
			float near = 1 / (dx * dx + dy * dy + dz * dz), inv = sqrtf(near);
			float at = (nx[i] * dx + ny[i] * dy + nz[i] * dz) * inv;
			float from = -(sx * dx + sy * dy + sz * dz) * inv;
			from = from > 0 ? from : 0;
			float w = weight * near * from * (1 - fall + fall * from);
			float cr = (at + wr) * ir, cg = (at + wg) * ig, cb = (at + wb) * ib;
			r[i] += w * (cr > 0 ? cr : 0);
			g[i] += w * (cg > 0 ? cg : 0);
			b[i] += w * (cb > 0 ? cb : 0);
		}
	}
}

// What light from far away gives each place; x, y, z is where it comes from.
FAST void rostod_sky(int64_t n, const float *restrict places, const rostod_lamp *restrict lamps, int64_t count,
		const float *restrict wrap, float *restrict out) {
	const float *nx = places + 3 * n, *ny = nx + n, *nz = ny + n;
	float *r = out, *g = r + n, *b = g + n;
	float wr = wrap[0], wg = wrap[1], wb = wrap[2];
	float ir = 1 / (1 + wr), ig = 1 / (1 + wg), ib = 1 / (1 + wb);
	memset(out, 0, 3 * (size_t)n * sizeof *out);
	for (int64_t l = 0; l < count; l++) {
		float lx = lamps[l].x, ly = lamps[l].y, lz = lamps[l].z, w = lamps[l].weight;
		for (int64_t i = 0; i < n; i++) {
			float at = nx[i] * lx + ny[i] * ly + nz[i] * lz;
			float cr = (at + wr) * ir, cg = (at + wg) * ig, cb = (at + wb) * ib;
			r[i] += w * (cr > 0 ? cr : 0);
			g[i] += w * (cg > 0 ? cg : 0);
			b[i] += w * (cb > 0 ? cb : 0);
		}
	}
}

// How much of each place's light from the lamps passes the heights around it, 0
// to 1: rays of 64 mm in steps of 4, with an edge 3 mm soft.
void rostod_shadow(int64_t n, const float *places, const rostod_lamp *lamps, int64_t count, int32_t far,
		const rostod_relief *r, const float *heights, float *out) {
	const float *px = places, *py = px + n, *pz = py + n, *nx = pz + n, *ny = nx + n, *nz = ny + n;
	for (int64_t i = 0; i < n; i++) {
		float all = 0, seen = 0;
		for (int64_t l = 0; l < count; l++) {
			float dx = lamps[l].x, dy = lamps[l].y, dz = lamps[l].z, w = lamps[l].weight;
			if (!far) {
				dx -= px[i], dy -= py[i], dz -= pz[i];
				float inv = 1 / sqrtf(dx * dx + dy * dy + dz * dz);
				dx *= inv, dy *= inv, dz *= inv;
				w *= inv * inv;
			}
			float at = nx[i] * dx + ny[i] * dy + nz[i] * dz + 0.1f;
			if (at <= 0) continue;
			w *= at;
			float hidden = 0;
			// A ray begins a little above the surface, which the cells are coarser than.
			float x = (px[i] + 3 * nx[i] - r->left) / r->cell, y = (py[i] + 3 * ny[i] - r->low) / r->cell, z = pz[i] + 3 * nz[i];
			float sx = 4 * dx / r->cell, sy = 4 * dy / r->cell, sz = 4 * dz;
			for (int k = 0; k < 16 && hidden < 1; k++) {
				x += sx, y += sy, z += sz;
				if (!(x >= 0 && y >= 0 && x < r->columns && y < r->rows)) break;
				float over = (heights[(int64_t)y * r->columns + (int64_t)x] - z) * (1 / 3.0f);
				if (over > hidden) hidden = over < 1 ? over : 1;
			}
			all += w;
			seen += w * (1 - hidden);
		}
		out[i] = all > 0 ? seen / all : 1;
	}
}
