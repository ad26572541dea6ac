// faiss DIR COS PROBES SECONDS: faiss's exact index of float32, and its inverted
// lists, on one thread. A line for each: what, searches a second of a
// processor, TPIR, and the processor time of the build.
#include "common.h"
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <omp.h>

int main(int count, char **words) {
    if (count != 5) fail("faiss DIR COS PROBES SECONDS");
    Set set(words[1]);
    double least = atof(words[2]), seconds = atof(words[4]);
    size_t probes = size_t(atol(words[3]));
    omp_set_num_threads(1);
    auto measure = [&](const char *name, faiss::Index &index, double built) {
        auto best = [&](const float *q) {
            float scores[10];
            int64_t rows[10];
            index.search(1, q, 10, scores, rows);
            return rows[0] < 0 ? int64_t(0) : int64_t(rows[0]);
        };
        double tpir = found(set, least, probes, best);
        size_t n = 0;
        printf("%s\t%.1f\t%.4f\t%.2f\n", name, rate(seconds, n, [&](size_t i) { best(set.probe(i)); }), tpir, built);
        fflush(stdout);
    };
    double began = process_seconds();
    faiss::IndexFlatIP flat(int(set.base.dims));
    flat.add(int64_t(set.base.rows), set.base.row(0));
    measure("faiss, exact float32", flat, process_seconds() - began);
    if (set.base.rows > 200000) return 0; // its k-means takes minutes beyond
    began = process_seconds();
    size_t lists = size_t(4 * sqrt(double(set.base.rows)));
    faiss::IndexFlatIP coarse(int(set.base.dims));
    faiss::IndexIVFFlat inverted(&coarse, set.base.dims, lists, faiss::METRIC_INNER_PRODUCT);
    inverted.train(int64_t(set.base.rows), set.base.row(0));
    inverted.add(int64_t(set.base.rows), set.base.row(0));
    double built = process_seconds() - began;
    for (size_t share : {16, 4}) {
        inverted.nprobe = lists / share;
        std::string name = "faiss, 1 in " + std::to_string(share) + " of " + std::to_string(lists) + " lists";
        measure(name.c_str(), inverted, built);
    }
}
