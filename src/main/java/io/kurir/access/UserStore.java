package io.kurir.access;

import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Table {@code app_user}. */
public final class UserStore {
    private static final String COLUMNS = "id, email, username, full_name, role, created_at, last_login_at";

    private static final String FIND = """
            select %s
            from app_user
            where id = $1 and active
            """.formatted(COLUMNS);

    private static final String FIND_FOR_LOGIN = """
            select %s, password_hash
            from app_user
            where (lower(email) = lower($1) or lower(username) = lower($1)) and active
            """.formatted(COLUMNS);

    private static final String FIND_ID_BY_EMAIL = """
            select id
            from app_user
            where lower(email) = lower($1)
            """;

    private static final String INSERT = """
            insert into app_user (email, username, password_hash, role)
            values ($1, $2, $3, $4)
            on conflict do nothing
            returning id
            """;

    private static final String TOUCH = """
            update app_user
            set last_login_at = now()
            where id = $1
            """;

    /** A user with the stored hash of the password. */
    record WithHash(User user, String hash) {}

    private final Pool pool;

    public UserStore(Pool pool) {
        this.pool = pool;
    }

    Optional<User> find(long id) {
        return first(FIND, Tuple.of(id)).map(UserStore::user);
    }

    Optional<WithHash> findForLogin(String emailOrUsername) {
        return first(FIND_FOR_LOGIN, Tuple.of(emailOrUsername))
                .map(row -> new WithHash(user(row), row.getString("password_hash")));
    }

    Optional<Long> findIdByEmail(String email) {
        return first(FIND_ID_BY_EMAIL, Tuple.of(email)).map(row -> row.getLong("id"));
    }

    /** Empty when the email or the user name is taken. */
    Optional<Long> insert(String email, String username, String passwordHash, Caller.Role role) {
        return first(INSERT, Tuple.of(email, username, passwordHash, word(role)))
                .map(row -> row.getLong("id"));
    }

    void touch(long id) {
        pool.preparedQuery(TOUCH).execute(Tuple.of(id)).await();
    }

    private Optional<Row> first(String sql, Tuple parameters) {
        RowSet<Row> rows = pool.preparedQuery(sql).execute(parameters).await();
        return rows.size() == 0 ? Optional.empty() : Optional.of(rows.iterator().next());
    }

    private static User user(Row row) {
        return new User(
                row.getLong("id"),
                row.getString("email"),
                row.getString("username"),
                Optional.ofNullable(row.getString("full_name")),
                role(row.getString("role")),
                row.getOffsetDateTime("created_at").toInstant(),
                Optional.ofNullable(row.getOffsetDateTime("last_login_at")).map(OffsetDateTime::toInstant));
    }

    static Caller.Role role(String word) {
        return word.equals("admin") ? Caller.Role.ADMIN : Caller.Role.USER;
    }

    static String word(Caller.Role role) {
        return switch (role) {
            case ADMIN -> "admin";
            case USER -> "user";
        };
    }
}
