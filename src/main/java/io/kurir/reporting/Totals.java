package io.kurir.reporting;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Counts of what matches, exact up to 10,000. What was more is believed for 10 seconds, and counted by one at a time: counting a million takes a tenth
 * of a second of a core, which a page of 20 must not, and whoever pages through so many does not see one more. Safe for all threads.
 */
final class Totals<K> {
    private static final long LARGE = 10_000;
    private static final long NANOS = Duration.ofSeconds(10).toNanos();
    private static final int MOST = 1_000;

    private final ConcurrentHashMap<K, Known> large = new ConcurrentHashMap<>();
    private final Function<K, Future<Long>> source;
    private final LongSupplier nanos;

    private record Known(Future<Long> total, long until) {}

    Totals(Function<K, Future<Long>> source) {
        this(source, System::nanoTime);
    }

    Totals(Function<K, Future<Long>> source, LongSupplier nanos) {
        this.source = source;
        this.nanos = nanos;
    }

    Future<Long> of(K what) {
        Known known = large.get(what);
        if (known == null) {
            return counted(what);
        }
        if (nanos.getAsLong() - known.until < 0) {
            return known.total;
        }
        Promise<Long> anew = Promise.promise();
        if (!large.replace(what, known, known(anew.future()))) {
            return of(what); // somebody else counts
        }
        counted(what).onComplete(anew);
        return anew.future();
    }

    private Future<Long> counted(K what) {
        return source.apply(what)
                .onSuccess(total -> {
                    if (total < LARGE) {
                        large.remove(what);
                        return;
                    }
                    large.values().removeIf(old -> nanos.getAsLong() - old.until >= 0);
                    if (large.size() >= MOST) {
                        large.clear(); // rather counted anew than grown without bound
                    }
                    large.put(what, known(Future.succeededFuture(total)));
                })
                .onFailure(_ -> large.remove(what));
    }

    private Known known(Future<Long> total) {
        return new Known(total, nanos.getAsLong() + NANOS);
    }
}
