package io.kurir.message;

import io.kurir.Names;
import io.kurir.Settings;
import io.kurir.access.Reach;
import io.kurir.http.Problem;
import io.kurir.message.Messages.NewMessage;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Many messages by one request: committed together, sent one after the other with a pause between. To be called on a virtual thread. */
public final class Bulk {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SHORTEST_MS = 2_000;
    private static final int LONGEST_MS = 5_000;

    /** A message that becomes due {@code in} a while after its acceptance. */
    record Due(MessageStore.Accepting message, Duration in) {}

    /** {@code items} are there when all have an outcome. */
    public record Sent(Batch batch, List<Batch.Item> items) {
        public boolean finished() {
            return batch.pending() == 0;
        }
    }

    private final Messages messages;
    private final BatchStore store;
    private final Settings.Send settings;

    public Bulk(Pool pool, Messages messages, Settings.Send settings) {
        this.messages = messages;
        this.store = new BatchStore(pool);
        this.settings = settings;
    }

    /**
     * Accepts them all and waits for their outcomes, at most {@code send.sync-timeout}.
     *
     * @param names of an earlier run of the same request find the job that it made
     * @param delay between two of them; empty: 2 to 5 s at random
     * @throws Problem {@code INVALID_PAYLOAD} naming the item, {@code SESSION_NOT_READY}: nothing stored
     */
    public Sent send(
            Reach reach, String deviceId, String kind, List<NewMessage> items, Optional<Duration> delay, Names names) {
        String jobId = "job-" + names.hex(12);
        if (names.repeatable()) {
            Optional<Batch> there = store.get(reach, jobId).await();
            if (there.isPresent() || names.past()) {
                Batch batch = there.orElseThrow(
                        () -> Problem.of(Problem.Code.JOB_NOT_FOUND, "the job of this request is no longer kept"));
                return new Sent(batch, items(reach, jobId, items.size(), 0));
            }
        }
        messages.requireConnected(reach, deviceId);
        List<Due> due = new ArrayList<>();
        Duration in = Duration.ZERO;
        for (NewMessage item : items) {
            due.add(new Due(messages.readable(reach, deviceId, item, Lane.BROADCAST, StanzaId.mint(names)), in));
            in = in.plus(delay.orElseGet(Bulk::pause));
        }
        List<String> ids = due.stream().map(one -> one.message().stanzaId()).toList();
        List<Future<Settled.Change>> outcomes =
                ids.stream().map(messages.outcomes()::await).toList();
        try {
            Set<String> accepted = store.accept(
                            deviceId,
                            reach,
                            jobId,
                            kind,
                            delay.map(Duration::toMillis).orElse(-1L),
                            due)
                    .await();
            if (accepted.size() != due.size()) {
                messages.requireConnected(reach, deviceId);
                throw Problem.of(Problem.Code.SESSION_NOT_READY, "device " + deviceId + " was not connected");
            }
            Future.join(outcomes)
                    .timeout(settings.syncTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .otherwiseEmpty()
                    .await();
        } finally {
            ids.forEach(messages.outcomes()::forget);
        }
        return new Sent(get(reach, jobId), items(reach, jobId, items.size(), 0));
    }

    private static Duration pause() {
        return Duration.ofMillis(RANDOM.nextInt(SHORTEST_MS, LONGEST_MS + 1));
    }

    /** {@code JOB_NOT_FOUND} also for a job of somebody else. */
    public Batch get(Reach reach, String jobId) {
        return store.get(reach, jobId)
                .await()
                .orElseThrow(() -> Problem.of(Problem.Code.JOB_NOT_FOUND, "no job " + jobId));
    }

    /** In the order of the request; {@code JOB_NOT_FOUND} as {@link #get}. */
    public List<Batch.Item> items(Reach reach, String jobId, int limit, long offset) {
        get(reach, jobId);
        return store.items(jobId, limit, offset).await();
    }
}
