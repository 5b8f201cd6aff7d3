package io.kurir.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TotalsTest {
    private final List<Promise<Long>> counts = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private final Totals<String> totals = new Totals<>(
            _ -> {
                Promise<Long> count = Promise.promise();
                counts.add(count);
                return count.future();
            },
            now::get);

    private long counted(long found) {
        Future<Long> total = totals.of("all");
        counts.getLast().tryComplete(found);
        return total.result();
    }

    private void pass(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void whatIsFewIsCountedEachTime() {
        assertThat(counted(9_999)).isEqualTo(9_999);
        assertThat(counted(9_998)).isEqualTo(9_998);
        assertThat(counts).hasSize(2);
    }

    @Test
    void whatIsManyIsBelievedForTenSeconds() {
        assertThat(counted(10_000)).isEqualTo(10_000);
        pass(9);
        assertThat(counted(-1)).isEqualTo(10_000);
        pass(2);
        assertThat(counted(10_001)).isEqualTo(10_001);
        assertThat(counts).hasSize(2);
    }

    @Test
    void oneCountsForAllWhoAskMeanwhile() {
        counted(20_000);
        pass(11);
        Future<Long> first = totals.of("all");
        Future<Long> second = totals.of("all");
        assertThat(counts).hasSize(2);
        counts.getLast().complete(20_001L);
        assertThat(first.result()).isEqualTo(20_001);
        assertThat(second.result()).isEqualTo(20_001);
    }

    @Test
    void aCountThatFailedIsNotRemembered() {
        counted(20_000);
        pass(11);
        Future<Long> failing = totals.of("all");
        counts.getLast().fail("the database is away");
        assertThat(failing.failed()).isTrue();
        assertThat(counted(20_002)).isEqualTo(20_002);
    }
}
