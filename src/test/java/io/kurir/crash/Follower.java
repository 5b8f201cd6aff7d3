package io.kurir.crash;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A client of the event stream that resumes after the last event that it has whenever the stream ends, or when it hangs up itself. Thread-safe. */
final class Follower implements AutoCloseable {
    private static final long AGAIN_MS = 200;
    private static final int UNTIL_HANGING_UP = 2_000;

    private final World world;
    private final Random random;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Long> positions = new ArrayList<>();
    private final Thread thread;
    private volatile boolean ended;
    private long last;
    private int connections;
    private int resets;

    /** @param after the position in the log to begin after */
    Follower(World world, long after, long seed) {
        this.world = world;
        this.last = after;
        this.random = new Random(seed);
        this.thread = Thread.ofVirtual().start(this::follow);
    }

    private void follow() {
        while (!ended) {
            try {
                HttpResponse<Stream<String>> stream = client.send(
                        world.request("/api/events")
                                .header("Last-Event-ID", Long.toString(last()))
                                .build(),
                        BodyHandlers.ofLines());
                try (Stream<String> lines = stream.body()) {
                    if (stream.statusCode() == 200) {
                        connected();
                        int until = 1 + random.nextInt(UNTIL_HANGING_UP);
                        lines.takeWhile(_ -> !ended)
                                .peek(this::read)
                                .limit(until)
                                .forEach(_ -> {});
                    }
                }
            } catch (IOException | java.io.UncheckedIOException broken) {
                // again, after what we have
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            try {
                Thread.sleep(AGAIN_MS);
            } catch (InterruptedException closed) {
                return;
            }
        }
    }

    private synchronized long last() {
        return last;
    }

    private synchronized void connected() {
        connections++;
    }

    private synchronized void read(String line) {
        if (line.startsWith("id:")) {
            last = Long.parseLong(line.substring(3).strip());
            positions.add(last);
        } else if (line.contains("\"type\":\"reset\"")) {
            resets++;
        }
    }

    /** As they came, repetitions too. */
    synchronized List<Long> positions() {
        return List.copyOf(positions);
    }

    synchronized int connections() {
        return connections;
    }

    synchronized int resets() {
        return resets;
    }

    @Override
    public void close() {
        ended = true;
        thread.interrupt();
        client.shutdownNow();
    }
}
