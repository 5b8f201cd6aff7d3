package io.kurir.crash;

import io.kurir.http.EventContract;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/** What PostgreSQL says, asked past Kurir. Each question has a connection of its own, since the server is killed under us. */
final class Records {
    private final String url;
    private final Properties login = new Properties();

    /** A row of {@code message}; {@code steps} as stored. */
    record Sent(
            long id, String stanzaId, String chat, String body, String phase, int ack, int attempts, JsonArray steps) {
        long steps(String what) {
            return steps.stream()
                    .filter(step -> ((JsonObject) step).getString("what").equals(what))
                    .count();
        }

        /** When the first such step was written; the end of time if it never was. */
        Instant first(String... whats) {
            return steps.stream()
                    .map(JsonObject.class::cast)
                    .filter(step -> List.of(whats).contains(step.getString("what")))
                    .map(step -> Instant.parse(step.getString("at")))
                    .min(Instant::compareTo)
                    .orElse(Instant.MAX);
        }
    }

    /** A lease, whoever took it last. */
    record Owned(String device, String node, long epoch, Instant acquired) {}

    record Leases(List<Owned> all) {
        Owned of(String device) {
            return all.stream()
                    .filter(one -> one.device().equals(device))
                    .findFirst()
                    .orElseThrow();
        }

        /** The node of each device. */
        Map<String, String> nodes() {
            return all.stream().collect(Collectors.toMap(Owned::device, Owned::node));
        }

        /** How many devices each node has. */
        Map<String, Long> counts() {
            return all.stream().collect(Collectors.groupingBy(Owned::node, Collectors.counting()));
        }
    }

    private interface Reading<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** @param url {@code postgresql://user:password@host:port/database} */
    Records(String url) {
        URI uri = URI.create(url);
        String[] user = uri.getUserInfo().split(":", 2);
        this.url = "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
        login.setProperty("user", user[0]);
        login.setProperty("password", user[1]);
        login.setProperty("connectTimeout", "2");
        login.setProperty("socketTimeout", "10");
    }

    private <T> List<T> ask(String sql, Reading<T> reading) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, login);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(reading.read(rows));
            }
            return all;
        }
    }

    /** Fails when an event is not as {@code asyncapi.yaml} says. */
    void checkEvents() throws SQLException {
        EventContract.Judge judge = new EventContract.Judge();
        ask("select device_id, seq, type, data::text from event order by device_id, seq", row -> {
            judge.hear(row.getString(1), row.getLong(2), row.getString(3), new JsonObject(row.getString(4)));
            return true;
        });
        judge.pronounce();
    }

    List<Sent> sent() throws SQLException {
        return ask(
                """
                select id, stanza_id, chat, body, phase, ack, attempts, steps::text from message where outgoing order by id
                """,
                row -> new Sent(
                        row.getLong(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getInt(6),
                        row.getInt(7),
                        new JsonArray(row.getString(8))));
    }

    /** Committed and handed to the page, and no ack is known: the stanza ids. */
    List<String> betweenCommitAndAck() throws SQLException {
        return ask(
                "select stanza_id from message where outgoing and phase = 'sending' and ack = 0",
                row -> row.getString(1));
    }

    /** Messages that have not come to their end: read at the recipient, failed or cancelled. */
    List<String> unfinished() throws SQLException {
        return ask("""
                select m.id || ' ' || m.phase || ' ack ' || m.ack || ' outbox ' || coalesce(o.state, 'none') || ' ' || m.steps
                from message m
                left join outbox o on o.message_id = m.id
                where m.outgoing and (o.message_id is not null or not (m.ack = 3 or m.phase in ('failed', 'cancelled')))
                """, row -> row.getString(1));
    }

    /** Messages that are neither sent nor failed nor cancelled. */
    List<String> withoutOutcome() throws SQLException {
        return ask("""
                select m.id || ' ' || m.device_id || ' ' || m.phase || ' outbox ' || coalesce(o.state, 'none') || ' ' || m.steps
                from message m
                left join outbox o on o.message_id = m.id
                where m.outgoing and (o.message_id is not null or m.phase not in ('sent', 'failed', 'cancelled'))
                """, row -> row.getString(1));
    }

    /** Where the event log ends. */
    long lastPosition() throws SQLException {
        return ask("select coalesce(max(position), 0) from event", row -> row.getLong(1))
                .getFirst();
    }

    /** The events after that position, each as its device and its number there; without those of webhooks, which are not told of themselves. */
    List<String> eventsAfter(long position) throws SQLException {
        return ask(
                "select device_id || ' ' || seq from event where type not like 'webhook.%' and position > " + position,
                row -> row.getString(1));
    }

    List<Long> positionsAfter(long position) throws SQLException {
        return ask("select position from event where position > " + position, row -> row.getLong(1));
    }

    boolean has(String body) throws SQLException {
        return ask("select body from message where outgoing", row -> row.getString(1))
                .contains(body);
    }

    long outbox() throws SQLException {
        return ask("select count(*) from outbox", row -> row.getLong(1)).getFirst();
    }

    Instant leaseEnds() throws SQLException {
        return ask("select expires_at from lease", row -> row.getTimestamp(1).toInstant())
                .getFirst();
    }

    Leases leases() throws SQLException {
        return new Leases(ask(
                "select device_id, node, epoch, acquired_at from lease",
                row -> new Owned(
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getTimestamp(4).toInstant())));
    }

    /** Those that are not connected, or that nobody owns. */
    List<String> notConnected() throws SQLException {
        return ask("""
                select d.device_id || ' ' || d.state
                from device d
                left join lease l on l.device_id = d.device_id and l.expires_at > clock_timestamp()
                where d.state <> 'connected' or l.device_id is null
                """, row -> row.getString(1));
    }

    /** When the device was first told to be connected after that; empty: it was not yet. */
    Optional<Instant> connected(String device, Instant after) throws SQLException {
        return ask("""
                select at from event
                where type = 'device-status' and device_id = '%s' and at > '%s' and data ->> 'state' = 'connected'
                order by position limit 1
                """.formatted(device, after), row -> row.getTimestamp(1).toInstant()).stream()
                .findFirst();
    }

    String state() throws SQLException {
        return ask("select state from device", row -> row.getString(1)).getFirst();
    }

    /** The database's clock. */
    OffsetDateTime now() throws SQLException {
        return ask("select clock_timestamp()", row -> row.getObject(1, OffsetDateTime.class))
                .getFirst();
    }

    /** How long after that time, in ms, the device was first told not to be connected; -1: it was not yet. */
    long firstDown(String device, OffsetDateTime since) throws SQLException {
        return ask("""
                select coalesce(min(extract(epoch from at - '%s'::timestamptz) * 1000), -1)::bigint from event
                where type = 'device-status' and device_id = '%s' and at > '%s' and data ->> 'state' <> 'connected'
                """.formatted(since, device, since), row -> row.getLong(1)).getFirst();
    }

    /** Likewise, how long until it was connected again and stayed so. */
    long connectedAfterDown(String device, OffsetDateTime since) throws SQLException {
        return ask("""
                select case when data ->> 'state' = 'connected'
                    then extract(epoch from at - '%s'::timestamptz) * 1000 else -1 end::bigint
                from event where type = 'device-status' and device_id = '%s' and at > '%s' order by position desc limit 1
                """.formatted(since, device, since), row -> row.getLong(1)).stream()
                .findFirst()
                .orElse(-1L);
    }

    /** The steps of healing since then, as {@code reopen(crashed)}. */
    String steps(String device, OffsetDateTime since) throws SQLException {
        return String.join(" ", ask("""
                select (data ->> 'step') || '(' || (data ->> 'cause') || ')' from event
                where type = 'device.healing' and device_id = '%s' and at > '%s' order by position
                """.formatted(device, since), row -> row.getString(1)));
    }

    /** Those of the stanza ids whose message was not sent. */
    List<String> notSent(Collection<String> stanzaIds) throws SQLException {
        Set<String> sent = new HashSet<>(ask(
                "select stanza_id from message where outgoing and phase = 'sent' and ack >= 1",
                row -> row.getString(1)));
        return stanzaIds.stream().filter(id -> !sent.contains(id)).toList();
    }

    /** The states that the device went through, as published. */
    List<String> states() throws SQLException {
        return ask(
                "select data ->> 'state' from event where type = 'device-status' order by position",
                row -> row.getString(1));
    }
}
