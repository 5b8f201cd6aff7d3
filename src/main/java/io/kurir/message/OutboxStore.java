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
import org.jspecify.annotations.Nullable;

/**
 * The table {@code outbox} and what its rows do to their messages: every statement here is one transaction. Statements of a session carry its
 * epoch and change nothing once the lease has a higher one. {@code device.restricted}: emitted when WhatsApp has told that the account may not
 * write to strangers for a while. Over 300 lines: statements of one table, which lock its rows in one order (batch,
 * outbox, message, device, event counter).
 */
final class OutboxStore {
    /**
     * One attempt at one message; {@code media} is the hash of its file, {@code maxAttempts} empty for as many as configured, {@code traceparent} of
     * the request that it came with.
     */
    record Attempt(
            long messageId,
            int attempt,
            OutgoingMessage message,
            Optional<String> media,
            Optional<Integer> maxAttempts,
            Optional<String> traceparent) {
        Attempt with(Path file) {
            return new Attempt(messageId, attempt, message.with(file), media, maxAttempts, traceparent);
        }
    }

    /** An attempt that may begin; {@code batch} is 0 for a message of none. */
    record Claimed(Attempt attempt, Lane lane, long batch) {}

    /** An attempt whose outcome nobody knows; {@code sameLink}: the page that attempted it has the history of the present one. */
    record Doubt(Attempt attempt, boolean sameLink) {}

    /** An attempt that did not succeed, and what is next for its message. */
    record Failure(long messageId, int attempt, String reason, Next next) {}

    /** What becomes of a message whose attempt did not succeed. */
    sealed interface Next {}

    /** Another attempt, so long from now. */
    record Retry(Duration in) implements Next {}

    /** The account is restricted, for so long as far as one knows: the message waits for the end of that, and the attempt does not count. */
    record Snooze(Duration restriction) implements Next {}

    record GiveUp() implements Next {}

    // What is ready goes in order, and what is tried holds back its own chat and lane, but not for ever: in the
    // interactive lane for two minutes after its first attempt, an unanswered one of the other lane for two minutes
    // after the last. One of the interactive lane that waits for the end of a restriction has no first attempt and
    // holds nothing back: the answer to what its chat has written meanwhile goes.
    private static final String HOLDS_BACK = """
            case when o.state = 'ready' then true
                 when o.lane = 0 then coalesce(o.first_claimed_at > clock_timestamp() - interval '2 minutes', o.state <> 'waiting')
                 when o.state = 'waiting' then true
                 else o.claimed_at > clock_timestamp() - interval '2 minutes' end""";

    // self: nobody while the database is restored and not confirmed.
    // warm: of the interactive and the scheduled lane, the first of each chat.
    // batches: those that have something ready, found by skipping through the index.
    // turns: the order within a lane, for broadcasts in rounds, in which the batch after the last one served begins.
    // ranked: the order between the lanes, see Allowance.
    // Replies are looked for in the latest messages of a chat only, so that a long monologue is not read to its
    // beginning.
    private static final String CLAIM =
            """
            with recursive self as (
                select d.links, coalesce(d.restricted_until > clock_timestamp(), false) as restricted
                from device d
                join lease l on l.device_id = d.device_id and l.epoch = $2 and l.expires_at > clock_timestamp()
                where d.device_id = $1 and not exists (select from fence)
            ), warm as (
                select first.message_id, lane.n as lane, 0::bigint as batch, first.message_id as nth
                from self s
                cross join (values (0), (1)) as lane(n)
                cross join lateral (
                    select min(o.message_id) filter (where o.state = 'ready') as message_id
                    from outbox o
                    where o.device_id = $1 and o.lane = lane.n
                      and (o.batch_id is null
                           or (select b.state = 'processing' from batch b where b.id = o.batch_id))
                    group by o.chat
                    having min(o.message_id) filter (where o.state = 'ready') = min(o.message_id) filter (where %1$s)
                       and (not s.restricted
                            or (lane.n = 0
                                and exists (select
                                            from (select m.outgoing
                                                  from message m
                                                  where m.device_id = $1 and m.chat = o.chat
                                                  order by m.id desc
                                                  limit 200) latest
                                            where not latest.outgoing)))
                    order by 1
                    limit $3) first
            ), batches as (
                (select coalesce(batch_id, 0) as id
                 from outbox
                 where device_id = $1 and lane = 2 and state = 'ready'
                 order by coalesce(batch_id, 0)
                 limit 1)
                union all
                select (select coalesce(o.batch_id, 0)
                        from outbox o
                        where o.device_id = $1 and o.lane = 2 and o.state = 'ready' and coalesce(o.batch_id, 0) > b.id
                        order by coalesce(o.batch_id, 0)
                        limit 1)
                from batches b
                where b.id is not null
            ), cold as (
                select c.message_id, 2 as lane, b.id as batch, c.nth
                from self s
                cross join batches b
                cross join lateral (
                    select o.message_id, row_number() over (order by o.message_id) as nth
                    from outbox o
                    where o.device_id = $1 and o.lane = 2 and o.state = 'ready' and coalesce(o.batch_id, 0) = b.id
                    order by o.message_id
                    limit $3) c
                where not s.restricted and $7::float8 < 'infinity'
                  and (b.id = 0 or (select p.state = 'processing' from batch p where p.id = b.id))
            ), turns as (
                select message_id, lane, batch,
                       row_number() over (partition by lane order by nth, batch <= $8, batch) - 1 as turn
                from (select * from warm union all select * from cold) as ready
            ), tagged as (
                select message_id, lane, batch, turn,
                       case lane when 0 then $5::float8 + turn / %2$d.0 when 1 then $6::float8 + turn / %3$d.0
                                 else $7::float8 + turn / %4$d.0 end as tag
                from turns
            ), ranked as (
                select *,
                       row_number() over (partition by lane > 0 order by tag, lane, turn) as nth_of_its_kind,
                       max(tag) filter (where lane = 0) over () as last_interactive
                from tagged
            ), due as (
                select message_id, lane, batch, tag, turn
                from ranked
                where lane = 0 or nth_of_its_kind <= $4 or tag < last_interactive
                order by tag, lane, turn
                limit $3
            ), claimed as (
                update outbox o
                set state = 'sending', attempt = o.attempt + 1, epoch = $2, claimed_at = clock_timestamp(),
                    first_claimed_at = coalesce(o.first_claimed_at, clock_timestamp()), link = s.links
                from due, self s
                where o.message_id = due.message_id and o.state = 'ready'
                returning o.message_id, o.attempt, due.lane, due.batch, due.turn, o.traceparent
            )
            update message m
            set phase = 'sending', attempts = c.attempt, steps = m.steps || step('dispatched', 'attempt ' || c.attempt)
            from claimed c
            where m.id = c.message_id
            returning m.id, c.attempt, m.stanza_id, m.chat, m.body, m.quoted, m.mentions, m.typing, m.type, m.content, m.media,
                      m.max_attempts, c.lane, c.batch, c.turn, c.traceparent
            """.formatted(HOLDS_BACK, Lane.INTERACTIVE.weight(), Lane.SCHEDULED.weight(), Lane.BROADCAST.weight());

    // again_ms: until the next attempt; negative: there is none; null: when the device's restriction is over, which
    // this failure may have told us of.
    // Of one attempt that is told of twice (by WhatsApp and by the page that was asked for it) the first word counts:
    // with both, the row could
    // be deleted by one and its message be queued by the other.
    private static final String FAIL = """
            with input as (
                select distinct on (message_id, attempt) *
                from unnest($3::bigint[], $4::integer[], $5::text[], $6::bigint[]) with ordinality
                    as i(message_id, attempt, reason, again_ms, nth)
                order by message_id, attempt, nth
            ), mine as (
                select o.message_id, i.reason, i.again_ms, i.again_ms is null as snoozed
                from outbox o
                join input i on i.message_id = o.message_id and i.attempt = o.attempt
                join message m on m.id = o.message_id and m.ack = 0
                where o.device_id = $1 and o.state in ('sending', 'unknown')
                  and exists (select from lease where device_id = $1 and epoch = $2)
                for update of o
            ), restricted as (
                update device d
                set restricted_until = clock_timestamp() + $7::bigint * interval '1 millisecond'
                where d.device_id = $1 and coalesce(d.restricted_until <= clock_timestamp(), true)
                  and exists (select from mine where snoozed)
                returning d.restricted_until
            ), restriction as (
                select coalesce((select restricted_until from restricted), d.restricted_until) as until
                from device d
                where d.device_id = $1
            ), again as (
                update outbox o
                set state = 'waiting',
                    due_at = case when mine.snoozed then (select until from restriction)
                                  else clock_timestamp() + mine.again_ms * interval '1 millisecond' end,
                    attempt = case when mine.snoozed then o.attempt - 1 else o.attempt end,
                    first_claimed_at = case when mine.snoozed then null else o.first_claimed_at end
                from mine
                where o.message_id = mine.message_id and (mine.snoozed or mine.again_ms >= 0)
            ), given_up as (
                delete from outbox o using mine where o.message_id = mine.message_id and mine.again_ms < 0
            ), changed as (
                update message m
                set phase = case when mine.again_ms < 0 then 'failed' else 'queued' end,
                    attempts = case when mine.snoozed then m.attempts - 1 else m.attempts end,
                    failure = mine.reason,
                    steps = m.steps || case
                        when mine.snoozed then step('snoozed', mine.reason)
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
                union all
                select 0, 'device.restricted', jsonb_build_object(
                    'until', restricted_until,
                    'reason', (select min(regexp_replace(reason, '^RESTRICTED(: )?', '')) from mine where snoozed))
                from restricted
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
                      m.max_attempts, o.link = d.links, o.traceparent
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
            select d.device_id
            from unnest($1::text[]) as d(device_id)
            where exists (select from outbox o where o.device_id = d.device_id and o.state = 'ready')
            """;

    private static final String PROMOTE = """
            with due as (
                select message_id
                from outbox
                where state = 'waiting' and due_at <= statement_timestamp() -- stable, so that the index on it can be used
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

    /** In the order in which they are to be submitted. */
    Future<List<Claimed>> claim(String deviceId, long epoch, Allowance.Portion portion) {
        return pool.preparedQuery(CLAIM)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addLong(epoch)
                        .addInteger(portion.limit())
                        .addInteger(portion.cold())
                        .addDouble(portion.tags().get(0))
                        .addDouble(portion.tags().get(1))
                        .addDouble(portion.tags().get(2))
                        .addLong(portion.afterBatch()))
                .map(OutboxStore::claimed);
    }

    private static List<Claimed> claimed(RowSet<Row> rows) {
        record Place(Claimed claimed, long turn) {}
        List<Place> places = new ArrayList<>(rows.size());
        rows.forEach(row -> places.add(
                new Place(new Claimed(attempt(row), Lane.of(row.getInteger(12)), row.getLong(13)), row.getLong(14))));
        // the update returns rows in no order
        places.sort(Comparator.<Place, Lane>comparing(place -> place.claimed().lane())
                .thenComparingLong(Place::turn));
        return places.stream().map(Place::claimed).toList();
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
                        .addArrayOfLong(
                                failures.stream().map(OutboxStore::againMs).toArray(Long[]::new))
                        .addLong(failures.stream()
                                .mapToLong(failure -> failure.next() instanceof Snooze snooze
                                        ? snooze.restriction().toMillis()
                                        : 0)
                                .max()
                                .orElse(0)))
                .map(OutboxStore::changes);
    }

    private static @Nullable Long againMs(Failure failure) {
        return switch (failure.next()) {
            case Retry retry -> retry.in().toMillis();
            case Snooze _ -> null;
            case GiveUp _ -> -1L;
        };
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
                    rows.forEach(row -> doubts.add(new Doubt(attempt(row), Boolean.TRUE.equals(row.getBoolean(12)))));
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
                Optional.ofNullable(row.getString(10)),
                Optional.ofNullable(row.getInteger(11)),
                Optional.ofNullable(row.getString("traceparent")));
    }
}
