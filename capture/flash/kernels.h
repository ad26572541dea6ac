// The one loop that a measurement spends its time in. See products.go for what
// it promises.
#include <stdint.h>

void rostod_products(const double *answer, const double *screen, const double *const *slow, int64_t n, double *out);
