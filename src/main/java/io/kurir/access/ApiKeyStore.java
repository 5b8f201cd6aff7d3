package io.kurir.access;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Table {@code api_key}. */
final class ApiKeyStore {
    private static final String COLUMNS =
            "k.id, k.name, k.prefix, k.scopes, k.device_ids, k.expires_at, k.last_used_at, k.created_at";

    // Devices that are named are held while the key comes to be: whoever deletes one of them then takes it out of the
    // key.
    private static final String INSERT = """
            with named as (
                select device_id from device where device_id = any ($6::text[]) for key share
            )
            insert into api_key as k (user_id, name, prefix, hash, scopes, device_ids, expires_at)
            select $1, $2, $3, $4, $5, $6, $7
            where $6 is null or cardinality($6) = (select count(*) from named)
            on conflict (hash) do nothing
            returning %s
            """.formatted(COLUMNS);

    private static final String LIST = """
            select %s, count(*) over () as total
            from api_key k
            where k.user_id = $1
            order by k.id desc
            limit $2 offset $3
            """.formatted(COLUMNS);

    private static final String DELETE = """
            delete from api_key
            where id = $1 and user_id = $2
            returning hash
            """;

    private static final String FIND_GOOD = """
            select %s, u.id as user_id, u.role
            from api_key k
            join app_user u on u.id = k.user_id
            where u.active and (k.expires_at is null or k.expires_at > now())
            """.formatted(COLUMNS);

    private static final String FIND = FIND_GOOD + " and k.hash = $1";

    private static final String FIND_BY_ID = FIND_GOOD + " and k.id = $1";

    /** To the minute: a busy key must not write a row per request. */
    private static final String TOUCH = """
            update api_key
            set last_used_at = now()
            where id = $1 and (last_used_at is null or last_used_at < now() - interval '1 minute')
            """;

    /** A key with whom it acts for. */
    record Owned(ApiKey key, long userId, Caller.Role role) {}

    /** One page of keys; {@code total} counts all. */
    record Listing(List<ApiKey> keys, long total) {}

    private final Pool pool;

    ApiKeyStore(Pool pool) {
        this.pool = pool;
    }

    /** Empty when the very same key is stored already, or one of its devices is not there. */
    Optional<ApiKey> insert(
            long userId,
            String name,
            String key,
            Set<Caller.Scope> scopes,
            Optional<Set<String>> deviceIds,
            Optional<Instant> expiresAt) {
        String[] words = scopes.stream()
                .map(scope -> scope.name().toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
        Tuple row = Tuple.tuple()
                .addLong(userId)
                .addString(name)
                .addString(Secrets.prefix(key))
                .addBuffer(Secrets.hash(key))
                .addArrayOfString(words)
                .addArrayOfString(deviceIds
                        .map(ids -> ids.stream().sorted().toArray(String[]::new))
                        .orElse(null))
                .addValue(expiresAt.map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
        return first(pool.preparedQuery(INSERT).execute(row).await()).map(ApiKeyStore::key);
    }

    Listing list(long userId, int page, int pageSize) {
        RowSet<Row> rows = pool.preparedQuery(LIST)
                .execute(Tuple.of(userId, pageSize, (page - 1) * pageSize))
                .await();
        List<ApiKey> keys = new ArrayList<>();
        long total = 0;
        for (Row row : rows) {
            keys.add(key(row));
            total = row.getLong("total");
        }
        return new Listing(keys, total);
    }

    /** The hash of the deleted key; empty when the user has no such key. */
    Optional<Buffer> delete(long id, long userId) {
        return first(pool.preparedQuery(DELETE).execute(Tuple.of(id, userId)).await())
                .map(row -> row.getBuffer("hash"));
    }

    /** The same of anybody's key. */
    Optional<Buffer> delete(long id) {
        return first(pool.preparedQuery("delete from api_key where id = $1 returning hash")
                        .execute(Tuple.of(id))
                        .await())
                .map(row -> row.getBuffer("hash"));
    }

    /** The number of the user's key of this name, where that is this very key. */
    Optional<Long> idOf(long userId, String name, String key) {
        return first(pool.preparedQuery("select id from api_key where hash = $1 and user_id = $2 and name = $3")
                        .execute(Tuple.of(Secrets.hash(key), userId, name))
                        .await())
                .map(row -> row.getLong("id"));
    }

    Optional<Owned> find(Buffer hash) {
        return first(pool.preparedQuery(FIND).execute(Tuple.of(hash)).await())
                .map(row -> new Owned(key(row), row.getLong("user_id"), UserStore.role(row.getString("role"))));
    }

    Optional<Owned> find(long id) {
        return first(pool.preparedQuery(FIND_BY_ID).execute(Tuple.of(id)).await())
                .map(row -> new Owned(key(row), row.getLong("user_id"), UserStore.role(row.getString("role"))));
    }

    Future<?> touch(long id) {
        return pool.preparedQuery(TOUCH).execute(Tuple.of(id));
    }

    private static Optional<Row> first(RowSet<Row> rows) {
        return rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next());
    }

    private static ApiKey key(Row row) {
        return new ApiKey(
                row.getLong("id"),
                row.getString("name"),
                row.getString("prefix"),
                scopes(row.getArrayOfStrings("scopes")),
                Optional.ofNullable(row.getArrayOfStrings("device_ids")).map(ids -> Set.copyOf(List.of(ids))),
                Optional.ofNullable(row.getOffsetDateTime("expires_at")).map(OffsetDateTime::toInstant),
                Optional.ofNullable(row.getOffsetDateTime("last_used_at")).map(OffsetDateTime::toInstant),
                row.getOffsetDateTime("created_at").toInstant());
    }

    private static Set<Caller.Scope> scopes(String[] words) {
        Set<Caller.Scope> scopes = EnumSet.noneOf(Caller.Scope.class);
        for (String word : words) {
            scopes.add(Caller.Scope.valueOf(word.toUpperCase(Locale.ROOT)));
        }
        return scopes;
    }
}
