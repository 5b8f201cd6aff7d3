package io.kurir.access;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;

/** Tables {@code login_session} and {@code refresh_token}: a login and the family of its refresh tokens. */
final class LoginStore {
    private static final String OPEN = """
            insert into login_session (user_id, expires_at)
            values ($1, now() + $2 * interval '1 second')
            returning id
            """;

    private static final String FORGET_EXPIRED = """
            delete from login_session
            where user_id = $1 and expires_at < now()
            """;

    private static final String ADD_TOKEN = """
            insert into refresh_token (hash, login_id, expires_at)
            values ($1, $2, now() + $3 * interval '1 second')
            """;

    private static final String SPEND_TOKEN = """
            update refresh_token t
            set used_at = now()
            from login_session l
            where t.hash = $1
              and t.used_at is null
              and t.expires_at > now()
              and l.id = t.login_id
              and l.ended_at is null
            returning l.id, l.user_id
            """;

    private static final String PROLONG = """
            update login_session
            set expires_at = now() + $2 * interval '1 second'
            where id = $1
            """;

    private static final String FIND_SPENT = """
            select login_id
            from refresh_token
            where hash = $1 and used_at is not null
            """;

    private static final String END = """
            update login_session
            set ended_at = now(), end_reason = $2
            where id = $1 and ended_at is null
            """;

    // $3: but not this one
    private static final String END_ALL = """
            update login_session
            set ended_at = now(), end_reason = $2
            where user_id = $1 and ended_at is null and id is distinct from $3
            """;

    private static final String FIND_ALIVE = """
            select u.id, u.role, u.username
            from login_session l
            join app_user u on u.id = l.user_id
            where l.id = $1
              and l.ended_at is null
              and l.expires_at > now()
              and u.active
            """;

    /** An open login and its user. */
    record Login(long loginId, long userId) {}

    /** What an access token needs of its user. */
    record Alive(long userId, Caller.Role role, String username) {}

    private final Pool pool;

    LoginStore(Pool pool) {
        this.pool = pool;
    }

    /** Opens a login with its first refresh token, and forgets what expired of the same user. */
    Login open(long userId, String refreshToken, Duration lifetime) {
        return pool.withTransaction(sql -> sql.preparedQuery(FORGET_EXPIRED)
                        .execute(Tuple.of(userId))
                        .compose(_ -> sql.preparedQuery(OPEN).execute(Tuple.of(userId, lifetime.toSeconds())))
                        .map(rows -> new Login(rows.iterator().next().getLong("id"), userId))
                        .compose(login -> addToken(sql, refreshToken, login.loginId, lifetime)
                                .map(login)))
                .await();
    }

    /** Spends one token and adds the next; empty when the old one is unknown, spent, expired or of an ended login. */
    Optional<Login> rotate(String spent, String next, Duration lifetime) {
        return pool.withTransaction(sql -> sql.preparedQuery(SPEND_TOKEN)
                        .execute(Tuple.of(Secrets.hash(spent)))
                        .compose(rows -> {
                            if (rows.size() == 0) {
                                return Future.succeededFuture(Optional.<Login>empty());
                            }
                            Row row = rows.iterator().next();
                            Login login = new Login(row.getLong("id"), row.getLong("user_id"));
                            return sql.preparedQuery(PROLONG)
                                    .execute(Tuple.of(login.loginId, lifetime.toSeconds()))
                                    .compose(_ -> addToken(sql, next, login.loginId, lifetime))
                                    .map(_ -> Optional.of(login));
                        }))
                .await();
    }

    /** The login whose token was spent before; somebody has a copy. */
    Optional<Long> findBySpent(String token) {
        return first(FIND_SPENT, Tuple.of(Secrets.hash(token))).map(row -> row.getLong("login_id"));
    }

    void end(long loginId, String reason) {
        pool.preparedQuery(END).execute(Tuple.of(loginId, reason)).await();
    }

    /** Ends the user's logins, all or all but one, as part of what {@code sql} is in the midst of. */
    static Future<Void> endAll(SqlClient sql, long userId, String reason, Optional<Long> except) {
        Tuple which = Tuple.tuple().addLong(userId).addString(reason).addLong(except.orElse(null));
        return sql.preparedQuery(END_ALL).execute(which).mapEmpty();
    }

    Optional<Alive> findAlive(long loginId) {
        return first(FIND_ALIVE, Tuple.of(loginId))
                .map(row ->
                        new Alive(row.getLong("id"), UserStore.role(row.getString("role")), row.getString("username")));
    }

    private static Future<RowSet<Row>> addToken(SqlClient sql, String token, long loginId, Duration lifetime) {
        Buffer hash = Secrets.hash(token);
        return sql.preparedQuery(ADD_TOKEN).execute(Tuple.of(hash, loginId, lifetime.toSeconds()));
    }

    private Optional<Row> first(String sql, Tuple parameters) {
        RowSet<Row> rows = pool.preparedQuery(sql).execute(parameters).await();
        return rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next());
    }
}
