package io.kurir.group;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.whatsapp.PageEvent;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;

/** What happens to groups, in the event log; their members WhatsApp remembers. And the table {@code group_note}: what of it was told. */
final class GroupStore {
    // Only what happened in the two minutes before a page was last alive is told again, however much later: 60 days is
    // for how long one may be away.
    private static final String CHANGED = """
            with forgotten as (
                delete from group_note where device_id = $1 and told_at < clock_timestamp() - interval '60 days'
            ), noted as (
                insert into group_note (device_id, group_id, note_id, action)
                select $1, $3::jsonb ->> 'groupId', $4::text, $3::jsonb ->> 'action'
                where $4::text is not null and exists (select from lease where device_id = $1 and epoch = $2)
                on conflict do nothing
                returning note_id
            ), happened as (
                select 1 as ord, 'group.changed' as type, $3::jsonb as data
                where exists (select from lease where device_id = $1 and epoch = $2)
                  and ($4::text is null or exists (select from noted))
            ), %s
            select count(*) from happened
            """.formatted(APPEND);

    private final Pool pool;

    GroupStore(Pool pool) {
        this.pool = pool;
    }

    /** False when the epoch is no longer the device's, or the note was told before. */
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
                .execute(Tuple.of(deviceId, epoch, data, change.noteId().orElse(null)))
                .map(rows -> rows.iterator().next().getLong(0) == 1);
    }

    /** PostgreSQL's text has no NUL; a stranger's subject may. */
    private static String storable(String text) {
        return text.replace("\0", "");
    }
}
