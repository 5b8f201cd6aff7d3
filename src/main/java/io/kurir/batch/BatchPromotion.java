package io.kurir.batch;

import io.kurir.Names;
import io.kurir.batch.BatchQueueStore.Due;
import io.kurir.batch.BatchQueueStore.Item;
import io.kurir.batch.BatchQueueStore.Turn;
import io.kurir.message.Lane;
import io.kurir.message.Outbox;
import io.kurir.message.OutboxWriter;
import io.kurir.message.StanzaId;
import io.kurir.schedule.Promotion;
import io.kurir.suppression.Suppression;
import io.kurir.suppression.Suppressions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/**
 * Makes messages of the items of batches when they are due, a few dozen per device at a time, so that a broadcast of 100,000 costs the outbox no more
 * than that. The batch that waits longest has its turn, so batches of one device take turns. All that it needs is in the rows: whoever runs it
 * goes on where another one stopped.
 */
public final class BatchPromotion implements Promotion {
    private static final int BATCHES = 20;
    private static final int MOST_PER_DEVICE = 48;
    /** After something was promoted more may be due before the scheduler would look: when the outbox has room again. */
    private static final List<Duration> SOON =
            List.of(Duration.ofMillis(15), Duration.ofMillis(40), Duration.ofMillis(90));

    private record Promoted(Map<String, Integer> devices, int count) {
        static final Promoted NOTHING = new Promoted(Map.of(), 0);
    }

    private final Vertx vertx;
    private final BatchQueueStore store;
    private final Outbox outbox;
    private final IntSupplier perMinute;
    /** How often nothing was due in a row. Only the scheduler's context touches it. */
    private int idle = SOON.size();

    /** @param perMinute the budget of a device */
    public BatchPromotion(Vertx vertx, Pool pool, Outbox outbox, IntSupplier perMinute) {
        this.vertx = vertx;
        this.store = new BatchQueueStore(pool);
        this.outbox = outbox;
        this.perMinute = perMinute;
    }

    @Override
    public String name() {
        return "batches";
    }

    @Override
    public Future<Boolean> promote() {
        return turn().compose(count -> {
            idle = count > 0 ? 0 : Math.min(idle + 1, SOON.size());
            return idle < SOON.size()
                    ? vertx.timer(SOON.get(idle).toMillis()).map(true)
                    : Future.succeededFuture(false);
        });
    }

    private Future<Integer> turn() {
        return store.inTransaction(this::turn).map(promoted -> {
            promoted.devices().forEach(outbox::nudge);
            return promoted.count();
        });
    }

    private Future<Promoted> turn(SqlClient transaction) {
        return BatchQueueStore.take(transaction, BATCHES, MOST_PER_DEVICE).compose(due -> {
            if (due.isEmpty()) {
                return Future.succeededFuture(Promoted.NOTHING);
            }
            List<Turn> turns = due.stream().map(this::turn).toList();
            return BatchQueueStore.items(transaction, turns).compose(items -> put(transaction, turns, items));
        });
    }

    private Turn turn(Due batch) {
        Pace.Turn turn = batch.pace()
                .turn(
                        batch.dueAt(),
                        batch.now(),
                        batch.room(),
                        perMinute.getAsInt(),
                        () -> ThreadLocalRandom.current().nextLong(Pace.SHORTEST_MS, Pace.LONGEST_MS + 1));
        return new Turn(batch, turn.count(), turn.next());
    }

    private Future<Promoted> put(SqlClient transaction, List<Turn> turns, List<Item> items) {
        Map<Long, Due> batches =
                turns.stream().collect(Collectors.toMap(turn -> turn.batch().id(), Turn::batch));
        List<Suppressions.Letter> letters =
                items.stream().map(item -> letter(of(batches, item), item)).toList();
        return Suppressions.among(transaction, letters).compose(unwanted -> {
            List<OutboxWriter.Entry> entries = items.stream()
                    .map(item -> entry(of(batches, item), item, unwanted))
                    .toList();
            Future<?> put = entries.isEmpty() ? Future.succeededFuture() : OutboxWriter.put(transaction, entries);
            return put.compose(_ -> BatchQueueStore.advance(transaction, turns, items))
                    .map(_ -> new Promoted(perDevice(entries), entries.size()));
        });
    }

    private static Due of(Map<Long, Due> batches, Item item) {
        return Optional.ofNullable(batches.get(item.batch())).orElseThrow();
    }

    private static Map<String, Integer> perDevice(List<OutboxWriter.Entry> entries) {
        Map<String, Integer> devices = new HashMap<>();
        entries.stream()
                .filter(entry -> entry.refused().isEmpty())
                .forEach(entry -> devices.merge(entry.deviceId(), 1, Integer::sum));
        return devices;
    }

    private static Suppressions.Letter letter(Due batch, Item item) {
        return new Suppressions.Letter(batch.deviceId(), item.chat(), item.quoted());
    }

    private static OutboxWriter.Entry entry(Due batch, Item item, Set<Suppressions.Letter> unwanted) {
        boolean refused = unwanted.contains(letter(batch, item));
        return new OutboxWriter.Entry(
                batch.deviceId(),
                stanzaId(batch.seed(), item.index()),
                item.chat(),
                item.content(),
                item.media(),
                item.quoted(),
                item.mentions(),
                item.typing(),
                Lane.BROADCAST,
                Optional.empty(),
                Optional.of(batch.id()),
                item.index(),
                Optional.empty(),
                "",
                refused ? Optional.of(Suppression.REFUSED) : Optional.empty());
    }

    /** The id of one of a batch's messages: known before there is a message. */
    static String stanzaId(Buffer seed, int index) {
        return StanzaId.mint(Names.of(seed.copy().appendInt(index).getBytes()));
    }
}
