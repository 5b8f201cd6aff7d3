package io.kurir.crash;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that sends texts, each of them once and with its own number in it, and believes nobody: it tries again only where the answer says
 * (409, 429, 503), where the missing connection proves that nothing was taken, and where an answer was lost and no row is there. Several
 * requests are under way at once.
 */
final class Sends {
    private static final int AT_ONCE = 8;
    private static final long AGAIN_MS = 100;
    private static final long SETTLED_MS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<Integer> NOTHING_TAKEN = List.of(409, 429, 503);

    private final World world;
    private final Semaphore permits = new Semaphore(0);
    private final AtomicInteger next = new AtomicInteger();
    private final int total;
    private final List<Thread> threads = new ArrayList<>();
    /** Our stanza id of each text that was answered with a 2xx. */
    final Map<Integer, String> accepted = new ConcurrentHashMap<>();
    /** Texts whose answer was lost, or said that nobody knows, and that are committed all the same. */
    final Map<Integer, String> unanswered = new ConcurrentHashMap<>();

    final AtomicInteger lost = new AtomicInteger();
    final AtomicInteger retries = new AtomicInteger();

    Sends(World world, int total) {
        this.world = world;
        this.total = total;
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofVirtual().start(this::work));
        }
    }

    static String phone(int number) {
        return "62812000%03d1".formatted(number % AT_ONCE);
    }

    static List<String> phones() {
        return java.util.stream.IntStream.range(0, AT_ONCE)
                .mapToObj(Sends::phone)
                .toList();
    }

    static String text(int number) {
        return "text number " + number + ".";
    }

    /** Lets so many more go. */
    void release(int count) {
        permits.release(count);
    }

    /** Lets the rest go and waits until each has been answered, or never will be. */
    void finish() throws InterruptedException {
        permits.release(total + AT_ONCE);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void work() {
        try {
            while (true) {
                permits.acquire();
                int number = next.getAndIncrement();
                if (number >= total) {
                    return;
                }
                send(number);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody told what became of it: the row does, once no statement of a dead process can be under way any more. */
    private boolean committed(int number) {
        lost.incrementAndGet();
        Facts.pause(SETTLED_MS);
        List<Boolean> found = new ArrayList<>();
        Facts.await("PostgreSQL answers", PATIENCE, () -> found.add(world.records.has(text(number))));
        return found.getFirst();
    }

    private void send(int number) throws InterruptedException {
        while (true) {
            try {
                HttpResponse<String> answer = world.send(phone(number), text(number));
                if (answer.statusCode() / 100 == 2) {
                    JsonObject data = new JsonObject(answer.body()).getJsonObject("data");
                    accepted.put(number, data.getString("messageId"));
                    return;
                }
                if (!NOTHING_TAKEN.contains(answer.statusCode()) && committed(number)) {
                    unanswered.put(number, "HTTP " + answer.statusCode());
                    return;
                }
            } catch (ConnectException nobody) {
                // again
            } catch (IOException lost) {
                if (committed(number)) {
                    unanswered.put(number, lost.toString());
                    return;
                }
            }
            retries.incrementAndGet();
            Facts.pause(AGAIN_MS);
        }
    }
}
