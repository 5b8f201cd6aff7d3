package io.kurir.whatsapp.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.TimeoutError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one Playwright of this JVM, on its own thread, because Playwright belongs to the thread that made it and costs a Node process of about
 * 140 MB. Browsers share it; it ends with the last of them, and a new one is started when it has died.
 *
 * <p>Its thread keeps Playwright pumped while a browser is open: a Playwright that nobody reads from blocks after 1,000 messages.
 */
final class PlaywrightDriver {
    private static final Logger LOG = LoggerFactory.getLogger(PlaywrightDriver.class);

    /** How long one wait lasts, ms; within it Playwright dispatches what arrives and looks for work every 10 ms. */
    private static final double PUMP_MS = 60_000;

    private static Optional<PlaywrightDriver> shared = Optional.empty();

    private final BlockingQueue<Work<?>> work = new LinkedBlockingQueue<>();
    /** Owned by the driver's thread: the browsers that are open, the newest first. */
    private final Deque<BrowserContext> open = new ArrayDeque<>();
    /** Guarded by the class. */
    private int users;

    private boolean ended;

    private record Work<T>(Function<Playwright, T> task, Promise<T> promise) {
        void run(Playwright playwright) {
            try {
                promise.complete(task.apply(playwright));
            } catch (RuntimeException fault) {
                promise.fail(fault);
            }
        }
    }

    private PlaywrightDriver() {}

    /** The shared driver, started if need be; whoever takes it gives it back with {@link #release}. */
    static PlaywrightDriver acquire() {
        synchronized (PlaywrightDriver.class) {
            PlaywrightDriver driver = shared.filter(one -> !one.ended).orElseGet(PlaywrightDriver::start);
            shared = Optional.of(driver);
            driver.users++;
            return driver;
        }
    }

    void release() {
        synchronized (PlaywrightDriver.class) {
            users--;
            if (users == 0) {
                ended = true;
                work.add(new Work<>(playwright -> true, Promise.promise())); // wakes the thread, which then ends
            }
        }
    }

    /** Runs a task on Playwright's thread; the future completes there. */
    <T> Future<T> submit(Function<Playwright, T> task) {
        Promise<T> promise = Promise.promise();
        synchronized (PlaywrightDriver.class) {
            if (ended) {
                promise.fail(new IllegalStateException("Playwright's driver has ended"));
            } else {
                work.add(new Work<>(task, promise));
            }
        }
        return promise.future();
    }

    /** Called by a task: keeps this browser's messages flowing until it closes. */
    void pump(BrowserContext context) {
        open.addFirst(context);
        context.onClose(open::remove);
    }

    private static PlaywrightDriver start() {
        PlaywrightDriver driver = new PlaywrightDriver();
        Thread.ofPlatform().name("playwright").daemon(true).start(driver::run);
        return driver;
    }

    private void run() {
        Playwright.CreateOptions options =
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
        try (Playwright playwright = Playwright.create(options)) {
            while (!hasEnded()) {
                if (open.isEmpty() || !work.isEmpty()) {
                    work.take().run(playwright);
                } else {
                    wait(playwright, open.getFirst());
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException fault) {
            LOG.error("Playwright's driver died; the next browser starts a new one", fault);
        } finally {
            end();
        }
    }

    /** Throws if the driver itself is dead; a browser that died is only forgotten. */
    private void wait(Playwright playwright, BrowserContext context) {
        try {
            context.waitForCondition(
                    () -> !work.isEmpty(), new BrowserContext.WaitForConditionOptions().setTimeout(PUMP_MS));
        } catch (TimeoutError quiet) {
            // nothing to do for a minute: look again
        } catch (PlaywrightException fault) {
            open.remove(context);
            playwright.request().newContext().dispose();
        }
    }

    private boolean hasEnded() {
        synchronized (PlaywrightDriver.class) {
            return ended && work.isEmpty();
        }
    }

    private void end() {
        synchronized (PlaywrightDriver.class) {
            ended = true;
            work.forEach(one -> one.promise().fail(new IllegalStateException("Playwright's driver has ended")));
            work.clear();
        }
    }
}
