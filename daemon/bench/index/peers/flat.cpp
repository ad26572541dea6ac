// flat DIR: the same two scans that the index makes, and nothing else: all in
// memory, no rotation, no owners, no deleting, no checks. What a search costs
// here is what the processor and the memory want for it.
//
// It reads commands and answers each with a line:
//
//	stream S          gigabytes a second that can be read of the cells
//	exact S           searches a second: all cells, the 32 best products in float32, ten of them
//	threshold S COS   searches a second: signs, then float32 for what may reach COS
//	found S COS       share of S mated probes that threshold finds
//
// S is seconds of processor time to measure for.
#include "common.h"
#include <immintrin.h>
#include <sys/mman.h>

template <class T> static T *large(size_t n) {
    size_t bytes = (n * sizeof(T) + (4 << 20)) >> 21 << 21;
    void *p = aligned_alloc(2 << 20, bytes);
    if (!p) fail("no memory");
    madvise(p, bytes, MADV_HUGEPAGE);
    memset(p, 0, bytes);
    return static_cast<T *>(p);
}

static const size_t BLOCK = 32;
static volatile uint64_t sink;

// The bench compiles for one number of dimensions, so that loops are unrolled.
#ifndef DIMS
#define DIMS 128
#endif
static constexpr size_t dims = DIMS, pairs = dims / 8;
static_assert(dims % 64 == 0 && dims <= 4096, "dimensions must be a multiple of 64");

struct Flat {
    const Set &set;
    const size_t rows, blocks;
    uint8_t *cells, *codes;
    float *factor;
    std::vector<std::pair<float, uint32_t>> best;

    explicit Flat(const Set &s)
        : set(s), rows(s.base.rows), blocks((rows + BLOCK - 1) / BLOCK), cells(large<uint8_t>(blocks * BLOCK * dims + 8192)),
          codes(large<uint8_t>(blocks * BLOCK * pairs + 8192)), factor(large<float>(blocks * BLOCK)) {
        for (size_t i = 0; i < rows; i++) {
            const float *x = s.base.row(i);
            float sum = 0;
            for (size_t j = 0; j < dims; j++) {
                cells[i * dims + j] = uint8_t(128 + quantised(x[j]));
                sum += fabsf(x[j]);
                if (x[j] >= 0) codes[(i / BLOCK * pairs + j / 8) * BLOCK + i % BLOCK] |= uint8_t(1 << j % 8);
            }
            factor[i] = 1 / sum;
        }
    }

    const float scale = 127 / (4.5f / sqrtf(float(dims)));

    // quantised is a component in 127 steps for 4.5 standard deviations.
    int quantised(float x) const { return int(std::max(-127.f, std::min(127.f, nearbyintf(x * scale)))); }

    double stream(double seconds) const {
        size_t bytes = rows * dims / 256 * 256, passes = 0;
        double began = thread_seconds(), spent = 0;
        do {
            __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
            for (size_t i = 0; i < bytes; i += 128) {
                const __m256i *p = reinterpret_cast<const __m256i *>(cells + i);
                _mm_prefetch(reinterpret_cast<const char *>(cells) + i + 4096, _MM_HINT_T0);
                _mm_prefetch(reinterpret_cast<const char *>(cells) + i + 4160, _MM_HINT_T0);
                a = _mm256_add_epi64(a, p[0]), b = _mm256_add_epi64(b, p[1]), c = _mm256_add_epi64(c, p[2]), d = _mm256_add_epi64(d, p[3]);
            }
            sink = sink + uint64_t(_mm256_extract_epi64(_mm256_add_epi64(_mm256_add_epi64(a, b), _mm256_add_epi64(c, d)), 0));
            passes++;
            spent = thread_seconds() - began;
        } while (spent < seconds);
        return passes * bytes / spent / 1e9;
    }

    // dots4 are the products of four rows, each 128 times the probe's sum too large.
    __m128i dots4(const uint8_t *x, const int8_t *q, const int16_t *wide) const {
        __m128i r[4];
        for (int k = 0; k < 4; k++, x += dims) {
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
            (void)wide;
            __m256i s = _mm256_setzero_si256(), t = s;
            for (size_t i = 0; i < dims; i += 64) {
                s = _mm256_dpbusd_epi32(s, _mm256_loadu_si256((const __m256i *)(x + i)), _mm256_loadu_si256((const __m256i *)(q + i)));
                t = _mm256_dpbusd_epi32(t, _mm256_loadu_si256((const __m256i *)(x + i + 32)), _mm256_loadu_si256((const __m256i *)(q + i + 32)));
            }
#else
            (void)q;
            __m256i s = _mm256_setzero_si256(), t = s;
            for (size_t i = 0; i < dims; i += 32) {
                s = _mm256_add_epi32(s, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(x + i))), _mm256_loadu_si256((const __m256i *)(wide + i))));
                t = _mm256_add_epi32(t, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(x + i + 16))), _mm256_loadu_si256((const __m256i *)(wide + i + 16))));
            }
#endif
            s = _mm256_add_epi32(s, t);
            r[k] = _mm_add_epi32(_mm256_castsi256_si128(s), _mm256_extracti128_si256(s, 1));
        }
        return _mm_hadd_epi32(_mm_hadd_epi32(r[0], r[1]), _mm_hadd_epi32(r[2], r[3]));
    }

    void exact(const float *probe) const {
        int8_t q[dims];
        int16_t wide[dims];
        for (size_t j = 0; j < dims; j++) q[j] = int8_t(wide[j] = int16_t(quantised(probe[j])));
        const int kept = 32; // the ten best products of cells are not always the ten nearest
        int32_t top[kept];
        uint32_t at[kept];
        for (int i = 0; i < kept; i++) top[i] = INT32_MIN, at[i] = 0;
        for (size_t i = 0; i < rows / 4 * 4; i += 4) {
            const char *next = reinterpret_cast<const char *>(cells + i * dims) + 4096;
            for (size_t b = 0; b < 4 * dims; b += 64) _mm_prefetch(next + b, _MM_HINT_T0);
            __m128i d = dots4(cells + i * dims, q, wide);
            int better = _mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(d, _mm_set1_epi32(top[kept - 1]))));
            for (; better; better &= better - 1) {
                int k = __builtin_ctz(unsigned(better)), p = kept - 1;
                int32_t values[4];
                _mm_storeu_si128(reinterpret_cast<__m128i *>(values), d);
                if (values[k] <= top[kept - 1]) continue;
                for (; p && top[p - 1] < values[k]; p--) top[p] = top[p - 1], at[p] = at[p - 1];
                top[p] = values[k], at[p] = uint32_t(i + k);
            }
        }
        std::pair<float, uint32_t> near[kept];
        for (int i = 0; i < kept; i++) near[i] = {-product(probe, set.base.row(at[i]), dims), at[i]};
        std::partial_sort(near, near + 10, near + kept);
        sink = sink + near[0].second;
    }

    // threshold is the best row with a cosine from least up, or -1: every row
    // whose estimate is at most three deviations below it is compared.
    int64_t threshold(const float *q, float least) {
        alignas(32) uint8_t table[dims * 4];
        size_t groups = dims / 4;
        float widest = 0, bias = 0;
        for (size_t g = 0; g < groups; g++) {
            float w = fabsf(q[4 * g]) + fabsf(q[4 * g + 1]) + fabsf(q[4 * g + 2]) + fabsf(q[4 * g + 3]);
            widest = std::max(widest, w), bias -= w;
        }
        float delta = 2 * widest / 63;
        for (size_t g = 0; g < groups; g++) {
            float sums[16] = {0.5f};
            for (int b = 0; b < 4; b++) {
                float x = 2 / delta * q[4 * g + b], up = std::max(x, 0.f), down = std::max(-x, 0.f);
                for (int m = 0; m < 1 << b; m++) sums[m | 1 << b] = sums[m] + up, sums[m] += down;
            }
            for (int m = 0; m < 16; m++) table[16 * g + m] = uint8_t(sums[m]);
        }
        float cut = least - 3 * sqrtf((float(M_PI) / 2 - 1) / float(dims - 1));
        const __m256i low4 = _mm256_set1_epi8(15), low8 = _mm256_set1_epi16(255);
        const __m256 vdelta = _mm256_set1_ps(delta), vbias = _mm256_set1_ps(bias), vcut = _mm256_set1_ps(cut);
        auto entry = [&](size_t g) { return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i *>(table + 16 * g))); };
        best.clear();
        for (size_t b = 0; b < blocks; b++) {
            const uint8_t *p = codes + b * BLOCK * pairs;
            __m256i even = _mm256_setzero_si256(), odd = even;
            for (size_t j = 0; j < pairs; j += 2, p += 64) {
                _mm_prefetch(reinterpret_cast<const char *>(p) + 4096, _MM_HINT_T0);
                __m256i x = _mm256_load_si256(reinterpret_cast<const __m256i *>(p)), y = _mm256_load_si256(reinterpret_cast<const __m256i *>(p + 32));
                __m256i s = _mm256_add_epi8(_mm256_add_epi8(_mm256_shuffle_epi8(entry(2 * j), _mm256_and_si256(x, low4)),
                                                            _mm256_shuffle_epi8(entry(2 * j + 1), _mm256_and_si256(_mm256_srli_epi16(x, 4), low4))),
                                            _mm256_add_epi8(_mm256_shuffle_epi8(entry(2 * j + 2), _mm256_and_si256(y, low4)),
                                                            _mm256_shuffle_epi8(entry(2 * j + 3), _mm256_and_si256(_mm256_srli_epi16(y, 4), low4))));
                even = _mm256_add_epi16(even, _mm256_and_si256(s, low8)), odd = _mm256_add_epi16(odd, _mm256_srli_epi16(s, 8));
            }
            __m256i a = _mm256_unpacklo_epi16(even, odd), c = _mm256_unpackhi_epi16(even, odd);
            __m128i quarters[4] = {_mm256_castsi256_si128(a), _mm256_castsi256_si128(c), _mm256_extracti128_si256(a, 1), _mm256_extracti128_si256(c, 1)};
            for (int k = 0; k < 4; k++) {
                __m256 e = _mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(quarters[k]));
                e = _mm256_mul_ps(_mm256_add_ps(_mm256_mul_ps(e, vdelta), vbias), _mm256_load_ps(factor + b * BLOCK + 8 * k));
                for (int hit = _mm256_movemask_ps(_mm256_cmp_ps(e, vcut, _CMP_GT_OQ)); hit; hit &= hit - 1) best.push_back({0, uint32_t(b * BLOCK + 8 * k + __builtin_ctz(unsigned(hit)))});
            }
        }
        int64_t at = -1;
        float top = least;
        for (size_t i = 0; i < best.size(); i++) {
            if (i + 8 < best.size())
                for (size_t j = 0; j < dims; j += 16) _mm_prefetch(reinterpret_cast<const char *>(set.base.row(best[i + 8].second % rows) + j), _MM_HINT_T0);
            if (best[i].second >= rows) continue;
            float c = product(q, set.base.row(best[i].second), dims);
            if (c >= top) top = c, at = best[i].second;
        }
        return at;
    }
};

int main(int count, char **words) {
    if (count != 2) fail("flat DIR");
    Set set(words[1]);
    if (set.base.dims != dims) fail("compiled for other dimensions");
    Flat flat(set);
    size_t n = 0;
    printf("ready\n");
    fflush(stdout);
    char command[32];
    for (double seconds, least; scanf("%31s %lf %lf", command, &seconds, &least) == 3;) {
        std::string what = command;
        double got = 0;
        if (what == "stream") got = flat.stream(seconds);
        else if (what == "exact") got = rate(seconds, n, [&](size_t i) { flat.exact(set.probe(i)); });
        else if (what == "threshold") got = rate(seconds, n, [&](size_t i) { sink = sink + uint64_t(flat.threshold(set.probe(i), float(least))); });
        else if (what == "found") got = found(set, least, size_t(seconds), [&](const float *q) { int64_t at = flat.threshold(q, float(least)); return at < 0 ? 0 : at; });
        else fail("unknown command");
        printf("%.6f\n", got);
        fflush(stdout);
    }
}
