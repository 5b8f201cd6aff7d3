package io.kurir.access;

import io.kurir.http.Problem;
import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Table {@code app_user}. Over 300 lines: half of them SQL. */
final class UserStore {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String COLUMNS = "id, email, username, full_name, role, active, created_at, last_login_at";

    private static final String FIND = """
            select %s
            from app_user
            where id = $1
            """.formatted(COLUMNS);

    private static final String FIND_FOR_LOGIN = """
            select %s, password_hash
            from app_user
            where (lower(email) = lower($1) or lower(username) = lower($1)) and active
            """.formatted(COLUMNS);

    private static final String FIND_HASH = """
            select password_hash
            from app_user
            where id = $1 and active
            """;

    private static final String FIND_ID = """
            select id
            from app_user
            where lower(email) = lower($1) or lower(username) = lower($1)
            """;

    private static final String INSERT = """
            insert into app_user (email, username, password_hash, role, full_name)
            values ($1, $2, $3, $4, $5)
            on conflict do nothing
            returning %s
            """.formatted(COLUMNS);

    private static final String TOUCH = """
            update app_user
            set last_login_at = now()
            where id = $1
            """;

    private static final String MATCHING = """
            from app_user
            where ($1::text is null or username ilike $1 or email ilike $1 or full_name ilike $1)
              and ($2::text is null or role = $2)
              and ($3::boolean is null or active = $3)
            """;

    private static final String COUNT = "select count(*) " + MATCHING;

    /** Each order has an index that is read from one end or the other. */
    private static final Map<Users.Sort, String> LISTS = lists();

    /** Two that take the last two admins away wait here for each other, and the second one sees what the first has done. */
    private static final String LOCK_ADMINS = """
            select id
            from app_user
            where role = 'admin' and active
            order by id
            for update
            """;

    private static final String FIRST_ADMIN = "select min(id) from app_user where role = 'admin' and active";

    private static final String LOCK = FIND + " for update";

    private static final String UPDATE = """
            update app_user
            set email = coalesce($2, email),
                username = coalesce($3, username),
                full_name = case when $4 then $5 else full_name end,
                role = coalesce($6, role),
                active = coalesce($7, active),
                password_hash = coalesce($8, password_hash)
            where id = $1
              and (role <> 'admin' or not active or (coalesce($6, role) = 'admin' and coalesce($7, active))
                   or exists (select from app_user o where o.role = 'admin' and o.active and o.id <> $1))
            returning %s
            """.formatted(COLUMNS);

    private static final String DELETE = """
            delete from app_user
            where id = $1
              and not exists (select from device where owner_id = $1)
              and (role <> 'admin' or not active
                   or exists (select from app_user o where o.role = 'admin' and o.active and o.id <> $1))
            """;

    private static final String FIND_HEIR = "select from app_user where id = $1 and active for share";

    // who said stop is heeded by the devices that go over, and not by others of their new owner
    private static final String KEEP_SUPPRESSIONS = """
            insert into suppression (owner_id, device_id, phone, reason, created_at)
            select $2, d.device_id, s.phone, s.reason, s.created_at
            from suppression s
            join device d on d.owner_id = s.owner_id and d.device_id = coalesce(s.device_id, d.device_id)
            where s.owner_id = $1
            on conflict do nothing
            """;

    private static final String DROP_SUPPRESSIONS = "delete from suppression where owner_id = $1";

    private static final String MOVE_DEVICES = """
            update device
            set owner_id = $2, updated_at = clock_timestamp()
            where owner_id = $1
            """;

    // a webhook of all devices would tell of those that the new owner had before
    private static final String MOVE_WEBHOOKS = """
            update webhook w
            set owner_id = $2
            where w.owner_id = $1
              and exists (select from device d where d.device_id = w.device_id and d.owner_id = $2)
            """;

    private static final String COUNT_DEVICES = "select count(*) from device where owner_id = $1";

    /** A user with the stored hash of the password. */
    record WithHash(User user, String hash) {}

    /** A user after a change, and whether its logins have ended by it. */
    record Changed(User user, boolean loggedOut) {}

    private final Pool pool;

    UserStore(Pool pool) {
        this.pool = pool;
    }

    Optional<Long> firstAdmin() {
        return Optional.ofNullable(
                pool.query(FIRST_ADMIN).execute().await().iterator().next().getLong(0));
    }

    private static Map<Users.Sort, String> lists() {
        Map<Users.Sort, String> lists = new EnumMap<>(Users.Sort.class);
        for (Users.Sort sort : Users.Sort.values()) {
            lists.put(sort, """
                    select %s
                    %s
                    order by %s
                    limit $4 offset $5
                    """.formatted(COLUMNS, MATCHING, order(sort)));
        }
        return lists;
    }

    private static String order(Users.Sort sort) {
        return switch (sort) {
            case ID -> "id";
            case ID_DOWN -> "id desc";
            case USERNAME -> "lower(username)";
            case USERNAME_DOWN -> "lower(username) desc";
            case EMAIL -> "lower(email)";
            case EMAIL_DOWN -> "lower(email) desc";
            case CREATED -> "created_at, id";
            case CREATED_DOWN -> "created_at desc, id desc";
            case LAST_LOGIN -> "last_login_at nulls first, id";
            case LAST_LOGIN_DOWN -> "last_login_at desc nulls last, id desc";
        };
    }

    /** Also one that is not active. */
    Optional<User> find(long id) {
        return first(FIND, Tuple.of(id)).map(UserStore::user);
    }

    Optional<WithHash> findForLogin(String emailOrUsername) {
        return first(FIND_FOR_LOGIN, Tuple.of(emailOrUsername))
                .map(row -> new WithHash(user(row), row.getString("password_hash")));
    }

    /** Of an active user. */
    Optional<String> findHash(long id) {
        return first(FIND_HASH, Tuple.of(id)).map(row -> row.getString("password_hash"));
    }

    Optional<Long> findId(String emailOrUsername) {
        return first(FIND_ID, Tuple.of(emailOrUsername)).map(row -> row.getLong("id"));
    }

    /** Empty when the email or the user name is taken. */
    Optional<User> insert(
            String email, String username, String passwordHash, Caller.Role role, Optional<String> fullName) {
        Tuple row = Tuple.of(email, username, passwordHash, word(role)).addString(fullName.orElse(null));
        return first(INSERT, row).map(UserStore::user);
    }

    void touch(long id) {
        pool.preparedQuery(TOUCH).execute(Tuple.of(id)).await();
    }

    long count(Users.Filter filter) {
        return pool.preparedQuery(COUNT)
                .execute(tuple(filter))
                .await()
                .iterator()
                .next()
                .getLong(0);
    }

    List<User> list(Users.Filter filter, Users.Sort sort, int page, int pageSize) {
        Tuple paged = tuple(filter).addInteger(pageSize).addLong((page - 1L) * pageSize);
        List<User> users = new ArrayList<>();
        pool.preparedQuery(java.util.Objects.requireNonNull(LISTS.get(sort)))
                .execute(paged)
                .await()
                .forEach(row -> users.add(user(row)));
        return users;
    }

    private static Tuple tuple(Users.Filter filter) {
        return Tuple.tuple()
                .addString(filter.search().map(UserStore::pattern).orElse(null))
                .addString(filter.role().map(UserStore::word).orElse(null))
                .addBoolean(filter.active().orElse(null));
    }

    private static String pattern(String search) {
        return "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    }

    /**
     * Changes a user and, where the change takes something away, ends its logins, but for {@code except}. Empty when there is no such user.
     * {@code CONFLICT} when a name is taken, or nobody would be left to administer.
     */
    Optional<Changed> update(long id, Users.Change change, Optional<String> passwordHash, Optional<Long> except) {
        return pool.withTransaction(sql -> sql.preparedQuery(LOCK_ADMINS)
                        .execute()
                        .compose(_ -> sql.preparedQuery(LOCK).execute(Tuple.of(id)))
                        .compose(rows -> rows.size() == 0
                                ? Future.succeededFuture(Optional.<Changed>empty())
                                : update(sql, user(rows.iterator().next()), change, passwordHash, except)
                                        .map(Optional::of)))
                .recover(UserStore::taken)
                .await();
    }

    private static Future<Changed> update(
            SqlClient sql, User before, Users.Change change, Optional<String> passwordHash, Optional<Long> except) {
        Tuple values = Tuple.of(
                        before.id(),
                        change.email().orElse(null),
                        change.username().orElse(null),
                        change.fullName().isPresent())
                .addString(change.fullName().flatMap(name -> name).orElse(null))
                .addString(change.role().map(UserStore::word).orElse(null))
                .addBoolean(change.active().orElse(null))
                .addString(passwordHash.orElse(null));
        return sql.preparedQuery(UPDATE).execute(values).compose(rows -> {
            if (rows.size() == 0) {
                return Future.failedFuture(lastAdmin());
            }
            User after = user(rows.iterator().next());
            Optional<String> reason = whyLoggedOut(before, after, passwordHash.isPresent());
            return reason.map(why -> LoginStore.endAll(sql, before.id(), why, except))
                    .orElseGet(Future::succeededFuture)
                    .map(_ -> new Changed(after, reason.isPresent()));
        });
    }

    private static Optional<String> whyLoggedOut(User before, User after, boolean newPassword) {
        if (before.active() && !after.active()) {
            return Optional.of("deactivated");
        }
        if (before.role() != after.role()) {
            return Optional.of("role-changed");
        }
        return newPassword ? Optional.of("password-changed") : Optional.empty();
    }

    /**
     * Deletes a user with logins, keys and webhooks; the devices, with what stops them from writing to whom, and the webhooks of one of them go to the
     * heir. False when there is no such user.
     */
    boolean delete(long id, Optional<Long> heir) {
        return pool.withTransaction(sql -> sql.preparedQuery(LOCK_ADMINS)
                        .execute()
                        .compose(_ -> heir.map(to -> inherit(sql, id, to)).orElseGet(Future::succeededFuture))
                        .compose(_ -> sql.preparedQuery(DELETE).execute(Tuple.of(id)))
                        .compose(rows -> rows.rowCount() == 1
                                ? sql.preparedQuery(DROP_SUPPRESSIONS)
                                        .execute(Tuple.of(id))
                                        .map(true)
                                : undeleted(sql, id)))
                .await();
    }

    private static Future<Void> inherit(SqlClient sql, long from, long to) {
        Tuple both = Tuple.of(from, to);
        return sql.preparedQuery(FIND_HEIR)
                .execute(Tuple.of(to))
                .compose(rows -> rows.size() == 1 && from != to
                        ? Future.succeededFuture()
                        : Future.failedFuture(Problem.invalid("transferTo", "is not another user")))
                .compose(_ -> sql.preparedQuery(KEEP_SUPPRESSIONS).execute(both))
                .compose(_ -> sql.preparedQuery(MOVE_DEVICES).execute(both))
                .compose(_ -> sql.preparedQuery(MOVE_WEBHOOKS).execute(both))
                .mapEmpty();
    }

    /** Why not; a refusal takes back what the heir has got. */
    private static Future<Boolean> undeleted(SqlClient sql, long id) {
        return sql.preparedQuery(FIND).execute(Tuple.of(id)).compose(rows -> {
            if (rows.size() == 0) {
                return Future.succeededFuture(false);
            }
            return sql.preparedQuery(COUNT_DEVICES).execute(Tuple.of(id)).compose(counted -> {
                long devices = counted.iterator().next().getLong(0);
                return Future.failedFuture(
                        devices == 0
                                ? lastAdmin()
                                : Problem.of(
                                        Problem.Code.CONFLICT,
                                        "The user owns " + devices + " devices; say by transferTo who gets them"));
            });
        });
    }

    private static Problem lastAdmin() {
        return Problem.of(Problem.Code.CONFLICT, "This is the last admin who is active");
    }

    static Problem taken() {
        return Problem.of(Problem.Code.CONFLICT, "The email or the user name is taken");
    }

    private static <T> Future<T> taken(Throwable failure) {
        return failure instanceof PgException refused && UNIQUE_VIOLATION.equals(refused.getSqlState())
                ? Future.failedFuture(taken())
                : Future.failedFuture(failure);
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
                row.getBoolean("active"),
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
