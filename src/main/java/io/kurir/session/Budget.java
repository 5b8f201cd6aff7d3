package io.kurir.session;

import io.kurir.http.Problem;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Whether this node's browsers may take one more device. A device that runs already is never put out. */
final class Budget {
    /** What a browser costs with its first device, and each further device, before there is anything to measure by; bytes. */
    private static final long FIRST = 400L << 20;

    private static final long FURTHER = 60L << 20;

    private final long budget;

    /** @param budget bytes */
    Budget(long budget) {
        this.budget = budget;
    }

    /**
     * {@code NODE_FULL} when it would not fit.
     *
     * @param used bytes of all browsers when last looked at; devices that came since count by what one costs
     * @param devices how many run or are about to
     */
    Optional<Problem> refusal(long used, int devices, boolean freshBrowser) {
        long known = Math.max(used, devices * FURTHER);
        long more = freshBrowser ? FIRST : Math.max(FURTHER, devices == 0 ? 0 : used / devices / 2);
        if (known + more <= budget) {
            return Optional.empty();
        }
        return Optional.of(Problem.later(
                Problem.Code.NODE_FULL,
                "this node's browsers use %s of the %s that whatsapp.memory-budget grants them; another device needs about %s"
                        .formatted(megabytes(known), megabytes(budget), megabytes(more)),
                Duration.ofMinutes(1)));
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%d MB", bytes >> 20);
    }
}
