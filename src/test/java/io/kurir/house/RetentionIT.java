package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.Settings;
import io.kurir.audit.Audit;
import io.kurir.batch.BatchKeeping;
import io.kurir.bus.Bus;
import io.kurir.db.TestPostgres;
import io.kurir.event.EventLog;
import io.kurir.media.Media;
import io.kurir.media.MediaFixture;
import io.kurir.message.Outbox;
import io.kurir.schedule.Chore;
import io.kurir.schedule.Schedule.Missed;
import io.kurir.schedule.ScheduleRuns;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done with goes when its time is over, and nothing that is still needed. On a real PostgreSQL; takes a few seconds. */
class RetentionIT {
    private static final Duration KEPT = Duration.ofDays(90);

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());
    private final Bus bus = new Bus(vertx);
    private final Outbox outbox = new Outbox(pool, bus);
    private final EventLog events = new EventLog(pool, bus);

    @TempDir
    private Path data;

    @BeforeEach
    void device() throws Exception {
        sql("insert into device (device_id, owner_id, name) values ('one', 1, 'one')");
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    @Test
    void jobsGoWithTheirItemsAndTheirMessagesStay() throws Exception {
        job("old", "completed", "null", "clock_timestamp() - interval '91 days'");
        job("young", "cancelled", "null", "clock_timestamp() - interval '89 days'");
        job("open", "paused", "null", "null");
        sql("insert into message (device_id, stanza_id, outgoing, chat, type, body, phase, batch_id, batch_item)"
                + " select 'one', job_id, true, 'a@c.us', 'chat', '', 'failed', id, 0 from batch");
        BatchKeeping batches = new BatchKeeping(pool, outbox, events);
        assertThat(all(() -> batches.forget(KEPT))).isEqualTo(1);
        assertThat(column("select job_id from batch order by 1")).containsExactly("open", "young");
        assertThat(column("select job_id from batch_item join batch on id = batch_id order by 1"))
                .containsExactly("open", "young");
        assertThat(column("select count(*) from message")).containsExactly("3");
    }

    @Test
    void schedulesGoWhenTheyHaveEnded() throws Exception {
        schedule("old", "done", "null", "clock_timestamp() - interval '91 days'");
        schedule("older", "skipped", "null", "clock_timestamp() - interval '400 days'");
        schedule("young", "cancelled", "null", "clock_timestamp() - interval '89 days'");
        schedule("open", "active", "null", "null");
        ScheduleRuns schedules = new ScheduleRuns(
                vertx, pool, outbox, events, new Settings.Schedule(Missed.SEND, Duration.ofMinutes(1)));
        assertThat(all(() -> schedules.forget(KEPT))).isEqualTo(2);
        assertThat(column("select name from schedule order by 1")).containsExactly("open", "young");

        // the promotion says when one ended
        sql("update device set state = 'connected'");
        sql("update schedule set due_at = clock_timestamp(), look_at = clock_timestamp() where name = 'open'");
        get(schedules.promote());
        assertThat(column("select ended_at is not null from schedule where name = 'open' and state = 'done'"))
                .containsExactly("true");
        assertThat(all(() -> schedules.forget(KEPT))).isZero();
    }

    @Test
    void theAuditIsKeptForAWhile() throws Exception {
        for (int days : List.of(1, 89, 91, 800)) {
            sql("insert into audit (at, action, request_id, address) values (clock_timestamp() - interval '" + days
                    + " days', 'day." + days + "', '', '')");
        }
        Audit audit = new Audit(pool, "a secret for tests, 32 characters or more");
        assertThat(all(() -> audit.forget(KEPT))).isEqualTo(2);
        assertThat(column("select action from audit order by id")).containsExactly("day.1", "day.89");
    }

    /** Each file is named after who needs it. */
    @Test
    void filesStayWhileAJobOrAScheduleNeedsThem() throws Exception {
        List<String> needed = List.of("job", "item", "schedule");
        List<String> done = List.of("ended job", "ended item", "ended schedule", "nobody");
        for (String name : needed) {
            file(name, 31);
        }
        for (String name : done) {
            file(name, 31);
        }
        file("used lately", 29);
        job("1", "queued", hash("job"), "null");
        job("2", "completed", hash("ended job"), "clock_timestamp()");
        job("3", "paused", "null", "null");
        job("4", "cancelled", "null", "clock_timestamp()");
        sql("update batch_item set media = " + hash("item")
                + " where batch_id = (select id from batch where job_id = '3')");
        sql("update batch_item set media = " + hash("ended item")
                + " where batch_id = (select id from batch where job_id = '4')");
        schedule("5", "active", hash("schedule"), "null");
        schedule("6", "done", hash("ended schedule"), "clock_timestamp()");
        Media media = new Media(vertx, pool, MediaFixture.settings(), data);
        assertThat(all(media::forget)).isEqualTo(done.size());
        assertThat(column("select mimetype from media order by 1"))
                .containsExactly("item", "job", "schedule", "used lately");
    }

    @Test
    void temporaryFilesGoWhenNobodyCameBackForThem() throws Exception {
        Media media = new Media(vertx, pool, MediaFixture.settings(), data);
        for (Path folder : List.of(media.uploads(), get(media.unfinished()).getParent())) {
            for (int hours : List.of(23, 25)) {
                Path file = Files.writeString(folder.resolve("h" + hours), "x");
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(hours))));
            }
        }
        assertThat(get(media.clean(Duration.ofHours(24)))).isEqualTo(2);
        assertThat(media.uploads().resolve("h23")).exists();
        assertThat(media.uploads().resolve("h25")).doesNotExist();
    }

    private void job(String name, String state, String media, String endedAt) throws Exception {
        sql("with b as (insert into batch (job_id, device_id, kind, total, delay_ms, state, media, ended_at) values ('"
                + name
                + "', 'one', 'message', 1, 0, '" + state + "', " + media + ", " + endedAt + ") returning id)"
                + " insert into batch_item (batch_id, n, chat) select id, 0, 'a@c.us' from b");
    }

    private void schedule(String name, String state, String media, String endedAt) throws Exception {
        sql(
                "insert into schedule (device_id, name, state, chat, body, media, local_time, timezone, missed, due_at, look_at,"
                        + " ended_at) values ('one', '" + name + "', '" + state + "', 'a@c.us', '', " + media
                        + ", '2026-01-01 00:00:00', 'UTC', 'send', clock_timestamp() + interval '1 day',"
                        + " clock_timestamp() + interval '1 day', " + endedAt + ")");
    }

    private void file(String name, int daysUnused) throws Exception {
        sql("insert into media (hash, mimetype, size, used_at) values (" + hash(name) + ", '" + name
                + "', 1, clock_timestamp() - interval '" + daysUnused + " days')");
    }

    /** As an expression. */
    private static String hash(String name) {
        return "encode(sha256('" + name + "'), 'hex')";
    }

    /** As a chore does: until nothing is left. */
    private static long all(Chore.Work work) throws Exception {
        long sum = 0;
        for (long count = get(work.portion()); count > 0; count = get(work.portion())) {
            sum += count;
        }
        return sum;
    }

    private List<String> column(String sql) throws Exception {
        List<String> values = new ArrayList<>();
        get(pool.query(sql).execute()).forEach(row -> values.add(String.valueOf(row.getValue(0))));
        return values;
    }

    private void sql(String statement) throws Exception {
        get(pool.query(statement).execute());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
