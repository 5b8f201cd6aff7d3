package io.kurir.batch;

import io.kurir.Names;
import io.kurir.access.Reach;
import io.kurir.contact.Contacts;
import io.kurir.event.EventLog;
import io.kurir.http.BodyItems;
import io.kurir.http.Problem;
import io.kurir.media.Intake;
import io.kurir.message.Outbox;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Jobs: accepted, looked at, paused, resumed and cancelled. Every method throws {@code JOB_NOT_FOUND} for one that is not there or belongs to somebody
 * else. To be called on a virtual thread.
 */
public final class Batches {
    /** Which jobs a list has; what is empty does not matter. */
    public record Filter(Optional<String> deviceId, Optional<Batch.State> state, Optional<String> kind) {}

    /** One page of a list; {@code total} counts all that match. */
    public record Listing(List<Batch> batches, long total) {}

    /**
     * A job that is asked for.
     *
     * @param body where the request's body lies
     * @param lists what the list in it that has the items may be called, the usual name first
     * @param to whom all of it goes; empty: each item says it
     * @param words of all items that have none of their own, with places for their variables; of captions, where it is about files
     * @param file of all items that have none of their own
     * @param name for people
     * @param plain what an item means that is a text
     */
    public record Asked(
            String deviceId,
            Path body,
            List<String> lists,
            boolean files,
            Optional<Jid> to,
            Optional<String> words,
            Optional<Intake.Taken> file,
            boolean typing,
            Pace pace,
            Optional<Instant> startsAt,
            Optional<String> name,
            Optional<Function<String, JsonObject>> plain) {

        Asked(
                String deviceId,
                Path body,
                List<String> lists,
                boolean files,
                Optional<Jid> to,
                Optional<String> words,
                Optional<Intake.Taken> file,
                boolean typing,
                Pace pace,
                Optional<Instant> startsAt) {
            this(
                    deviceId,
                    body,
                    lists,
                    files,
                    to,
                    words,
                    file,
                    typing,
                    pace,
                    startsAt,
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /** One text to many: the body's list {@code list} has their numbers as plain texts. Braces in the text are plain text too. */
    public record Broadcast(String deviceId, Path body, String list, String name, String text) {

        /** The text is stored once, unless it has something in it that would be taken for a place to be filled in. */
        private Asked asked() {
            boolean once = !new Template(text).hasPlaces();
            return new Asked(
                    deviceId,
                    body,
                    List.of(list),
                    false,
                    Optional.empty(),
                    once ? Optional.of(text) : Optional.empty(),
                    Optional.empty(),
                    false,
                    new Pace(Optional.empty(), Optional.empty(), 100),
                    Optional.empty(),
                    Optional.of(name),
                    Optional.of(to -> once
                            ? new JsonObject().put("to", to)
                            : new JsonObject().put("to", to).put("message", text)));
        }
    }

    private final Vertx vertx;
    private final BatchStore store;
    private final StagingStore stagings;
    private final BatchStateStore states;
    private final Devices devices;
    private final Contacts contacts;
    private final Intake intake;
    private final Outbox outbox;
    private final EventLog events;

    public Batches(
            Vertx vertx, Pool pool, Devices devices, Contacts contacts, Intake intake, Outbox outbox, EventLog events) {
        this.vertx = vertx;
        this.store = new BatchStore(pool);
        this.stagings = new StagingStore(pool);
        this.states = new BatchStateStore(pool);
        this.devices = devices;
        this.contacts = contacts;
        this.intake = intake;
        this.outbox = outbox;
        this.events = events;
    }

    /**
     * Writes a job down; it goes on by itself from here. With names that were used before, the job that is there is answered.
     *
     * @throws Problem {@code INVALID_PAYLOAD} that names every item that is wrong, up to 1,000: nothing stored
     */
    public Batch accept(Reach reach, Names names, Asked asked) {
        Device device = devices.get(reach, asked.deviceId());
        NewBatch batch = NewBatch.named(
                names,
                asked.files() ? "media" : "message",
                asked.words().map(Template::new),
                asked.file().map(file -> new NewBatch.File(file.content(), file.hash())),
                asked.typing(),
                asked.pace(),
                asked.startsAt(),
                asked.name());
        if (names.repeatable()) {
            Optional<Batch> before = earlier(reach, names.again());
            if (before.isPresent()) {
                return before.get();
            }
            stagings.drop(asked.deviceId(), batch.jobId()).await(); // of a request that ended in the middle
        }
        ItemReader reader = new ItemReader(
                asked.files() ? ItemReader.Field.CAPTION : ItemReader.Field.MESSAGE,
                batch.template(),
                batch.file().isPresent(),
                asked.to(),
                reach.equals(Reach.ALL),
                devices.country(device));
        write(asked, new Staging(vertx, stagings, contacts, intake, asked.deviceId(), batch, reader));
        return get(reach, batch.jobId());
    }

    /** As {@link #accept}. */
    public Batch broadcast(Reach reach, Names names, Broadcast broadcast) {
        return accept(reach, names, broadcast.asked());
    }

    /**
     * The job that an earlier run of the same request has made; to be asked before anything that could refuse the repeat.
     *
     * @param names at their beginning, and used up: {@code names.again()}
     */
    Optional<Batch> earlier(Reach reach, Names names) {
        if (!names.repeatable()) {
            return Optional.empty();
        }
        String jobId = NewBatch.jobId(names);
        return names.past()
                ? Optional.of(get(reach, jobId))
                : store.get(reach, jobId).await();
    }

    private void write(Asked asked, Staging staging) {
        Optional<BodyItems> found = vertx.executeBlocking(
                        () -> BodyItems.open(asked.body(), Set.copyOf(asked.lists()), asked.plain()), false)
                .await();
        try (BodyItems items =
                found.orElseThrow(() -> Problem.invalid(asked.lists().getFirst(), "is missing"))) {
            staging.write(items);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Batch get(Reach reach, String jobId) {
        return store.get(reach, jobId).await().orElseThrow(() -> unknown(jobId));
    }

    private static Problem unknown(String jobId) {
        return Problem.of(Problem.Code.JOB_NOT_FOUND, "no job " + jobId);
    }

    /** Newest first. */
    public Listing list(Reach reach, Filter filter, int page, int pageSize) {
        filter.deviceId().ifPresent(deviceId -> devices.get(reach, deviceId));
        return store.list(reach, filter, page, pageSize).await();
    }

    /** In the order of the request; {@code state} is one of a {@link Batch.Item}. */
    public List<Batch.Item> items(Batch batch, Optional<String> state, int limit, long offset) {
        return store.items(batch.id(), state, -1, limit, offset).await();
    }

    /** Those that come after the item of this index. */
    List<Batch.Item> itemsAfter(Batch batch, Optional<String> state, int index, int limit) {
        return store.items(batch.id(), state, index, limit, 0).await();
    }

    public long countItems(Batch batch, Optional<String> state) {
        return store.countItems(batch.id(), state).await();
    }

    /** What is at WhatsApp Web already gets its outcome; nothing more goes there. {@code CONFLICT} for one that is paused or has ended. */
    public Batch pause(Reach reach, String jobId) {
        BatchStateStore.Of batch = find(reach, jobId);
        if (!states.pause(batch, "user").await()) {
            throw cannot(reach, jobId, "paused");
        }
        events.told(batch.deviceId());
        return get(reach, jobId);
    }

    /** {@code CONFLICT} for one that is not paused, or whose device is not linked any more. */
    public Batch resume(Reach reach, String jobId) {
        BatchStateStore.Of batch = find(reach, jobId);
        int waiting = states.resume(batch).await().orElseThrow(() -> cannot(reach, jobId, "resumed"));
        events.told(batch.deviceId());
        outbox.nudge(batch.deviceId(), waiting);
        return get(reach, jobId);
    }

    /** For good. {@code CONFLICT} for one that has ended. */
    public Batch cancel(Reach reach, String jobId) {
        BatchStateStore.Of batch = find(reach, jobId);
        if (!states.cancel(batch).await()) {
            throw cannot(reach, jobId, "cancelled");
        }
        events.told(batch.deviceId());
        while (states.withdraw(batch, BatchKeeping.WITHDRAWN_AT_ONCE).await() == BatchKeeping.WITHDRAWN_AT_ONCE) {}
        return get(reach, jobId);
    }

    private BatchStateStore.Of find(Reach reach, String jobId) {
        return states.find(reach, jobId).await().orElseThrow(() -> unknown(jobId));
    }

    private Problem cannot(Reach reach, String jobId, String what) {
        Batch batch = get(reach, jobId);
        boolean unlinked = what.equals("resumed") && batch.state() == Batch.State.PAUSED;
        return Problem.of(
                Problem.Code.CONFLICT,
                unlinked
                        ? "device " + batch.deviceId() + " is not linked any more"
                        : "a job that is " + batch.state().word() + " cannot be " + what);
    }
}
