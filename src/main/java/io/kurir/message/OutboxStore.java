package io.kurir.message;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.OutgoingMessage;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The table {@code outbox} and what its rows do to their messages: every statement here is one transaction. Statements of a session carry its
 * epoch and change nothing once the lease has a higher one.
 */
final class OutboxStore {
    // An unanswered attempt holds back its own chat and lane, but not for ever.
    private static final String HELD_BACK_AT_MOST = "interval '2 minutes'";

    /** One attempt at one message; {@code media} is the hash of its file. */
    record Attempt(long messageId, int attempt, OutgoingMessage message, Optional<String> media) {
        Attempt with(Path file) {
            return new Attempt(messageId, attempt, message.with(file), media);
        }
    }

    /** An attempt whose outcome nobody knows; {@code sameLink}: the page that attempted it has the history of the present one. */
    record Doubt(Attempt attempt, boolean sameLink) {}

    /** An attempt that did not succeed, and when there is to be another one; empty when there is none. */
    record Failure(long messageId, int attempt, String reason, Optional<Duration> again) {}

    // The head of each chat and lane, if it is ready: so that order is strict per chat and lane. Only items of a
    // broadcast (lane 2) have
    // no order among each other: one that is due in an hour does not hold back another one's.
    private static final String CLAIM = """
            with head as (
                select distinct on (chat, lane) message_id, lane, state
                from outbox
                where device_id = $1
                  and not (lane = 2 and state = 'waiting')
                  and not (state in ('sending', 'unknown') and claimed_at < clock_timestamp() - %s)
                order by chat, lane, message_id
            ), due as (
                select message_id from head where state = 'ready' order by lane, message_id limit $3
            ), claimed as (
                update outbox o
                set state = 'sending', attempt = o.attempt + 1, epoch = $2, claimed_at = clock_timestamp(), link = d.links
                from due, device d
                where o.message_id = due.message_id and o.state = 'ready' and d.device_id = $1
                  and exists (select from lease where device_id = $1 and epoch = $2 and expires_at > clock_timestamp())
                returning o.message_id, o.attempt, o.lane
            )
            update message m
            set phase = 'sending', attempts = c.attempt, steps = m.steps || step('dispatched', 'attempt ' || c.attempt)
            from claimed c
            where m.id = c.message_id
            returning m.id, c.attempt, m.stanza_id, m.chat, m.body, m.quoted, m.mentions, m.typing, m.type, m.content, m.media
            """.formatted(HELD_BACK_AT_MOST);

    private static final String FAIL = """
            with input as (
                select * from unnest($3::bigint[], $4::integer[], $5::text[], $6::bigint[])
                    as i(message_id, attempt, reason, again_ms)
            ), mine as (
                select o.message_id, i.reason, i.again_ms
                from outbox o
                join input i on i.message_id = o.message_id and i.attempt = o.attempt
                join message m on m.id = o.message_id and m.ack = 0
                where o.device_id = $1 and o.state in ('sending', 'unknown')
                  and exists (select from lease where device_id = $1 and epoch = $2)
                for update of o
            ), retried as (
                update outbox o
                set state = 'waiting', due_at = clock_timestamp() + mine.again_ms * interval '1 millisecond'
                from mine
                where o.message_id = mine.message_id and mine.again_ms >= 0
            ), given_up as (
                delete from outbox o using mine where o.message_id = mine.message_id and mine.again_ms < 0
            ), changed as (
                update message m
                set phase = case when mine.again_ms < 0 then 'failed' else 'queued' end,
                    failure = mine.reason,
                    steps = m.steps || case
                        when mine.again_ms < 0 then step('failed', mine.reason)
                        else step('retry', mine.reason || ', again in ' || mine.again_ms || ' ms') end
                from mine
                where m.id = mine.message_id and m.ack = 0
                returning m.id, m.stanza_id, m.chat, m.phase, m.ack, m.failure
            ), happened as (
                select id as ord, 'message.status' as type, jsonb_build_object(
                    'id', id, 'messageId', stanza_id, 'chat', chat, 'status', 'failed', 'state', phase, 'ack', ack,
                    'failure', failure) as data
                from changed
                where phase = 'failed'
            ), %s
            select stanza_id, phase, ack, failure from changed
            """.formatted(APPEND);

    private static final String CANCEL = """
            with gone as (
                delete from outbox
                where message_id = $1 and attempt = 0 and state in ('ready', 'waiting')
                returning message_id
            )
            update message m
            set phase = 'cancelled', failure = $2, steps = m.steps || step('cancelled', $2)
            from gone
            where m.id = gone.message_id and m.ack = 0
            returning m.id
            """;

    private static final String LOST_CLAIM = """
            select message_id
            from outbox
            where device_id = $1 and state = 'sending' and epoch = $2 and not (message_id = any ($3))
            """;

    // Attempts of an earlier owner, and those that the present one lost sight of.
    private static final String DOUBT = """
            update outbox o
            set state = 'unknown'
            from message m, device d
            where o.device_id = $1 and m.id = o.message_id and d.device_id = $1
              and (o.state = 'unknown' or (o.state = 'sending' and (o.epoch < $2 or o.message_id = any ($3))))
              and exists (select from lease where device_id = $1 and epoch = $2)
            returning m.id, o.attempt, m.stanza_id, m.chat, m.body, m.quoted, m.mentions, m.typing, m.type, m.content, m.media,
                      o.link = d.links
            """;

    // Absent from the page that attempted: the same id goes out again. The attempt is not burnt.
    private static final String RESUBMIT = """
            with again as (
                update outbox
                set state = 'ready'
                where device_id = $1 and message_id = $3 and state = 'unknown'
                  and exists (select from lease where device_id = $1 and epoch = $2)
                returning message_id
            )
            update message m
            set phase = 'queued', steps = m.steps || step('absent', 'not in the page: submitted again under the same id')
            from again
            where m.id = again.message_id and m.ack = 0
            returning m.id
            """;

    private static final String READY = """
            select distinct device_id from outbox where device_id = any ($1::text[]) and state = 'ready'
            """;

    private static final String PROMOTE = """
            with due as (
                select message_id
                from outbox
                where state = 'waiting' and due_at <= clock_timestamp()
                order by due_at
                limit $1
                for update skip locked
            ), promoted as (
                update outbox o set state = 'ready' from due where o.message_id = due.message_id returning o.device_id
            )
            select device_id, count(*) from promoted group by device_id
            """;

    private final Pool pool;

    OutboxStore(Pool pool) {
        this.pool = pool;
    }

    Future<List<Attempt>> claim(String deviceId, long epoch, int limit) {
        return pool.preparedQuery(CLAIM)
                .execute(Tuple.of(deviceId, epoch, limit))
                .map(OutboxStore::attempts);
    }

    Future<List<Settled.Change>> fail(String deviceId, long epoch, Collection<Failure> failures) {
        return pool.preparedQuery(FAIL)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addLong(epoch)
                        .addArrayOfLong(
                                failures.stream().map(Failure::messageId).toArray(Long[]::new))
                        .addArrayOfInteger(
                                failures.stream().map(Failure::attempt).toArray(Integer[]::new))
                        .addArrayOfString(failures.stream().map(Failure::reason).toArray(String[]::new))
                        .addArrayOfLong(failures.stream()
                                .map(failure ->
                                        failure.again().map(Duration::toMillis).orElse(-1L))
                                .toArray(Long[]::new)))
                .map(OutboxStore::changes);
    }

    /** False when it was dispatched before, or has an outcome. */
    Future<Boolean> cancel(long messageId, String reason) {
        return pool.preparedQuery(CANCEL).execute(Tuple.of(messageId, reason)).map(rows -> rows.rowCount() == 1);
    }

    /** What the owner of this epoch has claimed beside what it has in hand. No claim may be under way. */
    Future<List<Long>> lostClaim(String deviceId, long epoch, Collection<Long> inHand) {
        return pool.preparedQuery(LOST_CLAIM)
                .execute(Tuple.of(deviceId, epoch, inHand.toArray(Long[]::new)))
                .map(rows -> {
                    List<Long> lost = new ArrayList<>();
                    rows.forEach(row -> lost.add(row.getLong(0)));
                    return lost;
                });
    }

    /** Puts attempts whose outcome nobody knows in doubt, and answers all that are. */
    Future<List<Doubt>> doubt(String deviceId, long epoch, Collection<Long> lostSight) {
        return pool.preparedQuery(DOUBT)
                .execute(Tuple.of(deviceId, epoch, lostSight.toArray(Long[]::new)))
                .map(rows -> {
                    List<Doubt> doubts = new ArrayList<>(rows.size());
                    rows.forEach(row -> doubts.add(new Doubt(attempt(row), Boolean.TRUE.equals(row.getBoolean(11)))));
                    doubts.sort(
                            Comparator.comparingLong(doubt -> doubt.attempt().messageId()));
                    return doubts;
                });
    }

    Future<Boolean> resubmit(String deviceId, long epoch, long messageId) {
        return pool.preparedQuery(RESUBMIT)
                .execute(Tuple.of(deviceId, epoch, messageId))
                .map(rows -> rows.rowCount() == 1);
    }

    /** Which of the devices have something to send. */
    Future<List<String>> ready(Collection<String> devices) {
        return pool.preparedQuery(READY)
                .execute(Tuple.of(devices.toArray(String[]::new)))
                .map(rows -> {
                    List<String> ready = new ArrayList<>();
                    rows.forEach(row -> ready.add(row.getString(0)));
                    return ready;
                });
    }

    /** Makes due rows ready; answers their devices with how many. Safe to run on every node. */
    Future<List<Outbox.Promoted>> promote(int limit) {
        return pool.preparedQuery(PROMOTE).execute(Tuple.of(limit)).map(rows -> {
            List<Outbox.Promoted> promoted = new ArrayList<>();
            rows.forEach(row -> promoted.add(new Outbox.Promoted(row.getString(0), row.getInteger(1))));
            return promoted;
        });
    }

    static List<Settled.Change> changes(RowSet<Row> rows) {
        List<Settled.Change> changes = new ArrayList<>(rows.size());
        for (Row row : rows) {
            changes.add(new Settled.Change(
                    row.getString(0),
                    Message.Phase.of(row.getString(1)),
                    Ack.of(row.getInteger(2)),
                    Optional.ofNullable(row.getString(3)).orElse("")));
        }
        return changes;
    }

    private static List<Attempt> attempts(RowSet<Row> rows) {
        List<Attempt> attempts = new ArrayList<>(rows.size());
        rows.forEach(row -> attempts.add(attempt(row)));
        // the update returns rows in no order; ours is the order of acceptance
        attempts.sort(Comparator.comparingLong(Attempt::messageId));
        return attempts;
    }

    private static Attempt attempt(Row row) {
        List<Jid> mentions = new ArrayList<>();
        for (String mention : row.getArrayOfStrings(6)) {
            mentions.add(Jid.parse(mention));
        }
        return new Attempt(
                row.getLong(0),
                row.getInteger(1),
                new OutgoingMessage(
                        row.getString(2),
                        Jid.parse(row.getString(3)),
                        Contents.read(Optional.ofNullable(row.getJsonObject(9)), row.getString(4), row.getString(8)),
                        Optional.empty(),
                        Optional.ofNullable(row.getString(5)),
                        List.copyOf(mentions),
                        row.getBoolean(7)),
                Optional.ofNullable(row.getString(10)));
    }
}
