// What the peers' programs share: reading vectors, processor time, medians.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <sys/resource.h>
#include <vector>

// Vectors are the rows of an .fvecs file: for each an int32 length, then float32.
struct Vectors {
    size_t rows = 0, dims = 0;
    std::vector<float> all;
    const float *row(size_t i) const { return all.data() + i * dims; }
};

inline void fail(const std::string &what) {
    fprintf(stderr, "%s\n", what.c_str());
    exit(1);
}

inline Vectors read_vectors(const std::string &path) {
    FILE *f = fopen(path.c_str(), "rb");
    if (!f) fail("cannot open " + path);
    Vectors v;
    for (int32_t d; fread(&d, sizeof d, 1, f) == 1;) {
        if (d < 1 || d > 4096 || (v.dims && size_t(d) != v.dims)) fail(path + " holds no vectors of one length");
        v.dims = d;
        v.all.resize((v.rows + 1) * v.dims);
        if (fread(v.all.data() + v.rows * v.dims, sizeof(float), d, f) != size_t(d)) fail(path + " is cut off");
        v.rows++;
    }
    fclose(f);
    if (!v.rows) fail(path + " is empty");
    return v;
}

inline double thread_seconds() {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

inline double process_seconds() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

inline float product(const float *a, const float *b, size_t d) {
    float s[16] = {};
    for (size_t i = 0; i + 16 <= d; i += 16)
        for (int k = 0; k < 16; k++) s[k] += a[i + k] * b[i + k];
    float sum = 0;
    for (float x : s) sum += x;
    return sum;
}

// Set is one gallery with its probes: base, mated, strange, and whose the mated are.
struct Set {
    Vectors base, mated, strange;
    std::vector<size_t> mates;
    explicit Set(const std::string &dir)
        : base(read_vectors(dir + "/base.fvecs")), mated(read_vectors(dir + "/mated.fvecs")), strange(read_vectors(dir + "/strange.fvecs")) {
        FILE *f = fopen((dir + "/mates.txt").c_str(), "r");
        if (!f) fail("cannot open mates.txt");
        for (size_t m; fscanf(f, "%zu", &m) == 1;) mates.push_back(m);
        fclose(f);
        if (mates.size() != mated.rows) fail("mates.txt names other probes");
    }
    // probe i of a measurement: mated and strange ones in turn, as rostod is asked.
    const float *probe(size_t i) const { return i % 2 ? strange.row(i / 2 % strange.rows) : mated.row(i / 2 % mated.rows); }
};

// rate is searches a second of this thread's processor time.
template <class Search> double rate(double seconds, size_t &n, Search search) {
    size_t done = 0;
    double began = thread_seconds(), spent = 0;
    do {
        for (int i = 0; i < 20; i++, n++, done++) search(n);
        spent = thread_seconds() - began;
    } while (spent < seconds);
    return done / spent;
}

// found is the share of the first mated probes whose mate is the best that
// best(probe) answers, with a cosine from least up.
template <class Best> double found(const Set &s, double least, size_t probes, Best best) {
    size_t n = std::min(probes, s.mated.rows), hits = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t at = best(s.mated.row(i));
        hits += at == int64_t(s.mates[i]) && product(s.mated.row(i), s.base.row(at), s.base.dims) >= least;
    }
    return double(hits) / n;
}
