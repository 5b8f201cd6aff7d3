package io.kurir.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Everything at once: the JVM, the browser, PostgreSQL and Redis are killed with -9 at random moments while four devices send, single texts by clients
 * that repeat a request under its key until it is answered, and bulk jobs; two webhook receivers that fail now and then and two clients of the event
 * stream listen. Afterwards each recipient has each text exactly once, and every event has come to all who listen.
 *
 * <p>{@code -Dkurir.chaos.kills=N} is how often each is killed, {@code -Dkurir.chaos.texts=N} how many texts are sent, and
 * {@code -Dkurir.chaos.seed=N} repeats a run's choices (not its timing).
 * Over 300 lines: the storm and the judgement of it are to be read together.
 */
final class ChaosIT {
    private static final int DEVICES = 4;
    private static final int KILLS = Integer.getInteger("kurir.chaos.kills", 3);
    private static final int TEXTS = Integer.getInteger("kurir.chaos.texts", 600);
    private static final int CLIENTS = 8;
    private static final int MOMENT_MS = 1_200;
    private static final long AGAIN_MS = 150;
    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String DEVICES_PATH = "/api/whatsapp-multi-device/devices/";

    private final long seed = Long.getLong("kurir.chaos.seed", System.nanoTime() & 0xffffff);
    private final Random random = new Random(seed);
    private final Semaphore permits = new Semaphore(0);
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger repeats = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> refusals = new ConcurrentLinkedQueue<>();
    private final Map<Victim, Integer> killed = new TreeMap<>();
    private final List<String> jobs = new ArrayList<>();
    private volatile boolean supervised = true;

    private enum Victim {
        JVM,
        BROWSER,
        POSTGRES,
        REDIS
    }

    @Test
    void nothingAcceptedIsLost() throws Exception {
        System.out.println(
                "ChaosIT: seed " + seed + ", " + KILLS + " kills each, " + TEXTS + " texts on " + DEVICES + " devices");
        long begin = System.nanoTime();
        try (World world = new World("ChaosIT", LEASE, DEVICES, environment());
                Receiver one = new Receiver(seed + 1);
                Receiver two = new Receiver(seed + 2)) {
            world.link();
            subscribe(world, one);
            subscribe(world, two);
            long from = world.records.lastPosition();
            Thread supervisor = Thread.ofPlatform().start(() -> supervise(world));
            try (Follower first = new Follower(world, from, seed + 3);
                    Follower second = new Follower(world, from, seed + 4)) {
                storm(world, List.of(one, two));
                finished(world);
                System.out.println("  all messages have an outcome after " + seconds(begin) + " s");
                judgeMessages(world);
                judgeEvents(world, from, List.of(one, two), List.of(first, second));
            } finally {
                supervised = false;
                supervisor.join();
            }
        }
        System.out.println("ChaosIT: " + seconds(begin) + " s");
    }

    private static Map<String, String> environment() {
        return Map.of(
                "KURIR_DELIVERY_MAX_ATTEMPTS", "30",
                "KURIR_DELIVERY_ACK_TIMEOUT", "10s",
                "KURIR_WEBHOOK_ALLOW_URLS", "127.0.0.1",
                "KURIR_WEBHOOK_RETRY_DELAY", "500ms",
                "KURIR_WEBHOOK_PROBE_DELAY", "500ms");
    }

    private static long seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1_000_000_000;
    }

    private static void subscribe(World world, Receiver receiver) throws Exception {
        HttpResponse<String> answer = world.post("/api/webhooks", JsonObject.of("url", receiver.url()), receiver.url());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    /** As an operator's service manager would: a Kurir that ended is started again. */
    private void supervise(World world) {
        while (supervised) {
            if (!world.kurir.process().isAlive()) {
                try {
                    world.kurir.start();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
            Facts.pause(100);
        }
    }

    private void storm(World world, List<Receiver> receivers) throws Exception {
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> client(world)));
        }
        List<Victim> order = new ArrayList<>();
        for (Victim victim : Victim.values()) {
            order.addAll(Collections.nCopies(KILLS, victim));
        }
        Collections.shuffle(order, random);
        for (int i = 0; i < order.size(); i++) {
            if (i % Math.max(1, order.size() / DEVICES) == 0 && jobs.size() < DEVICES) {
                startJob(world, jobs.size());
            }
            permits.release(single() / order.size());
            if (i % 8 == 4) {
                receivers.get(i / 8 % 2).close();
            }
            Facts.pause(random.nextInt(MOMENT_MS));
            kill(world, order.get(i));
            if (i % 8 == 7) {
                receivers.get(i / 8 % 2).open();
            }
            if (random.nextBoolean()) {
                world.awaitAllConnected();
            }
        }
        permits.release(single() + CLIENTS);
        for (Thread client : clients) {
            client.join();
        }
        System.out.println("  killed                        " + killed);
    }

    private static int single() {
        return TEXTS / 2;
    }

    private static int perJob() {
        return (TEXTS - single()) / DEVICES;
    }

    private void kill(World world, Victim victim) {
        Facts.await(victim + " runs", PATIENCE, () -> {
            switch (victim) {
                case JVM -> world.kurir.process().toHandle().destroyForcibly();
                case BROWSER -> world.kurir.browser().destroyForcibly();
                case POSTGRES -> world.killPostgres();
                case REDIS -> world.killRedis();
            }
            return true;
        });
        killed.merge(victim, 1, Integer::sum);
    }

    /** The numbers from 0 are single texts, those from {@link #single} the items of jobs. */
    private static String recipient(int number) {
        return Sends.phone(number / DEVICES);
    }

    private void client(World world) {
        try {
            while (true) {
                permits.acquire();
                int number = next.getAndIncrement();
                if (number >= single()) {
                    return;
                }
                String path = DEVICES_PATH + World.device(number % DEVICES) + "/send-message";
                until2xx(
                        world,
                        path,
                        JsonObject.of("to", recipient(number), "message", Sends.text(number)),
                        seed + "-" + number);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Repeats the same request under the same key, whatever became of the one before. */
    private JsonObject until2xx(World world, String path, JsonObject body, String key) throws InterruptedException {
        while (true) {
            try {
                HttpResponse<String> answer = world.post(path, body, key);
                if (answer.statusCode() / 100 == 2) {
                    return new JsonObject(answer.body()).getJsonObject("data");
                }
                if (Set.of(400, 401, 403, 404, 422).contains(answer.statusCode())) {
                    refusals.add(key + ": " + answer.statusCode() + " " + answer.body());
                }
            } catch (IOException lost) {
                // nobody knows what became of it
            }
            repeats.incrementAndGet();
            Facts.pause(AGAIN_MS);
        }
    }

    private void startJob(World world, int device) throws InterruptedException {
        JsonArray items = new JsonArray();
        for (int i = 0; i < perJob(); i++) {
            int number = single() + device * perJob() + i;
            items.add(JsonObject.of("to", recipient(i), "message", Sends.text(number)));
        }
        String path = DEVICES_PATH + World.device(device) + "/jobs/send-text";
        JsonObject job = until2xx(world, path, JsonObject.of("messages", items, "delay", 0), seed + "-job-" + device);
        jobs.add(job.getString("jobId"));
    }

    private void finished(World world) {
        world.awaitAllConnected();
        Facts.await("every message has its outcome " + world.folder, PATIENCE, () -> {
            List<String> unfinished = world.records.withoutOutcome();
            if (!unfinished.isEmpty()) {
                throw new IllegalStateException(unfinished.size() + " without: " + unfinished.getFirst());
            }
            return true;
        });
        for (String job : jobs) {
            Facts.await("job " + job + " is completed", PATIENCE, () -> {
                JsonObject data = new JsonObject(world.get("/api/whatsapp-multi-device/jobs/" + job)
                                .body())
                        .getJsonObject("data");
                if (!data.getString("status").equals("completed")) {
                    throw new IllegalStateException(data.encode());
                }
                return true;
            });
        }
    }

    private void judgeMessages(World world) throws Exception {
        assertThat(refusals).as("requests that were refused").isEmpty();
        Map<String, Integer> submissions = new HashMap<>();
        world.submissions().forEach(one -> submissions.merge(one.getString("id"), 1, Integer::sum));
        Map<Integer, Long> byCount = new TreeMap<>(
                submissions.values().stream().collect(Collectors.groupingBy(count -> count, Collectors.counting())));
        System.out.println("  requests repeated             " + repeats.get());
        System.out.println("  submissions per message       " + byCount);
        Map<String, List<JsonObject>> shown = new HashMap<>();
        for (String phone : Sends.phones()) {
            world.inbox(phone)
                    .forEach(message -> shown.computeIfAbsent(message.getString("text"), _ -> new ArrayList<>())
                            .add(message));
        }
        List<String> broken = new ArrayList<>();
        for (int number = 0; number < single() + DEVICES * perJob(); number++) {
            List<JsonObject> seen = shown.getOrDefault(Sends.text(number), List.of());
            if (seen.size() != 1 || seen.getFirst().getInteger("shown") != 1) {
                broken.add(Sends.text(number) + " is shown as " + seen);
            }
        }
        System.out.println("  shown exactly once            " + (single() + DEVICES * perJob() - broken.size()));
        assertThat(broken).isEmpty();
        world.records.checkEvents();
        for (int i = 0; i < DEVICES; i++) {
            assertThat(world.maxConcurrent(i))
                    .as("sockets of " + World.device(i) + " at once")
                    .isLessThanOrEqualTo(1);
        }
    }

    private static void judgeEvents(World world, long from, List<Receiver> receivers, List<Follower> followers)
            throws Exception {
        Set<String> wanted = Set.copyOf(world.records.eventsAfter(from));
        System.out.println("  events                        " + wanted.size());
        for (Receiver receiver : receivers) {
            Facts.await("a receiver has every event", PATIENCE, () -> {
                List<String> missing = new ArrayList<>(wanted);
                missing.removeAll(receiver.arrivals().stream()
                        .map(arrival -> arrival.device() + " " + arrival.seq())
                        .collect(Collectors.toSet()));
                if (!missing.isEmpty()) {
                    throw new IllegalStateException(missing.size() + " missing, such as " + missing.getFirst());
                }
                return true;
            });
            System.out.println("  a receiver got                "
                    + receiver.arrivals().size() + " events, and " + receiver.repeated() + " again");
            assertThat(receiver.disorder()).as("order within chats").isEmpty();
        }
        Set<Long> logged = Set.copyOf(world.records.positionsAfter(from));
        for (Follower follower : followers) {
            Facts.await("a client of the stream has every event", PATIENCE, () -> {
                List<Long> missing = new ArrayList<>(logged);
                missing.removeAll(Set.copyOf(follower.positions()));
                if (!missing.isEmpty()) {
                    throw new IllegalStateException(missing.size() + " missing, such as " + missing.getFirst());
                }
                return true;
            });
            List<Long> got = follower.positions();
            System.out.println("  a client of the stream got    " + got.size() + " events over "
                    + follower.connections() + " connections");
            assertThat(got).as("each once, in order").isSorted().doesNotHaveDuplicates();
            assertThat(follower.resets()).isZero();
        }
    }
}
