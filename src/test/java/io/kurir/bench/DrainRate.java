package io.kurir.bench;

import io.kurir.bench.QueueBench.Scale;
import io.kurir.message.Lane;
import io.kurir.message.OutboxWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * How fast what is ready gets its outcome: alone, beside rows that are not due, and while an old snapshot keeps PostgreSQL from clearing away what
 * has been done.
 */
final class DrainRate {
    private static final int DEVICES = 10;
    private static final int EACH = 1_000;
    private static final int GROUP = 1_000;
    private static final int NOT_DUE = 1_000_000;
    private static final int INSERTED_AT_ONCE = 50_000;
    /** What ten devices send in ten minutes at ten messages/s each. */
    private static final int SENT_UNDER_SNAPSHOT = 60_000;

    private static final int RETRIES = 100_000;

    private static final String MESSAGES = """
            with made as (
                insert into message (device_id, stanza_id, outgoing, chat, type, body, phase, steps)
                select 'far-' || lpad((n %% 100)::text, 3, '0'), '%1$s' || lpad(n::text, 19, '0'), true,
                       '62814' || lpad(n::text, 7, '0') || '@c.us', 'text', 'Your parcel is on its way', '%2$s', step('accepted', '')
                from generate_series(%3$d, %4$d) n
                returning id, device_id, stanza_id, chat, body
            )
            """;

    private static final String SCHEDULES = MESSAGES + """
            insert into schedule (name, device_id, chat, body, local_time, timezone, missed, due_at, look_at, stanza_id)
            select stanza_id, device_id, chat, body, '2100-01-01 00:00:00', 'UTC', 'send', '2100-01-01 00:00:00Z', '2100-01-01 00:00:00Z', stanza_id
            from made
            """;

    private static final String WAITING = MESSAGES + """
            insert into outbox (message_id, device_id, chat, lane, state, due_at)
            select id, device_id, chat, 1, 'waiting', clock_timestamp() + interval '1 day' from made
            """;

    private final QueueHouse house;
    private final Scale scale;

    private DrainRate(QueueHouse house, Scale scale) {
        this.house = house;
        this.scale = scale;
    }

    static void measure(QueueHouse house, Scale scale, Report report) throws Exception {
        DrainRate rate = new DrainRate(house, scale);
        rate.rounds("warm", scale.runs());
        double alone = rate.rounds("alone", scale.runs());
        report.row("drain, 10 devices, %d rows each".formatted(scale.of(EACH)), alone, "messages/s");
        int sent = scale.of(SENT_UNDER_SNAPSHOT);
        double snapshot = rate.underSnapshot(sent);
        String name = "drain after %d messages under one snapshot that is still held".formatted(sent);
        report.row(name, snapshot, "messages/s");
        report.row(name + ": slower by", alone / snapshot, "times");
        house.create("far", 100);
        int schedules = scale.of(NOT_DUE);
        rate.insert(SCHEDULES, "5C", "scheduled", schedules);
        double beside = rate.rounds("beside", scale.runs());
        name = "drain beside %d schedules that are not due".formatted(schedules);
        report.row(name, beside, "messages/s");
        report.row(name + ": slower by", alone / beside, "times", "<= 1.3");
        int retries = scale.of(RETRIES);
        rate.insert(WAITING, "5D", "queued", retries);
        double waiting = rate.rounds("retries", scale.runs());
        name = "drain beside %d retries, too, that are not due".formatted(retries);
        report.row(name, waiting, "messages/s");
        report.row(name + ": slower by", alone / waiting, "times", "<= 1.3");
    }

    /** The median of some rounds on fresh devices. */
    private double rounds(String name, int count) throws Exception {
        List<String> devices = house.create(name, DEVICES);
        double[] rates = new double[count];
        for (int round = 0; round < count; round++) {
            rates[round] = round(devices);
        }
        return Sample.median(rates);
    }

    /** Filled while the devices are not connected, so that draining is all that happens while it is measured. */
    private double round(List<String> devices) throws Exception {
        long mark = house.mark();
        put(house, QueueHouse.entries(devices, scale.of(EACH), Lane.SCHEDULED));
        house.connect(devices);
        double rate = house.drained(devices, mark);
        house.stop(devices);
        return rate;
    }

    /** In groups, each a transaction. */
    static void put(QueueHouse house, List<OutboxWriter.Entry> entries) {
        for (int from = 0; from < entries.size(); from += GROUP) {
            List<OutboxWriter.Entry> group = entries.subList(from, Math.min(from + GROUP, entries.size()));
            Api.await(house.pool.withTransaction(transaction -> OutboxWriter.put(transaction, group)));
        }
    }

    private void insert(String sql, String ids, String phase, int rows) throws SQLException {
        for (int from = 0; from < rows; from += INSERTED_AT_ONCE) {
            house.execute(sql.formatted(ids, phase, from, Math.min(from + INSERTED_AT_ONCE, rows) - 1));
        }
        for (String table : List.of("message", "outbox", "schedule")) {
            house.execute("analyze " + table);
        }
        house.execute("checkpoint"); // so many rows at once are not what is measured
    }

    /** The rate when so many messages have gone since the snapshot, all by the same devices. */
    private double underSnapshot(int messages) throws Exception {
        List<String> devices = house.create("snapshot", DEVICES);
        try (Connection reader = Costs.connect(house.parts.database, "kurir")) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            reader.createStatement().executeQuery("select count(*) from outbox").close();
            for (int sent = 0; sent < messages; sent += DEVICES * scale.of(EACH)) {
                round(devices);
            }
            double[] rates = new double[scale.runs()];
            for (int run = 0; run < rates.length; run++) {
                rates[run] = round(devices);
            }
            reader.rollback();
            return Sample.median(rates);
        }
    }
}
