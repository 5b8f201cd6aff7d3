package io.kurir.crash;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that knows the addresses of all nodes and sends so many texts a second, to one device after the other. Each is repeated under its key, at one
 * node after the other, until it is answered with a 2xx. Thread-safe.
 */
final class Steady implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(8);
    private static final long AGAIN_MS = 500;
    private static final Set<Integer> REFUSED = Set.of(400, 401, 403, 404, 422);

    final Queue<String> refusals = new ConcurrentLinkedQueue<>();
    final AtomicInteger repeats = new AtomicInteger();
    private final World world;
    private final int devices;
    private final String run;
    private final long everyMs;
    private final Phaser underWay = new Phaser(1);
    private volatile boolean closed;
    private boolean running;
    private int count;

    /** @param run in its keys: another run's are others */
    Steady(World world, int devices, int perSecond, String run) {
        this.world = world;
        this.devices = devices;
        this.run = run;
        this.everyMs = 1_000 / perSecond;
        Thread.ofVirtual().start(this::pace);
    }

    static String recipient(int number, int devices) {
        return Sends.phone(number / devices);
    }

    synchronized void go() {
        running = true;
    }

    private synchronized int stop() {
        running = false;
        return count;
    }

    /** Sends no more and waits until each was answered; how many there are by now. */
    int rest() {
        int sent = stop();
        underWay.arriveAndAwaitAdvance();
        return sent;
    }

    private void pace() {
        while (!closed) {
            launch();
            Facts.pause(everyMs);
        }
    }

    private synchronized void launch() {
        if (!running) {
            return;
        }
        underWay.register();
        int number = count++;
        Thread.ofVirtual().start(() -> {
            try {
                send(number);
            } finally {
                underWay.arriveAndDeregister();
            }
        });
    }

    private void send(int number) {
        String path = "/api/whatsapp-multi-device/devices/" + World.device(number % devices) + "/send-message";
        JsonObject body = JsonObject.of("to", recipient(number, devices), "message", Sends.text(number));
        String key = run + "-" + number;
        for (int attempt = 0; !closed; attempt++) {
            try {
                HttpResponse<String> answer =
                        world.post((number + attempt) % world.nodes.size(), path, body, key, ANSWER);
                if (answer.statusCode() / 100 == 2) {
                    return;
                }
                if (REFUSED.contains(answer.statusCode())) {
                    refusals.add(key + ": " + answer.statusCode() + " " + answer.body());
                }
            } catch (IOException lost) {
                // nobody knows what became of it: the key does
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            repeats.incrementAndGet();
            Facts.pause(AGAIN_MS);
        }
    }

    @Override
    public void close() {
        closed = true;
        stop();
    }
}
