// prototype DIR ROWS COS: the throw-away prototype that the index was designed with,
// whose folder the compiler is told. Nothing of it is here: its two programs are
// taken in as they are, inside of templates, so that only what is used of them
// is compiled (some of it wants other processors), and asked in turns as flat is.
//
//	exact S           searches a second: its scan of bytes, which keeps ten products
//	threshold S COS   searches a second: its scan of signs, three deviations below COS
//	                  as the program was started with
//
// DIR holds what the prototype's generator writes.
#include <common.h> // the prototype's
#include <immintrin.h>

static double least;
static size_t asked;
static int pairs; // kinds of search that were to run on two threads

template <class Search> static double rate(const Data &data, double seconds, Search search) {
    size_t done = 0;
    double began = cpu_thread(), spent = 0;
    do {
        for (int i = 0; i < 20; i++, done++) search(data.q.row(asked++ % data.q.n));
        spent = cpu_thread() - began;
    } while (spent < seconds);
    return done / spent;
}

template <class> struct Bytes {
#include "scan.cpp"
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
    using Kernel = I8V;
    static constexpr int offset = 128;
#else
    using Kernel = I8A2;
    static constexpr int offset = 0;
#endif
    static int cell(float x) { return int(std::max(-127.f, std::min(127.f, nearbyintf(x * (127.f / (4.5f / sqrtf(DIMS))))))); }
    std::vector<typename Kernel::T> rows;
    explicit Bytes(const Data &data) : rows(data.N * DIMS + 8192) {
        for (size_t i = 0; i < data.N * DIMS; i++) rows[i] = typename Kernel::T(cell(data.base.v[i]) + offset);
    }
    void search(const float *probe, size_t n) const {
        typename Kernel::Q wide[DIMS];
        for (size_t j = 0; j < DIMS; j++) wide[j] = typename Kernel::Q(cell(probe[j]));
        const typename Kernel::Q *all[1] = {wide};
        Top top(10);
        scanrange<Kernel, DIMS, 1>(rows.data(), 0, n, all, &top);
        if (top.id[0] < 0) exit(1);
    }
};

static const Bytes<void> *bytes;

template <class> struct Signs {
    struct Data : ::Data {
        Data(const std::string &dir, size_t rows) : ::Data(dir, rows) {
            tau01 = float(least);
            bytes = new Bytes<void>(*this);
        }
    };
    static void print(const char *, const Data &, const std::string &, const Score &) {}
    template <class Search> static void answer(const Data &data, Search search) {
        int64_t ids[10];
        char what[32];
        puts("ready"); // after what the program says of itself
        fflush(stdout);
        for (double seconds, cosine; scanf("%31s %lf %lf", what, &seconds, &cosine) == 3; fflush(stdout)) {
            bool exact = std::string(what) == "exact";
            printf("%.6f\n", exact ? rate(data, seconds, [&](const float *q) { bytes->search(q, data.N); })
                                   : rate(data, seconds, [&](const float *q) { search(q, 10, ids, 0); }));
        }
        exit(0);
    }
    // The program hands its kinds of search over one after another; the last is by
    // threshold at three deviations, and the second that is to run on two threads.
    template <class Search> static Score evaluate(const Data &data, Search search, double, int, bool two) {
        if (two && ++pairs == 2) answer(data, search);
        return Score();
    }
#include "rabitq.cpp"
};

int main(int count, char **words) {
    if (count != 4) return 1;
    least = atof(words[3]);
    char *handed[] = {words[0], words[1], words[2]};
    return Signs<void>().main(3, handed);
}
