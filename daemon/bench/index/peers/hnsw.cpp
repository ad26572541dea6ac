// hnsw DIR COS PROBES SECONDS: hnswlib's graph (M 16, efConstruction 200),
// built by two threads. A line for each ef: what, searches a second of a
// processor, TPIR; and the processor time of the build.
#include "common.h"
#include <hnswlib/hnswlib.h>
#include <thread>

int main(int count, char **words) {
    if (count != 5) fail("hnsw DIR COS PROBES SECONDS");
    Set set(words[1]);
    double least = atof(words[2]), seconds = atof(words[4]);
    size_t probes = size_t(atol(words[3]));
    hnswlib::InnerProductSpace space(set.base.dims);
    hnswlib::HierarchicalNSW<float> graph(&space, set.base.rows, 16, 200);
    double began = process_seconds();
    graph.addPoint(set.base.row(0), 0);
    std::vector<std::thread> threads;
    for (size_t t = 0; t < 2; t++)
        threads.emplace_back([&, t] {
            for (size_t i = 1 + t; i < set.base.rows; i += 2) graph.addPoint(set.base.row(i), i);
        });
    for (auto &t : threads) t.join();
    double built = process_seconds() - began;
    for (size_t ef : {40, 160, 640}) {
        graph.setEf(ef);
        auto best = [&](const float *q) {
            auto near = graph.searchKnn(q, 10);
            while (near.size() > 1) near.pop();
            return near.empty() ? int64_t(0) : int64_t(near.top().second);
        };
        double tpir = found(set, least, probes, best);
        size_t n = 0;
        printf("hnswlib, ef %zu\t%.1f\t%.4f\t%.2f\n", ef, rate(seconds, n, [&](size_t i) { best(set.probe(i)); }), tpir, built);
        fflush(stdout);
    }
}
