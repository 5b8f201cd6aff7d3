package io.kurir.batch;

import io.kurir.Names;
import io.kurir.Settings;
import io.kurir.access.Reach;
import io.kurir.http.Problem;
import io.kurir.message.Contents;
import io.kurir.message.Draft;
import io.kurir.message.Messages;
import io.kurir.message.Messages.NewMessage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Some messages by one request that waits for them: committed together as a batch, sent one after the other with a pause between. To be called on a
 * virtual thread.
 */
public final class Bulk {

    /** {@code items} are there as far as they are promoted; all of them have an outcome when it is finished. */
    public record Sent(Batch batch, List<Batch.Item> items) {
        public boolean finished() {
            return batch.pending() == 0;
        }
    }

    private static final Duration LOOK = Duration.ofMillis(500);

    private final Messages messages;
    private final BatchStore store;
    private final StagingStore stagings;
    private final Settings.Send settings;

    public Bulk(Pool pool, Messages messages, Settings.Send settings) {
        this.messages = messages;
        this.store = new BatchStore(pool);
        this.stagings = new StagingStore(pool);
        this.settings = settings;
    }

    /**
     * Accepts them all and waits for their outcomes, at most {@code send.sync-timeout}.
     *
     * @param delay between two of them; empty: 2 to 5 s at random
     * @throws Problem {@code INVALID_PAYLOAD} naming the item, {@code SESSION_NOT_READY}, {@code RATE_LIMITED}: nothing stored
     */
    public Sent send(
            Reach reach, Names names, String deviceId, String kind, List<NewMessage> items, Optional<Duration> delay) {
        NewBatch batch = NewBatch.named(
                names,
                kind,
                Optional.empty(),
                Optional.empty(),
                false,
                new Pace(delay, Optional.empty(), 100),
                Optional.empty(),
                Optional.empty());
        if (names.repeatable()) {
            Optional<Sent> before = earlier(reach, names.again(), items.size());
            if (before.isPresent()) {
                return before.get();
            }
            stagings.drop(deviceId, batch.jobId()).await();
        }
        messages.requireConnected(reach, deviceId);
        List<NewBatch.Item> drafts = new ArrayList<>();
        for (NewMessage item : items) {
            drafts.add(item(drafts.size(), messages.draft(reach, deviceId, item)));
        }
        return messages.inPlace(deviceId, () -> sendAndWait(reach, deviceId, batch, drafts));
    }

    private Sent sendAndWait(Reach reach, String deviceId, NewBatch batch, List<NewBatch.Item> drafts) {
        List<String> ids = drafts.stream()
                .map(item -> BatchPromotion.stanzaId(batch.seed(), item.index()))
                .toList();
        List<Future<?>> outcomes = new ArrayList<>();
        ids.forEach(id -> outcomes.add(messages.outcome(id)));
        try {
            write(deviceId, batch, drafts);
            await(reach, batch.jobId(), Future.join(outcomes));
        } finally {
            ids.forEach(messages::forget);
        }
        return sent(reach, batch.jobId(), drafts.size());
    }

    /**
     * What an earlier run of the same request has made, as it is now; to be asked before anything that could refuse the repeat.
     *
     * @param names at their beginning, and used up: {@code names.again()}
     */
    public Optional<Sent> earlier(Reach reach, Names names, int count) {
        if (!names.repeatable()) {
            return Optional.empty();
        }
        String jobId = NewBatch.jobId(names);
        return names.past() || store.get(reach, jobId).await().isPresent()
                ? Optional.of(sent(reach, jobId, count))
                : Optional.empty();
    }

    /** Who said stop is never told of as settled, and a notice may be lost: so the rows are looked at too. */
    private void await(Reach reach, String jobId, Future<?> outcomes) {
        long until = System.nanoTime() + settings.syncTimeout().toNanos();
        boolean finished = false;
        for (long left = settings.syncTimeout().toNanos(); left > 0 && !finished; left = until - System.nanoTime()) {
            finished = outcomes.timeout(Math.min(LOOK.toNanos(), left), TimeUnit.NANOSECONDS)
                            .map(true)
                            .otherwise(false)
                            .await()
                    || store.get(reach, jobId)
                            .await()
                            .filter(batch -> batch.pending() > 0)
                            .isEmpty();
        }
    }

    private static NewBatch.Item item(int index, Draft draft) {
        return new NewBatch.Item(
                index,
                draft.chat(),
                Optional.of(draft.content().words()),
                Optional.empty(),
                Contents.json(draft.content()),
                draft.media(),
                draft.quoted(),
                draft.mentions(),
                draft.typing());
    }

    private void write(String deviceId, NewBatch batch, List<NewBatch.Item> items) {
        long id = stagings.create(deviceId, batch).await().orElseThrow(() -> gone(deviceId));
        stagings.stage(id, items).await();
        if (!stagings.publish(id, items.size(), 0, new JsonArray()).await()) {
            throw gone(deviceId);
        }
    }

    private static Problem gone(String deviceId) {
        return Problem.of(Problem.Code.SESSION_NOT_FOUND, "no device " + deviceId);
    }

    private Sent sent(Reach reach, String jobId, int count) {
        Batch batch = store.get(reach, jobId)
                .await()
                .orElseThrow(() -> Problem.of(Problem.Code.JOB_NOT_FOUND, "the job is gone with its device"));
        return new Sent(
                batch, store.items(batch.id(), Optional.empty(), -1, count, 0).await());
    }
}
