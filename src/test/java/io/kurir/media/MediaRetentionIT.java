package io.kurir.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.db.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are forgotten: those that nobody has used for 30 days and nobody waits for. */
class MediaRetentionIT {
    private static final String FRESH = "29 days";
    private static final String OLD = "31 days";

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = TestPostgres.pool(vertx, TestPostgres.freshUrl());

    @TempDir
    private Path folder;

    @BeforeEach
    void device() throws Exception {
        get(pool.query("insert into device (device_id, owner_id, name) values ('main', 1, 'Main')")
                .execute());
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private Media media() {
        return new Media(vertx, pool, MediaFixture.settings(), folder);
    }

    /** The hash of a new file that was used last so long ago. */
    private String kept(Media media, String words, String ago) throws Exception {
        Path file = Files.writeString(folder.resolve(words), words);
        String hash = get(media.keep(file, "text/plain")).hash();
        get(pool.preparedQuery("update media set used_at = clock_timestamp() - $2::text::interval where hash = $1")
                .execute(Tuple.of(hash, ago)));
        return hash;
    }

    private void message(String stanzaId, String hash, boolean outgoing, String phase) throws Exception {
        get(pool.preparedQuery("""
                        insert into message (device_id, stanza_id, outgoing, chat, type, body, phase, media)
                        values ('main', $1, $3, '62811@c.us', 'document', '', $4, $2)
                        """).execute(Tuple.of(stanzaId, hash, outgoing, phase)));
    }

    private void waits(String stanzaId) throws Exception {
        get(pool.preparedQuery("""
                        insert into outbox (message_id, device_id, chat, lane, state, due_at)
                        select id, device_id, chat, 0, 'waiting', clock_timestamp() + interval '1 hour' from message
                        where stanza_id = $1
                        """).execute(Tuple.of(stanzaId)));
    }

    private void schedule(String name, String hash, String state) throws Exception {
        get(pool.preparedQuery("""
                        insert into schedule (name, device_id, state, chat, body, media, cron, timezone, missed, due_at, look_at)
                        values ($1, 'main', $3, '62811@c.us', '', $2, '0 9 * * *', 'UTC', 'send', clock_timestamp(), clock_timestamp())
                        """).execute(Tuple.of(name, hash, state)));
    }

    private List<String> left() throws Exception {
        List<String> hashes = new ArrayList<>();
        for (Row row : get(pool.query("select hash from media").execute())) {
            hashes.add(row.getString(0));
        }
        return hashes;
    }

    @Test
    void whatIsOldGoesUnlessSomethingStillHasToSendIt() throws Exception {
        Media media = media();
        kept(media, "old", OLD);
        String fresh = kept(media, "fresh", FRESH);
        String waiting = kept(media, "waits in the outbox", OLD);
        message("3EB0WAITING", waiting, true, "queued");
        waits("3EB0WAITING");
        String sent = kept(media, "was sent", OLD);
        message("3EB0SENT", sent, true, "sent");
        String received = kept(media, "was received", OLD);
        message("3EB0RECEIVED", received, false, "received");
        String scheduled = kept(media, "is scheduled", OLD);
        schedule("active", scheduled, "active");
        String done = kept(media, "was scheduled", OLD);
        schedule("done", done, "done");

        assertThat(get(media.forget())).isEqualTo(4);
        assertThat(left()).containsExactlyInAnyOrder(fresh, waiting, scheduled);
        assertThat(get(pool.query("select distinct hash from media_chunk").execute()))
                .as("the pieces go with their file")
                .hasSize(3);
        assertThat(get(media.forget())).isZero();

        get(pool.query("delete from outbox").execute());
        get(pool.query("update schedule set state = 'cancelled'").execute());
        assertThat(get(media.forget())).isEqualTo(2);
        assertThat(left()).containsExactly(fresh);
    }

    @Test
    void whatIsReadOrSentAgainIsFreshAgain() throws Exception {
        Media media = media();
        String read = kept(media, "read", OLD);
        get(media.file(read));
        String again = kept(media, "sent again", OLD);
        get(media.keep(Files.writeString(folder.resolve("another"), "sent again"), "text/plain"));
        // the use is noted beside the reading
        org.awaitility.Awaitility.await()
                .until(() -> get(pool.query("select from media where used_at > clock_timestamp() - interval '1 minute'")
                                        .execute())
                                .size()
                        == 2);
        assertThat(get(media.forget())).isZero();
        assertThat(left()).containsExactlyInAnyOrder(read, again);
    }

    @Test
    void aFileThatWasForgottenIsGoneOnAMachineThatHasNoneInItsCache() throws Exception {
        Media media = media();
        String hash = kept(media, "once", OLD);
        assertThat(get(media.forget())).isEqualTo(1);
        assertThat(get(media.get(hash))).isEmpty();
        Media elsewhere = new Media(vertx, pool, MediaFixture.settings(), folder.resolve("elsewhere"));
        assertThatThrownBy(() -> get(elsewhere.file(hash)))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(Media.Gone.class);
    }
}
