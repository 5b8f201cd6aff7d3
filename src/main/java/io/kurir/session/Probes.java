package io.kurir.session;

import io.kurir.Settings;
import io.kurir.session.Healing.Cause;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.WhatsApp;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether a page that says it is connected really is. While WhatsApp's server confirms messages nothing is asked; else the page is
 * probed from time to time, and what fails twice running is told. So trouble is noticed within one interval and two time-outs.
 *
 * <p>Belongs to the session's context; {@link #sweep} drives it.
 */
final class Probes {
    /** The page gives each of its two questions 5 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private static final int FAILURES = 2;

    /** Hears what is wrong with the page that was probed, or may be. */
    interface Diagnosis {
        /** The page did not answer once: that may be its browser's fault, which is quickly asked. */
        void suspect();

        void sick(Cause cause, String reason);

        /** WhatsApp's server has answered the page. */
        void well();
    }

    private final Settings.Health settings;
    private final MeterRegistry meters;
    private final Diagnosis diagnosis;
    private Optional<WhatsApp.Page> page = Optional.empty();
    private long dueNanos;
    private boolean asking;
    private int failures;

    Probes(Settings.Health settings, MeterRegistry meters, Diagnosis diagnosis) {
        this.settings = settings;
        this.meters = meters;
        this.diagnosis = diagnosis;
    }

    /**
     * The page is connected from now on. The first probe comes early or late, so that devices that start together are not probed together;
     * {@code now}: at once.
     */
    void watch(WhatsApp.Page connected, boolean now) {
        page = Optional.of(connected);
        asking = false;
        failures = 0;
        long every = settings.probeEvery().toNanos();
        dueNanos = System.nanoTime() + ThreadLocalRandom.current().nextLong(every / 2, every + 1);
        if (now) {
            ask(connected);
        }
    }

    void stop() {
        page = Optional.empty();
    }

    /** WhatsApp's server confirmed something just now. */
    void heard() {
        failures = 0;
        dueNanos = System.nanoTime() + settings.probeEvery().toNanos();
        diagnosis.well();
    }

    void sweep() {
        if (!asking && System.nanoTime() - dueNanos >= 0) {
            page.ifPresent(this::ask);
        }
    }

    private void ask(WhatsApp.Page asked) {
        asking = true;
        long before = System.nanoTime();
        asked.execute(new Command.Probe(), PATIENCE).onComplete(done -> {
            if (page.filter(current -> current == asked).isEmpty()) {
                return; // no longer the page that is connected
            }
            asking = false;
            meters.timer("kurir.probe").record(System.nanoTime() - before, TimeUnit.NANOSECONDS);
            Optional<Cause> wrong = done.succeeded() ? judged(done.result()) : judged(done.cause());
            wrong.ifPresentOrElse(cause -> failed(asked, cause), this::heard);
        });
    }

    private static Optional<Cause> judged(Command.Pulse pulse) {
        if (!pulse.store()) {
            return Optional.of(Cause.STORE);
        }
        return pulse.server() ? Optional.empty() : Optional.of(Cause.DEAF);
    }

    private static Optional<Cause> judged(Throwable fault) {
        if (!(fault instanceof PageException unanswered)) {
            return Optional.of(Cause.FROZEN);
        }
        return switch (unanswered.kind()) {
            case TIMEOUT -> Optional.of(Cause.FROZEN);
            case FAILED, REFUSED -> Optional.of(Cause.CRASHED);
            // told by an event of its own
            case GONE, FENCED -> Optional.empty();
        };
    }

    private void failed(WhatsApp.Page asked, Cause cause) {
        meters.counter("kurir.probe.failed", "cause", cause.word()).increment();
        failures++;
        if (failures < FAILURES) {
            if (cause == Cause.FROZEN) {
                diagnosis.suspect();
            }
            ask(asked);
            return;
        }
        stop();
        diagnosis.sick(
                cause,
                switch (cause) {
                    case FROZEN -> "the page does not answer";
                    case DEAF -> "WhatsApp's server does not answer the page";
                    case STORE -> "the page cannot store";
                    case CRASHED, BROWSER, SOCKET, OPENING, REPLACED -> "the page does not work";
                });
    }
}
