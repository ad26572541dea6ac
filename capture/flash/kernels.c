#include "kernels.h"
#include <string.h>

// Compiled twice, as the kernels of models/picture are. Each sum goes over the
// frames in their order, so that both give what the same loop in Go does.
#if defined(__x86_64__) && defined(__linux__) && !defined(__clang__)
#define FAST __attribute__((target_clones("avx2", "default"), optimize("O2")))
#else
#define FAST
#endif

typedef double d4 __attribute__((vector_size(32)));

enum { SLOW = 4, GLOW = 6 };

#define LOAD(v, p) memcpy(&(v), (p), sizeof(d4))
#define TIMES(x) ((d4){(x), (x), (x), (x)})

// A frame's screen is flat, side and height, two numbers each. The first four
// and the last four are read as one, so that side is in both.
FAST void rostod_products(const double *answer, const double *screen, const double *const *slow, int64_t n, double *out) {
	d4 zero = {0, 0, 0, 0};
	d4 a0 = zero, a1 = zero, b0 = zero, b1 = zero, f0 = zero, f1 = zero, g0 = zero, g1 = zero;
	d4 s0 = zero, s1 = zero, h0 = zero, h1 = zero;
	for (int64_t i = 0; i < n; i++) {
		const double *c = answer + 2 * i, *r = screen + GLOW * i;
		d4 first, last;
		LOAD(first, r);
		LOAD(last, r + 2);
		a0 += TIMES(c[0]) * first;
		a1 += TIMES(c[0]) * last;
		b0 += TIMES(c[1]) * first;
		b1 += TIMES(c[1]) * last;
		f0 += TIMES(r[0]) * first;
		f1 += TIMES(r[0]) * last;
		g0 += TIMES(r[1]) * first;
		g1 += TIMES(r[1]) * last;
		s0 += TIMES(r[2]) * last;
		s1 += TIMES(r[3]) * last;
		h0 += TIMES(r[4]) * last;
		h1 += TIMES(r[5]) * last;
	}
	d4 sums[12] = {a0, a1, b0, b1, f0, f1, g0, g1, s0, s1, h0, h1};
	memcpy(out, sums, sizeof sums);
	out += 4 * 12;
	const double *p = slow[0], *q = slow[1], *t = slow[2], *u = slow[3];
	a0 = a1 = b0 = b1 = f0 = f1 = g0 = g1 = zero;
	for (int64_t i = 0; i < n; i++) {
		const double *r = screen + GLOW * i;
		d4 first, last;
		LOAD(first, r);
		LOAD(last, r + 2);
		a0 += TIMES(p[i]) * first;
		a1 += TIMES(p[i]) * last;
		b0 += TIMES(q[i]) * first;
		b1 += TIMES(q[i]) * last;
		f0 += TIMES(t[i]) * first;
		f1 += TIMES(t[i]) * last;
		g0 += TIMES(u[i]) * first;
		g1 += TIMES(u[i]) * last;
	}
	d4 slows[2 * SLOW] = {a0, a1, b0, b1, f0, f1, g0, g1};
	memcpy(out, slows, sizeof slows);
}
