package io.kurir.agent;

import io.kurir.bus.Address;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Duration;

/** Where the answers that are still to be given come from: the statement that stores an incoming message makes its run. */
public final class Runs {
    /** Said after a commit that made runs. */
    public record Waiting(String deviceId) {}

    public static final Address<Waiting, Void> WAITING = new Address<>("agent.waiting", Waiting.class, Void.class);

    private static final int FORGET_AT_ONCE = 10_000;

    /**
     * One part of a {@code with} list, of a statement that has {@code changed(id, stanza_id)}, of it {@code stored(id)} where history is kept, and
     * {@code input(stanza_id, chat, author, type, body, from_me, at, mentions, sender_name)} of the device {@code $1}: makes a run of each message that is
     * to be answered, in the transaction that stores it, so that none is lost or answered twice. That is: a text that somebody else wrote, of a person, or of a
     * group that mentions us or has our number in the text; no status, no channel. Not one of the words {@code %1$s}, an array in lower case: who says stop wants no answer.
     * Not one that is older than an hour: after a long absence nobody waits for it any more.
     */
    public static final String ASKED = """
            asked as (
                insert into agent_run (message_id, stanza_id, person, body, device_id, chat, sender_name)
                select s.id, i.stanza_id, coalesce(i.author, i.chat), case when s.id is null then i.body end, $1, i.chat,
                       coalesce(i.sender_name, '')
                from changed c
                join input i on i.stanza_id = c.stanza_id
                left join stored s on s.id = c.id
                join device d on d.device_id = $1
                where not i.from_me and i.type = 'chat' and btrim(i.body) <> ''
                  and i.at > clock_timestamp() - interval '1 hour'
                  and not lower(btrim(i.body, E' \\n\\t')) = any (%1$s)
                  and (i.chat ~ '@(c[.]us|lid)$'
                       or (i.chat ~ '@g[.]us$'
                           and (string_to_array(i.mentions, ' ') && array[d.phone || '@c.us', d.lid || '@lid']
                                or strpos(i.body, d.phone) > 0 or strpos(i.body, d.lid) > 0)))
                  and (exists (select from agent a where a.device_id = $1 and a.enabled)
                       or exists (select from chatbot b
                                  where b.device_id = $1 and b.whatsapp_number = d.phone and b.status = 'aktif'
                                    and b.endpoint_url is not null))
                order by c.id
                on conflict (message_id) do nothing
                returning id
            )
            """;

    /**
     * One part of a {@code with} list, of a statement that has {@code known(lid, phone)} of the device {@code $1}: what is to be answered, and what the
     * loop guard counts, goes where the chat's messages go, or two would be answered at once, and the count begin anew.
     */
    public static final String RENAMED = """
            runs_renamed as (
                update agent_run r
                set chat = known.phone, person = case when r.person = known.lid then known.phone else r.person end
                from known
                where r.device_id = $1 and r.chat = known.lid and (r.state = 'pending' or r.reply_id is not null)
            )
            """;

    private Runs() {}

    /** Deletes runs that ended so long ago, a portion of them; how many. */
    public static Future<Long> forget(Pool pool, Duration age) {
        return RunStore.forget(pool, age, FORGET_AT_ONCE);
    }
}
