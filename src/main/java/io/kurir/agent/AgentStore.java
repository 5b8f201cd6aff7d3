package io.kurir.agent;

import io.kurir.Vault;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** Table {@code agent}. Keys are sealed for the device's id. Who may reach the device has been asked before. */
final class AgentStore {
    private static final String GET = "select * from agent where device_id = $1";

    private static final String PUT = """
            insert into agent as a (
                device_id, agent_id, endpoint_url, api_key, enabled, name, prompt, parameters, replies_per_minute)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (device_id) do update
                set agent_id = excluded.agent_id, endpoint_url = excluded.endpoint_url, api_key = excluded.api_key,
                    enabled = excluded.enabled, name = excluded.name, prompt = excluded.prompt,
                    parameters = excluded.parameters, replies_per_minute = excluded.replies_per_minute,
                    updated_at = clock_timestamp()
            returning *
            """;

    private static final String DELETE = "delete from agent where device_id = $1";

    private final Pool pool;
    private final Vault vault;

    AgentStore(Pool pool, Vault vault) {
        this.pool = pool;
        this.vault = vault;
    }

    Future<Optional<Agent>> get(String deviceId) {
        return pool.preparedQuery(GET)
                .execute(Tuple.of(deviceId))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(agent(rows.iterator().next(), vault)));
    }

    Future<Agent> put(Agent agent) {
        return pool.preparedQuery(PUT)
                .execute(Tuple.tuple()
                        .addString(agent.deviceId())
                        .addString(agent.agentId())
                        .addString(agent.endpointUrl().orElse(null))
                        .addString(agent.key()
                                .map(key -> switch (key) {
                                    case Agent.Key.Open open -> vault.seal(context(agent.deviceId()), open.value());
                                    case Agent.Key.Shut shut -> shut.text();
                                })
                                .orElse(null))
                        .addBoolean(agent.enabled())
                        .addString(agent.name())
                        .addString(agent.prompt())
                        .addJsonObject(agent.parameters())
                        .addInteger(agent.repliesPerMinute().orElse(null)))
                .map(rows -> agent(rows.iterator().next(), vault));
    }

    /** False when there was none. */
    Future<Boolean> delete(String deviceId) {
        return pool.preparedQuery(DELETE).execute(Tuple.of(deviceId)).map(rows -> rows.rowCount() == 1);
    }

    private static String context(String deviceId) {
        return "agent/" + deviceId;
    }

    private static Agent.Key key(String deviceId, String text, Vault vault) {
        try {
            return new Agent.Key.Open(vault.open(context(deviceId), text));
        } catch (IllegalStateException unopened) {
            return new Agent.Key.Shut(text);
        }
    }

    /** Of a row that has all columns of the table under their names. */
    static Agent agent(Row row, Vault vault) {
        String deviceId = row.getString("device_id");
        return new Agent(
                deviceId,
                row.getString("agent_id"),
                Optional.ofNullable(row.getString("endpoint_url")),
                Optional.ofNullable(row.getString("api_key")).map(text -> key(deviceId, text, vault)),
                row.getBoolean("enabled"),
                row.getString("name"),
                row.getString("prompt"),
                Optional.ofNullable(row.getJsonObject("parameters")).orElseGet(JsonObject::new),
                Optional.ofNullable(row.getInteger("replies_per_minute")),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant());
    }
}
