package io.kurir.session;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;

/** Table {@code agent_tenant}. */
final class TenantStore {
    private static final String CLAIM = """
            insert into agent_tenant (device_id, tenant) values ($1, $2) on conflict (device_id) do nothing
            """;

    private static final String OF = "select tenant from agent_tenant where device_id = $1";

    private static final String SIBLINGS = """
            select t.device_id
            from agent_tenant t
            join device d on d.device_id = t.device_id
            join device mine on mine.device_id = $1
            where t.tenant = (select tenant from agent_tenant where device_id = $1)
              and t.device_id <> $1 and d.owner_id = mine.owner_id
            order by d.created_at, d.device_id
            limit 100
            """;

    private final Pool pool;

    TenantStore(Pool pool) {
        this.pool = pool;
    }

    /** Changes nothing where the device has one. */
    Future<Void> claim(String deviceId, String tenant) {
        return pool.preparedQuery(CLAIM).execute(Tuple.of(deviceId, tenant)).mapEmpty();
    }

    Future<Optional<String>> of(String deviceId) {
        return ids(OF, deviceId).map(found -> found.stream().findFirst());
    }

    Future<List<String>> siblings(String deviceId) {
        return ids(SIBLINGS, deviceId);
    }

    private Future<List<String>> ids(String sql, String deviceId) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(deviceId))
                .map(rows -> rows.stream().map(row -> row.getString(0)).toList());
    }
}
