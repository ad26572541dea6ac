// The inner loops of the renderer and the camera. See kernels.go for what each
// promises; there, too, every size is checked before it comes here.
#include <stdint.h>

typedef struct {
	float x, y, z, weight;
} rostod_lamp;

typedef struct {
	float left, low, cell;
	int32_t columns, rows;
} rostod_relief;

void rostod_light(int64_t n, const float *places, const rostod_lamp *lamps, int64_t count, const float *screen,
		float fall, const float *wrap, float *out);
void rostod_sky(int64_t n, const float *places, const rostod_lamp *lamps, int64_t count, const float *wrap, float *out);
void rostod_shadow(int64_t n, const float *places, const rostod_lamp *lamps, int64_t count, int32_t far,
		const rostod_relief *r, const float *heights, float *out);

// A sensor and what comes after it, for one frame.
typedef struct {
	float cross[9];    // what red, green and blue see of each other
	float electrons;   // for each nit
	float read;        // noise of reading, electrons
	float noisy;       // 0 or 1
	float gain[3];     // nits to the range 0 to 1, white balance with it
	float dx, dy;      // where the front layer is read
	int32_t levels;    // of the tone curve
	int32_t grains;    // of the noise table; a power of two
} rostod_sensor;

void rostod_mix(const float *planes, int64_t sources, int64_t width, int64_t rows, const float *drive, const int32_t *spans, float *out);
void rostod_sense(const rostod_sensor *s, int64_t width, int64_t height, int64_t margin, const float *front, const float *cover,
		const float *back, const float *tone, const float *noise, const uint32_t *starts, float *row, float *luma, float *cb,
		float *cr, double *sums);
void rostod_settle(int64_t n, float *kept, const float *fresh, float alpha);
void rostod_sharpen(int64_t width, int64_t height, const float *in, float amount, uint8_t *out);
void rostod_round(int64_t n, const float *in, uint8_t *out);
