package io.kurir.batch;

import io.kurir.message.Contents;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The tables {@code batch} and {@code batch_item}: writing a batch down in several transactions, in state {@code staging} until it is published. */
final class StagingStore {
    private static final String CREATE = """
            insert into batch (job_id, device_id, kind, total, delay_ms, state, seed, template, content, media, typing, opens, closes,
                               timezone, share, starts_at, name)
            select $1, d.device_id, $3, 0, $4, 'staging', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
            from device d
            where d.device_id = $2
            returning id
            """;

    private static final String STAGE = """
            insert into batch_item (batch_id, n, chat, body, vars, content, media, quoted, mentions, typing)
            select $1, n, chat, body, vars::jsonb, content::jsonb, media, quoted, string_to_array(mentions, ' '), typing
            from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                        $10::boolean[]) as t(n, chat, body, vars, content, media, quoted, mentions, typing)
            """;

    private static final String PUBLISH = """
            update batch
            set state = 'queued', total = $2, repeated = $3, duplicates = $4,
                next_at = greatest(starts_at, clock_timestamp())
            where id = $1 and state = 'staging'
            """;

    private static final String ABANDONED = """
            delete from batch where state = 'staging' and created_at < clock_timestamp() - make_interval(secs => $1)
            """;

    private static final String DROP = "delete from batch where job_id = $1 and device_id = $2 and state = 'staging'";

    private final Pool pool;

    StagingStore(Pool pool) {
        this.pool = pool;
    }

    /** Empty when the device is gone; fails where the job is there already. */
    Future<Optional<Long>> create(String deviceId, NewBatch batch) {
        Optional<Window> window = batch.pace().window();
        return pool.preparedQuery(CREATE)
                .execute(Tuple.tuple()
                        .addString(batch.jobId())
                        .addString(deviceId)
                        .addString(batch.kind())
                        .addLong(batch.pace().delay().map(Duration::toMillis).orElse(BatchStore.RANDOM))
                        .addBuffer(batch.seed())
                        .addString(batch.template().map(Template::text).orElse(null))
                        .addJsonObject(batch.file()
                                .flatMap(file -> Contents.json(file.content()))
                                .orElse(null))
                        .addString(batch.file().map(NewBatch.File::hash).orElse(null))
                        .addBoolean(batch.typing())
                        .addLocalTime(window.map(Window::from).orElse(null))
                        .addLocalTime(window.map(Window::to).orElse(null))
                        .addString(window.map(daily -> daily.zone().getId()).orElse(null))
                        .addShort((short) batch.pace().share())
                        .addOffsetDateTime(batch.startsAt()
                                .map(at -> at.atOffset(ZoneOffset.UTC))
                                .orElse(null))
                        .addString(batch.name().orElse(null)))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getLong(0)));
    }

    Future<Void> stage(long batch, List<NewBatch.Item> items) {
        return pool.preparedQuery(STAGE)
                .execute(Tuple.tuple()
                        .addLong(batch)
                        .addArrayOfInteger(
                                items.stream().map(NewBatch.Item::index).toArray(Integer[]::new))
                        .addArrayOfString(
                                texts(items, item -> Optional.of(item.chat().toString())))
                        .addArrayOfString(texts(items, NewBatch.Item::body))
                        .addArrayOfString(texts(items, item -> item.variables().map(JsonObject::encode)))
                        .addArrayOfString(texts(items, item -> item.content().map(JsonObject::encode)))
                        .addArrayOfString(texts(items, NewBatch.Item::media))
                        .addArrayOfString(texts(items, NewBatch.Item::quoted))
                        .addArrayOfString(texts(
                                items,
                                item -> Optional.of(String.join(
                                        " ",
                                        item.mentions().stream()
                                                .map(Jid::toString)
                                                .toList()))))
                        .addArrayOfBoolean(
                                items.stream().map(NewBatch.Item::typing).toArray(Boolean[]::new)))
                .mapEmpty();
    }

    private static String[] texts(List<NewBatch.Item> items, Function<NewBatch.Item, Optional<String>> what) {
        return items.stream().map(item -> what.apply(item).orElse(null)).toArray(String[]::new);
    }

    /** Everybody sees it from here on. False when it is not there any more: somebody took it for abandoned, or the device is gone. */
    Future<Boolean> publish(long batch, int total, int repeated, JsonArray duplicates) {
        return pool.preparedQuery(PUBLISH)
                .execute(Tuple.of(batch, total, repeated, duplicates))
                .map(rows -> rows.rowCount() == 1);
    }

    /** Only what is not published. */
    Future<Void> drop(String deviceId, String jobId) {
        return pool.preparedQuery(DROP).execute(Tuple.of(jobId, deviceId)).mapEmpty();
    }

    /** Stagings that nobody goes on with; how many. */
    Future<Integer> dropAbandoned(Duration after) {
        return pool.preparedQuery(ABANDONED)
                .execute(Tuple.of((double) after.toSeconds()))
                .map(SqlResult::rowCount);
    }
}
