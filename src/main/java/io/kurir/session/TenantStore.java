package io.kurir.session;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** Table {@code agent_tenant}. */
final class TenantStore {
    private static final String CLAIM = """
            insert into agent_tenant (device_id, tenant) values ($1, $2) on conflict (device_id) do nothing
            """;

    private static final String OF = "select tenant from agent_tenant where device_id = $1";

    private static final String SIBLING = """
            select t.device_id
            from agent_tenant t
            join device d on d.device_id = t.device_id
            join device mine on mine.device_id = $1
            where t.tenant = (select tenant from agent_tenant where device_id = $1)
              and t.device_id <> $1 and d.owner_id = mine.owner_id
            order by d.created_at desc, d.device_id
            limit 1
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
        return first(OF, deviceId);
    }

    Future<Optional<String>> sibling(String deviceId) {
        return first(SIBLING, deviceId);
    }

    private Future<Optional<String>> first(String sql, String deviceId) {
        return pool.preparedQuery(sql)
                .execute(Tuple.of(deviceId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getString(0)));
    }
}
