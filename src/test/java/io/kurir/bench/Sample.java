package io.kurir.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run of sends took.
 *
 * @param millis the latency of each send, sorted; empty where the caller cannot tell them apart
 * @param seconds from the first request to the last answer
 */
record Sample(List<Double> millis, double seconds, int sends) {

    static Sample of(double[] millis, double seconds) {
        return new Sample(Arrays.stream(millis).sorted().boxed().toList(), seconds, millis.length);
    }

    double percentile(double share) {
        return millis.get(Math.min(millis.size() - 1, (int) Math.ceil(share * millis.size()) - 1));
    }

    double perSecond() {
        return sends / seconds;
    }

    static double median(List<Sample> runs, ToDoubleFunction<Sample> of) {
        return median(runs.stream().mapToDouble(of).toArray());
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
