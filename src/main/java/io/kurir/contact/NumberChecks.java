package io.kurir.contact;

import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.redis.client.RedisAPI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers of WhatsApp to "is this number on WhatsApp?", remembered: in this node's memory, and in Redis for all nodes. With Redis away only
 * the memory remembers. A "no" is soon asked again, since people join.
 */
public final class NumberChecks {
    private static final Logger log = LoggerFactory.getLogger(NumberChecks.class);
    private static final Duration YES = Duration.ofHours(24);
    private static final Duration NO = Duration.ofMinutes(2);
    private static final int REMEMBERED = 20_000;
    private static final String KEY = "kurir:number:";

    private record Answer(boolean there, long untilNanos) {}

    private final Optional<RedisAPI> redis;
    private final Map<Jid, Answer> memory = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Jid, Answer> eldest) {
            return size() > REMEMBERED;
        }
    });

    public NumberChecks(Optional<RedisAPI> redis) {
        this.redis = redis;
    }

    /** Whether the number is on WhatsApp; {@code ask} is called where nobody remembers. */
    public Future<Boolean> check(Jid number, Supplier<Future<Boolean>> ask) {
        Answer known = memory.getOrDefault(number, new Answer(false, System.nanoTime()));
        if (known.untilNanos() - System.nanoTime() > 0) {
            return Future.succeededFuture(known.there());
        }
        return remembered(number)
                .compose(answer -> answer.isPresent()
                        ? Future.succeededFuture(keep(number, answer.get()))
                        : ask.get().map(there -> {
                            tell(number, there);
                            return keep(number, there);
                        }));
    }

    /** Whether {@link #check} would answer without asking anybody; true also for what is no phone number. */
    public boolean remembers(Jid number) {
        return !number.isPhone()
                || memory.getOrDefault(number, new Answer(false, System.nanoTime()))
                                        .untilNanos()
                                - System.nanoTime()
                        > 0;
    }

    private Future<Optional<Boolean>> remembered(Jid number) {
        return redis.map(store -> store.get(KEY + number)
                        .map(value -> Optional.ofNullable(value)
                                .map(found -> found.toString().equals("1")))
                        .otherwise(away -> {
                            log.debug("redis is away: {}", away.getMessage());
                            return Optional.empty();
                        }))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    }

    private void tell(Jid number, boolean there) {
        redis.ifPresent(
                store -> store.setex(KEY + number, Long.toString((there ? YES : NO).toSeconds()), there ? "1" : "0")
                        .onFailure(away -> log.debug("redis is away: {}", away.getMessage())));
    }

    private boolean keep(Jid number, boolean there) {
        memory.put(number, new Answer(there, System.nanoTime() + (there ? YES : NO).toNanos()));
        return there;
    }
}
