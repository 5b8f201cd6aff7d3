package io.kurir.group;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.whatsapp.PageEvent;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;

/** What happens to groups, in the event log; their members WhatsApp remembers. */
final class GroupStore {
    private static final String CHANGED = """
            with happened as (
                select 1 as ord, 'group.changed' as type, $3::jsonb as data
                where exists (select from lease where device_id = $1 and epoch = $2)
            ), %s
            select count(*) from happened
            """.formatted(APPEND);

    private final Pool pool;

    GroupStore(Pool pool) {
        this.pool = pool;
    }

    /** False when the epoch is no longer the device's. */
    Future<Boolean> changed(String deviceId, long epoch, PageEvent.GroupChanged change) {
        JsonArray participants = new JsonArray();
        change.people().forEach(person -> participants.add(person.id().toString()));
        JsonObject data = new JsonObject()
                .put("groupId", change.group().toString())
                .put("action", change.action())
                .put("participants", participants)
                .put("by", change.by().map(person -> person.id().toString()).orElse(null))
                .put("value", change.value().map(GroupStore::storable).orElse(null))
                .put("changedAt", change.at().toString());
        return pool.preparedQuery(CHANGED)
                .execute(Tuple.of(deviceId, epoch, data))
                .map(rows -> rows.iterator().next().getLong(0) == 1);
    }

    /** PostgreSQL's text has no NUL; a stranger's subject may. */
    private static String storable(String text) {
        return text.replace("\0", "");
    }
}
