package io.kurir.cli;

import io.kurir.Misconfigured;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Kurir's own keys in Redis; others' are not looked at. They are found by SCAN, so that Redis goes on serving meanwhile. */
final class OwnKeys implements AutoCloseable {
    /** What every key of ours begins with; the category follows. */
    static final String PREFIX = "kurir:";

    /** What each category is; a key of another one was left by an older release. */
    static final Map<String, String> CATEGORIES = Map.of(
            "login", "tries to log in",
            "number", "numbers that were looked up on WhatsApp",
            "rate", "requests that count",
            "ticket", "tickets for event streams");

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAGE = 500;
    /** PTTL of a key that is not there. */
    private static final long GONE = -2;

    private final Vertx vertx;
    private final Redis client;
    private final RedisAPI redis;

    /** One key. {@code ttl} is empty where it is kept for ever. */
    record Key(String name, String category, long bytes, Optional<Duration> ttl) {
        boolean orphan() {
            return !CATEGORIES.containsKey(category);
        }

        /** Whether nobody will ask for it or it would never go: all that is ours may be forgotten, and has an end. */
        boolean removable() {
            return orphan() || ttl.isEmpty();
        }
    }

    /** Throws Misconfigured where Redis does not answer. */
    OwnKeys(Vertx vertx, String url) throws Exception {
        this.vertx = vertx;
        this.client = Redis.createClient(vertx, url);
        this.redis = RedisAPI.api(client);
        try {
            answer(redis.ping(List.of()));
        } catch (Exception e) {
            throw new Misconfigured("Redis does not answer (" + e.getMessage() + "): start it, or correct REDIS_URL.");
        }
    }

    /** All of them, each once. */
    List<Key> all() throws Exception {
        List<Key> keys = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        String cursor = "0";
        do {
            Response page = answer(redis.scan(List.of(cursor, "MATCH", PREFIX + "*", "COUNT", String.valueOf(PAGE))));
            cursor = page.get(0).toString();
            List<String> names = new ArrayList<>();
            page.get(1).forEach(name -> names.add(name.toString()));
            names.removeIf(name -> !seen.add(name)); // SCAN may tell a key twice
            List<Future<Optional<Key>>> asked = names.stream().map(this::key).toList();
            Node.await(Future.all(asked), PATIENCE);
            asked.forEach(each -> each.result().ifPresent(keys::add));
        } while (!cursor.equals("0"));
        return keys;
    }

    /** Empty where it has gone meanwhile. */
    private Future<Optional<Key>> key(String name) {
        Future<Long> bytes = redis.memory(List.of("USAGE", name)).map(found -> found == null ? GONE : number(found));
        Future<Long> millis = redis.pttl(name).map(OwnKeys::number);
        return bytes.compose(size -> millis.map(left -> size == GONE || left == GONE
                ? Optional.empty()
                : Optional.of(new Key(
                        name,
                        category(name),
                        size,
                        left < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(left))))));
    }

    private static long number(@Nullable Response response) {
        return Long.parseLong(String.valueOf(response));
    }

    private static Response answer(Future<@Nullable Response> asked) throws Exception {
        return Node.await(asked.map(Objects::requireNonNull), PATIENCE);
    }

    private static String category(String name) {
        return name.substring(PREFIX.length()).split(":", 2)[0];
    }

    /** How many were still there. */
    long remove(List<Key> keys) throws Exception {
        long removed = 0;
        for (int from = 0; from < keys.size(); from += PAGE) {
            List<String> names = keys.subList(from, Math.min(keys.size(), from + PAGE)).stream()
                    .map(Key::name)
                    .toList();
            removed += number(answer(redis.unlink(names)));
        }
        return removed;
    }

    /** What {@code INFO} says, by name. */
    Map<String, String> info() throws Exception {
        Map<String, String> info = new java.util.HashMap<>();
        answer(redis.info(List.of()))
                .toString()
                .lines()
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2)
                .forEach(parts -> info.put(parts[0], parts[1]));
        return info;
    }

    @Override
    public void close() {
        client.close();
        vertx.close();
    }
}
