package io.kurir.contact;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Answers of pages that are good for a moment: whoever asks the same within it, or while the first asks still, gets the same answer. A failure is
 * not kept. Safe for several threads.
 */
public final class Recent<R> {
    private static final int MOST_KEPT = 1_000;

    private record Kept<R>(Future<R> answer, long untilNanos) {
        boolean good() {
            return untilNanos - System.nanoTime() > 0 && !answer.failed();
        }
    }

    private final ConcurrentHashMap<String, Kept<R>> kept = new ConcurrentHashMap<>();
    private final Duration moment;

    public Recent(Duration moment) {
        this.moment = moment;
    }

    /** {@code ask} is called where there is no recent answer to {@code question}. */
    public Future<R> get(String question, Supplier<Future<R>> ask) {
        if (kept.size() > MOST_KEPT) {
            kept.values().removeIf(each -> !each.good());
        }
        Kept<R> recent = kept.compute(
                question,
                (_, before) -> before != null && before.good()
                        ? before
                        : new Kept<>(ask.get(), System.nanoTime() + moment.toNanos()));
        return recent.answer();
    }

    /** The answer has changed. */
    public void forget(String question) {
        kept.remove(question);
    }
}
