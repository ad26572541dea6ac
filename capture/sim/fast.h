// Compiled twice, for any x86-64 and for those with AVX2; the loader chooses.
// Without FMA, and with no sum in another order, the results are equal everywhere.
#if defined(__x86_64__) && defined(__linux__) && !defined(__clang__)
#define FAST __attribute__((target_clones("avx2", "default"), optimize("O3")))
#else
#define FAST
#endif
