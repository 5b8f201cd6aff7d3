package io.kurir.crash;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waiting for facts, never for time alone. */
final class Facts {
    private static final long LOOK_MS = 20;

    private Facts() {}

    /** Looks until it holds; a look that throws is one that did not find it, since what is looked at may be dead at the moment. */
    static void await(String fact, Duration patience, Callable<Boolean> holds) {
        long deadline = System.nanoTime() + patience.toNanos();
        String fault = "";
        while (true) {
            try {
                if (holds.call()) {
                    return;
                }
                fault = "";
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            } catch (Exception dead) {
                fault = " (" + dead + ")";
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(fact + ": not within " + patience.toSeconds() + " s" + fault);
            }
            pause(LOOK_MS);
        }
    }

    static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }
}
