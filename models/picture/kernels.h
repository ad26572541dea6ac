// The inner loops over pixels. See kernels.go for what each promises; there,
// too, every size is checked before it comes here.
#include <stdint.h>

typedef struct {
	int32_t first, count, at;
} rostod_span;

void rostod_shrink(const uint32_t *pix, int64_t stride, uint32_t *out, int64_t width, int64_t height, int64_t k, float *sums);
void rostod_planes(const uint32_t *pix, int64_t n, float *a, float *b, float *c, const float *factor, const float *plus, int first, int last);
void rostod_area(const uint32_t *pix, int64_t stride, int64_t side, uint32_t *out, int64_t size, const rostod_span *spans, const float *weights, float *sums);
void rostod_enlarge(const uint32_t *pix, int64_t stride, int64_t side, uint32_t *out, int64_t size, const int32_t *first, const float *weights, float *levels, float *lines);
void rostod_warp(const uint32_t *pix, int64_t width, int64_t height, uint32_t *out, int64_t out_width, int64_t out_height, const int64_t *at);
void rostod_quarter(const uint8_t *luma, int64_t luma_stride, const uint8_t *cb, const uint8_t *cr, int64_t chroma_stride, uint32_t *out, int64_t width, int64_t height);
