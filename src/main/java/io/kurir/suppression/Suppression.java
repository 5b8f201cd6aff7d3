package io.kurir.suppression;

import java.time.Instant;
import java.util.Optional;

/**
 * Somebody who said stop. Honoured by everything but replies: batches and schedules record such a message as failed {@link #REFUSED}, a plain send
 * is refused. A reply is a message that quotes one that came in from the same chat; of those that somebody waits for, also one to a chat that has
 * written to us after it said stop, until it says so again.
 *
 * @param deviceId empty: all devices of the owner
 * @param phone international digits; a LID in full for somebody whose number nobody knows
 * @param reason what was said, or what the one who added it wrote
 */
public record Suppression(
        long id, long ownerId, Optional<String> deviceId, String phone, String reason, Instant createdAt) {

    /** The failure of a message that was not sent because of it. */
    public static final String REFUSED = "SUPPRESSED: the recipient does not want to be written to";

    private static final String REFUSES = """
            exists (
                select from suppression s
                where s.owner_id = d.owner_id and s.phone = replace(i.chat, '@c.us', '')
                  and (s.device_id is null or s.device_id = d.device_id)
                  and not exists (select from message q
                                  where q.device_id = d.device_id and q.stanza_id = i.quoted and q.chat = i.chat and not q.outgoing)
                  %s)
            """;

    /**
     * A condition on rows {@code i(device_id, chat, quoted)} joined with their device {@code d}: the chat said stop, and this quotes nothing of
     * theirs. For what was planned.
     */
    public static final String UNWANTED = REFUSES.formatted("");

    /** As {@link #UNWANTED}, for what somebody writes now: who has written since may be answered. */
    public static final String UNASKED = REFUSES.formatted("""
            and not exists (select from message since
                            where since.device_id = d.device_id and since.chat = i.chat and not since.outgoing
                              and since.created_at > s.created_at)""");

    /**
     * One part of a {@code with} list that has {@code known(lid, phone)}, what is newly known of people of the device {@code $1}: whoever is on the list
     * by LID is on it by number.
     */
    public static final String RENAMED = """
            renamed as (
                update suppression s
                set phone = replace(known.phone, '@c.us', '')
                from known, device d
                where d.device_id = $1 and s.owner_id = d.owner_id and s.phone = known.lid
                  and (s.device_id is null or s.device_id = $1)
                  and not exists (select from suppression o
                                  where o.owner_id = s.owner_id and o.phone = replace(known.phone, '@c.us', '')
                                    and o.device_id is not distinct from s.device_id)
            )
            """;

    /**
     * One part of a {@code with} list, of a statement that has {@code changed(id, stanza_id)} and
     * {@code input(stanza_id, chat, type, body, from_me)} of the device {@code $1}: whoever wrote nothing but one of the words {@code %1$s}, an
     * array in lower case, is written down, also when they are there already: what they wrote in between allows nothing any more. Its rows are {@code (ord, type, data)} of events. {@code contact.suppressed}: emitted when somebody
     * said stop.
     */
    public static final String STOPPED = """
            stopped as (
                insert into suppression (owner_id, device_id, phone, reason)
                select distinct on (i.chat) d.owner_id, $1, replace(i.chat, '@c.us', ''), 'said: ' || lower(btrim(i.body, E' \\n\\t'))
                from changed c
                join input i on i.stanza_id = c.stanza_id
                join device d on d.device_id = $1
                where lower(btrim(i.body, E' \\n\\t')) = any (%1$s) and i.type = 'chat' and not i.from_me
                  and i.chat !~ '@g[.]us$'
                on conflict (owner_id, phone, coalesce(device_id, '')) do update set created_at = clock_timestamp()
                returning phone, reason
            ), suppressed as (
                -- after the messages that say so
                select 9223372036854775807 as ord, 'contact.suppressed' as type,
                       jsonb_build_object('phone', phone, 'reason', reason) as data
                from stopped
            )
            """;
}
