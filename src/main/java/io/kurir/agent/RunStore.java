package io.kurir.agent;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.Vault;
import io.kurir.message.OutboxWriter;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Tables {@code agent_run} and {@code agent_alert}. A run is claimed under a lease, and settled by whoever has it still.
 * Over 300 lines: half of them are SQL, which belongs to the one store of its tables.
 */
final class RunStore {
    // The oldest of each chat only, so that a chat's answers keep their order and its loop guard counts one by one. How
    // many
    // calls a device has under way is read and not locked: two nodes at the same instant may take a few more.
    private static final String CLAIM = """
            with head as (
                select distinct on (device_id, chat) id, device_id, due_at, claimed_until
                from agent_run
                where state = 'pending'
                order by device_id, chat, id
            ), busy as (
                select device_id, count(*) as calls from head where claimed_until > clock_timestamp() group by device_id
            ), free as (
                select h.id, coalesce(b.calls, 0) + row_number() over (partition by h.device_id order by h.due_at, h.id) as place
                from head h
                left join busy b using (device_id)
                where h.due_at <= clock_timestamp() and (h.claimed_until is null or h.claimed_until <= clock_timestamp())
            ), locked as (
                select r.id
                from agent_run r
                join free f using (id)
                where f.place <= $1 and r.state = 'pending' and (r.claimed_until is null or r.claimed_until <= clock_timestamp())
                order by r.id
                limit $2
                for update of r skip locked
            ), claimed as (
                update agent_run r
                set claimed_until = clock_timestamp() + make_interval(secs => $3), claim = r.claim + 1
                from locked
                where r.id = locked.id
                returning r.*
            )
            select c.id as run_id, c.claim, c.attempts, c.created_at as asked_at, c.sender_name, c.device_id as run_device, c.stanza_id,
                   coalesce(m.chat, c.chat) as chat, coalesce(m.author, m.chat, c.person) as person,
                   coalesce(m.body, c.body) as body, m.revoked_at is not null as revoked,
                   coalesce(nullif(k.name, ''), k.push_name, '') as chat_name, b.whatsapp_number, b.endpoint_url as chatbot_url, a.*
            from claimed c
            left join message m on m.id = c.message_id
            join device d on d.device_id = c.device_id
            left join contact k on k.device_id = c.device_id and k.contact_id = coalesce(m.chat, c.chat)
            left join chatbot b on b.device_id = c.device_id and b.whatsapp_number = d.phone and b.status = 'aktif'
                                   and b.endpoint_url is not null
            left join agent a on a.device_id = c.device_id and a.enabled
            order by c.id
            """;

    private static final String RELEASE = """
            update agent_run r
            set claimed_until = null
            from unnest($1::bigint[], $2::integer[]) as mine(id, claim)
            where r.id = mine.id and r.claim = mine.claim and r.state = 'pending'
            """;

    private static final String REPLIES = """
            select count(*)
            from agent_run
            where device_id = $1 and chat = $2 and reply_id is not null and settled_at > clock_timestamp() - interval '1 minute'
            """;

    private static final String SETTLE = """
            update agent_run
            set state = $3, attempts = attempts + $4, due_at = coalesce($5, due_at), reply_id = $6, reason = $7, claimed_until = null,
                body = case when $3 = 'pending' then body end,
                sender_name = case when $3 = 'pending' or message_id is not null then sender_name else '' end,
                settled_at = case when $3 = 'pending' then null else clock_timestamp() end
            where id = $1 and claim = $2 and state = 'pending'
            """;

    private static final String TELL = """
            with before as (
                select untold from agent_alert where device_id = $1
            ), told as (
                insert into agent_alert as a (device_id, at)
                values ($1, clock_timestamp())
                on conflict (device_id) do update set at = clock_timestamp(), untold = 0
                    where a.at <= clock_timestamp() - make_interval(secs => $2)
                returning 1
            )
            select exists (select from told), coalesce((select untold from before), 0)
            """;

    private static final String UNTOLD = "update agent_alert set untold = untold + 1 where device_id = $1";

    private static final String EVENT = """
            with happened as (
                select 1 as ord, 'agent.failed' as type, $2::jsonb as data
            ), %s
            select $1::text
            """.formatted(APPEND);

    // What has a message goes with it.
    private static final String ERASE = """
            delete from agent_run
            where device_id = $1 and message_id is null and (chat = any ($2) or person = any ($2))
            """;

    // That there was one is left, of whom is not: the loop guard asks for the chat a minute long.
    private static final String BLANK = """
            update agent_run
            set person = '', chat = '', sender_name = '', stanza_id = ''
            where id in (
                select id from agent_run
                where state <> 'pending' and message_id is null and person <> ''
                  and settled_at < clock_timestamp() - interval '1 hour'
                limit $1)
            """;

    private static final String FORGET = """
            delete from agent_run
            where id in (
                select id from agent_run
                where state <> 'pending' and settled_at < clock_timestamp() - make_interval(secs => $1)
                limit $2)
            """;

    /** What a run changes to. */
    private record State(String word, int attempts, Optional<Instant> due, Optional<String> replyId, String reason) {}

    /** What is said to the developer, at most every {@code every}; {@code untold}: how many times nothing was said. */
    interface Alert {
        OutboxWriter.Entry entry(int untold);

        Duration every();
    }

    private final Pool pool;
    private final Vault vault;

    RunStore(Pool pool, Vault vault) {
        this.pool = pool;
        this.vault = vault;
    }

    /** At most {@code limit} that are due, of different chats; {@code lease}: how long they are ours. */
    Future<List<Run>> claim(int perDevice, int limit, Duration lease, Endpoints endpoints) {
        return pool.preparedQuery(CLAIM)
                .execute(Tuple.of(perDevice, limit, lease.toMillis() / 1000.0))
                .map(rows -> {
                    List<Run> runs = new ArrayList<>(rows.size());
                    rows.forEach(row -> runs.add(run(row, endpoints)));
                    return runs;
                });
    }

    private Run run(Row row, Endpoints endpoints) {
        return new Run(
                row.getLong("run_id"),
                row.getInteger("claim"),
                row.getInteger("attempts"),
                row.getOffsetDateTime("asked_at").toInstant(),
                row.getString("run_device"),
                row.getString("stanza_id"),
                Jid.parse(row.getString("chat")),
                Jid.parse(row.getString("person")),
                row.getString("body"),
                row.getString("sender_name"),
                row.getString("chat_name"),
                responder(row, endpoints));
    }

    /** One only: the chatbot of the number before the agent. A key that cannot be opened is the trouble of its device and of no other. */
    private Run.Who responder(Row row, Endpoints endpoints) {
        if (row.getBoolean("revoked")) {
            return new Run.Nobody("the message was deleted");
        }
        if (row.getString("chatbot_url") != null) {
            return new Run.Somebody(Responder.chatbot(row.getString("whatsapp_number"), row.getString("chatbot_url")));
        }
        if (row.getString("agent_id") == null) {
            return new Run.Nobody("nobody answers for the device any more");
        }
        Agent agent = AgentStore.agent(row, vault);
        return !agent.keyReadable()
                ? new Run.Nobody(Agent.SHUT)
                : endpoints
                        .of(agent.agentId(), agent.endpointUrl())
                        .<Run.Who>map(endpoint -> new Run.Somebody(Responder.of(agent, endpoint)))
                        .orElseGet(() -> new Run.Nobody("the setting agent.backend-url names no endpoint any more"));
    }

    /** Others need not wait for the end of our leases. */
    Future<Void> release(Collection<Run> runs) {
        return pool.preparedQuery(RELEASE)
                .execute(Tuple.tuple()
                        .addArrayOfLong(runs.stream().map(Run::id).toArray(Long[]::new))
                        .addArrayOfInteger(runs.stream().map(Run::claim).toArray(Integer[]::new)))
                .mapEmpty();
    }

    /** How many answers the run's chat has had in the last minute. */
    Future<Long> replies(Run run) {
        return pool.preparedQuery(REPLIES)
                .execute(Tuple.of(run.deviceId(), run.chat().toString()))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /**
     * Writes the outcome down, and in the same transaction puts the reply, or what the developer is told, into the outbox. False when the run was
     * lost meanwhile: nothing is changed then.
     */
    Future<Boolean> settle(Run run, Outcome outcome, Optional<OutboxWriter.Entry> reply, Optional<Alert> alert) {
        State state = state(outcome, reply);
        return pool.withTransaction(connection -> connection
                .preparedQuery(SETTLE)
                .execute(Tuple.tuple()
                        .addLong(run.id())
                        .addInteger(run.claim())
                        .addString(state.word())
                        .addInteger(state.attempts())
                        .addOffsetDateTime(state.due()
                                .map(due -> due.atOffset(ZoneOffset.UTC))
                                .orElse(null))
                        .addString(state.replyId().orElse(null))
                        .addString(state.reason()))
                .compose(rows -> rows.rowCount() == 0
                        ? Future.succeededFuture(false)
                        : put(connection, reply.stream().toList())
                                .compose(_ -> tell(connection, run, alert))
                                .compose(_ -> event(connection, run, outcome))
                                .map(true)));
    }

    private static State state(Outcome outcome, Optional<OutboxWriter.Entry> reply) {
        return switch (outcome) {
            case Outcome.Done _ -> new State("done", 0, Optional.empty(), reply.map(OutboxWriter.Entry::stanzaId), "");
            case Outcome.Retry retry -> new State("pending", 1, Optional.of(retry.at()), Optional.empty(), retry.why());
            case Outcome.Snooze snooze ->
                new State("pending", 0, Optional.of(snooze.until()), Optional.empty(), snooze.why());
            case Outcome.GiveUp up -> new State("failed", 1, Optional.empty(), Optional.empty(), up.why());
            case Outcome.Skip skip -> new State("skipped", 0, Optional.empty(), Optional.empty(), skip.why());
        };
    }

    private static Future<Void> put(SqlClient connection, List<OutboxWriter.Entry> entries) {
        return entries.isEmpty()
                ? Future.succeededFuture()
                : OutboxWriter.put(connection, entries).mapEmpty();
    }

    private static Future<Void> tell(SqlClient connection, Run run, Optional<Alert> alert) {
        return alert.map(wanted -> tell(connection, run, wanted)).orElseGet(Future::succeededFuture);
    }

    private static Future<Void> tell(SqlClient connection, Run run, Alert alert) {
        return connection
                .preparedQuery(TELL)
                .execute(Tuple.of(run.deviceId(), alert.every().toMillis() / 1000.0))
                .compose(rows -> {
                    Row row = rows.iterator().next();
                    return row.getBoolean(0)
                            ? put(connection, List.of(alert.entry(row.getInteger(1))))
                            : connection
                                    .preparedQuery(UNTOLD)
                                    .execute(Tuple.of(run.deviceId()))
                                    .mapEmpty();
                });
    }

    private static Future<?> event(SqlClient connection, Run run, Outcome outcome) {
        return switch (outcome) {
            case Outcome.GiveUp up -> event(connection, run, up.why());
            case Outcome.Skip skip -> event(connection, run, skip.why());
            case Outcome.Done _, Outcome.Retry _, Outcome.Snooze _ -> Future.succeededFuture();
        };
    }

    private static Future<?> event(SqlClient connection, Run run, String why) {
        JsonObject data = new JsonObject()
                .put("chat", run.chat().toString())
                .put("messageId", run.messageId())
                .put("agent", run.agent())
                .put("reason", why)
                .put("traceId", run.traceId());
        return connection.preparedQuery(EVENT).execute(Tuple.of(run.deviceId(), data));
    }

    /** How many. */
    static Future<Long> erase(Pool pool, String deviceId, String[] names) {
        return pool.preparedQuery(ERASE)
                .execute(Tuple.of(deviceId, (Object) names))
                .map(rows -> (long) rows.rowCount());
    }

    /** Also takes the names from those that ended an hour ago and whose message is not kept. */
    static Future<Long> forget(Pool pool, Duration age, int limit) {
        return pool.preparedQuery(BLANK)
                .execute(Tuple.of(limit))
                .compose(_ -> pool.preparedQuery(FORGET).execute(Tuple.of(age.toMillis() / 1000.0, limit)))
                .map(rows -> (long) rows.rowCount());
    }
}
