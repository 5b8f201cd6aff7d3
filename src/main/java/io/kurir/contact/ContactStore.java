package io.kurir.contact;

import static io.kurir.event.EventLog.APPEND;

import io.kurir.access.Reach;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The table {@code contact}. */
final class ContactStore {
    private static final String COLUMNS = "c.contact_id, c.lid, c.name, c.push_name, c.saved, c.business";

    // A person may have a row under the number and another one under the LID: both go, and one comes that has what
    // either knew. What
    // is known already writes nothing.
    private static final String LEARN = """
            with input as (
                select *
                from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::boolean[])
                    with ordinality as t(group_id, phone, lid, name, push_name, saved, business, ord)
                -- no epoch: not written by a session
                where $2::bigint is null or exists (select from lease where device_id = $1 and epoch = $2)
            ), wanted as (
                select i.ord, i.group_id,
                       coalesce(i.phone, hidden.phone) as phone,
                       coalesce(i.lid, own.lid) as lid,
                       coalesce(nullif(i.name, ''), nullif(own.name, ''), hidden.name, '') as name,
                       coalesce(nullif(i.push_name, ''), nullif(own.push_name, ''), hidden.push_name, '') as push_name,
                       coalesce(i.saved, own.saved, hidden.saved, false) as saved,
                       coalesce(i.business, own.business, hidden.business, false) as business,
                       own.contact_id as own_id, hidden.contact_id as hidden_id,
                       i.phone is not null and hidden.contact_id is not null and hidden.phone is null as merges
                from input i
                left join contact own on own.device_id = $1 and own.contact_id = coalesce(i.group_id, i.phone, i.lid)
                left join contact hidden on hidden.device_id = $1 and hidden.lid = i.lid
            ), changed as (
                select *
                from wanted w
                where not exists (
                    select from contact c
                    where c.device_id = $1 and c.contact_id in (w.own_id, w.hidden_id)
                      and (c.group_id, c.phone, c.lid, c.name, c.push_name, c.saved, c.business)
                          is not distinct from (w.group_id, w.phone, w.lid, w.name, w.push_name, w.saved, w.business))
            ), gone as (
                delete from contact c
                using changed w
                where c.device_id = $1 and c.contact_id in (w.own_id, w.hidden_id)
                returning c.contact_id
            ), made as (
                insert into contact (device_id, group_id, phone, lid, name, push_name, saved, business)
                select $1, w.group_id, w.phone, w.lid, w.name, w.push_name, w.saved, w.business
                from changed w
                cross join (select count(*) from gone) first -- all of them, before the names are taken again
            ), happened as (
                select ord, 'contact.merged' as type,
                       jsonb_build_object('contactId', phone, 'phone', split_part(phone, '@', 1), 'lid', lid) as data
                from changed
                where merges
            ), %s
            select count(*) from happened
            """.formatted(APPEND);

    private static final String NEW_PAIRS = """
            select i.lid, i.phone
            from unnest($2::text[], $3::text[]) as i(lid, phone)
            where not exists (
                select from contact c where c.device_id = $1 and c.contact_id = i.phone and c.lid = i.lid)
            """;

    private static final String KEEP_SAVED = """
            update contact
            set saved = false, updated_at = clock_timestamp()
            where device_id = $1 and saved and not (contact_id = any ($2))
            """;

    private static final String FIND = """
            select %s from contact c where c.device_id = $1 and (c.contact_id = any ($2) or c.lid = any ($2))
            """.formatted(COLUMNS);

    private static final String MATCHING = """
            from contact c
            where c.device_id = $1 and c.group_id is null
              and ($2::text is null or c.name ilike $2 or c.push_name ilike $2 or c.contact_id ilike $2)
              and ($3::boolean is null or c.saved = $3)
            """;

    // Those without a name come last, by number.
    private static final String LIST = """
            select %s
            %s
            order by nullif(lower(coalesce(nullif(c.name, ''), c.push_name)), '') nulls last, c.contact_id
            limit $4 offset $5
            """.formatted(COLUMNS, MATCHING);

    private static final String COUNT = "select count(*) " + MATCHING;

    private static final String HELD = """
            from contact c
            join device d on d.device_id = c.device_id
            where ($1::bigint is null or d.owner_id = $1)
              and ($2::text[] is null or c.device_id = any ($2))
              and ($3::text is null or c.device_id = $3)
              and (c.group_id is not null) = $4
              and ($5::text is null or c.name ilike $5 or c.push_name ilike $5 or c.contact_id ilike $5)
            """;

    // In the order of the primary key, so that a page needs no sorting.
    private static final String LIST_HELD = """
            select %s, c.device_id, d.owner_id, c.updated_at
            %s
            order by c.device_id, c.contact_id
            limit $6 offset $7
            """.formatted(COLUMNS, HELD);

    private static final String COUNT_HELD = "select count(*) " + HELD;

    private final Pool pool;

    ContactStore(Pool pool) {
        this.pool = pool;
    }

    /** How many events were written; an empty {@code epoch} is not checked. */
    Future<Long> learn(String deviceId, Optional<Long> epoch, Collection<Sighting> seen) {
        return pool.preparedQuery(LEARN)
                .execute(Tuple.tuple()
                        .addString(deviceId)
                        .addLong(epoch.orElse(null))
                        .addArrayOfString(texts(seen, each -> each.group().map(Jid::toString)))
                        .addArrayOfString(texts(seen, each -> each.phone().map(Jid::toString)))
                        .addArrayOfString(texts(seen, each -> each.lid().map(Jid::toString)))
                        .addArrayOfString(texts(seen, each -> Optional.of(storable(each.name()))))
                        .addArrayOfString(texts(seen, each -> Optional.of(storable(each.pushName()))))
                        .addArrayOfBoolean(seen.stream()
                                .map(each -> each.saved().orElse(null))
                                .toArray(Boolean[]::new))
                        .addArrayOfBoolean(seen.stream()
                                .map(each -> each.business().orElse(null))
                                .toArray(Boolean[]::new)))
                .map(ContactStore::count);
    }

    /** PostgreSQL's text has no NUL; a stranger's name may. */
    private static String storable(String text) {
        return text.replace("\0", "");
    }

    private static String[] texts(Collection<Sighting> seen, Function<Sighting, Optional<String>> part) {
        return seen.stream().map(each -> part.apply(each).orElse(null)).toArray(String[]::new);
    }

    /** The LIDs among {@code numbers} (by LID) whose number is not known yet, or known to be another. */
    Future<Set<String>> unknown(String deviceId, Map<String, String> numbers) {
        return pool.preparedQuery(NEW_PAIRS)
                .execute(Tuple.of(
                        deviceId,
                        numbers.keySet().toArray(String[]::new),
                        numbers.values().toArray(String[]::new)))
                .map(rows -> {
                    Set<String> lids = new HashSet<>();
                    rows.forEach(row -> lids.add(row.getString(0)));
                    return lids;
                });
    }

    /** Whoever is not among {@code saved} is no longer in the address book. */
    Future<Void> keepSaved(String deviceId, Collection<String> saved) {
        return pool.preparedQuery(KEEP_SAVED)
                .execute(Tuple.tuple().addString(deviceId).addArrayOfString(saved.toArray(String[]::new)))
                .mapEmpty();
    }

    /** By any of their names. */
    Future<List<Contact>> find(String deviceId, Collection<String> names) {
        return pool.preparedQuery(FIND)
                .execute(Tuple.tuple().addString(deviceId).addArrayOfString(names.toArray(String[]::new)))
                .map(ContactStore::contacts);
    }

    Future<List<Contact>> list(
            String deviceId, Optional<String> search, Optional<Boolean> saved, int page, int pageSize) {
        return pool.preparedQuery(LIST)
                .execute(matching(deviceId, search, saved).addInteger(pageSize).addInteger((page - 1) * pageSize))
                .map(ContactStore::contacts);
    }

    Future<Long> count(String deviceId, Optional<String> search, Optional<Boolean> saved) {
        return pool.preparedQuery(COUNT)
                .execute(matching(deviceId, search, saved))
                .map(ContactStore::count);
    }

    /** People, or groups, of all devices in reach. */
    Future<Contacts.Held> held(
            Reach reach, Optional<String> deviceId, boolean groups, Optional<String> search, int page, int pageSize) {
        Object[] matching = {
            reach.owner().orElse(null),
            reach.deviceArray().orElse(null),
            deviceId.orElse(null),
            groups,
            search.map(ContactStore::pattern).orElse(null)
        };
        Tuple paged = Tuple.from(matching).addInteger(pageSize).addLong((page - 1L) * pageSize);
        return pool.preparedQuery(LIST_HELD).execute(paged).compose(rows -> {
            List<Contacts.Entry> entries = new ArrayList<>(rows.size());
            for (Row row : rows) {
                entries.add(new Contacts.Entry(
                        row.getString(6),
                        row.getLong(7),
                        contact(row),
                        row.getOffsetDateTime(8).toInstant()));
            }
            return pool.preparedQuery(COUNT_HELD)
                    .execute(Tuple.from(matching))
                    .map(count -> new Contacts.Held(List.copyOf(entries), count(count)));
        });
    }

    private static long count(RowSet<Row> rows) {
        return rows.iterator().next().getLong(0);
    }

    private static Tuple matching(String deviceId, Optional<String> search, Optional<Boolean> saved) {
        return Tuple.tuple()
                .addString(deviceId)
                .addString(search.map(ContactStore::pattern).orElse(null))
                .addBoolean(saved.orElse(null));
    }

    private static String pattern(String search) {
        return "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    }

    private static List<Contact> contacts(RowSet<Row> rows) {
        List<Contact> contacts = new ArrayList<>(rows.size());
        rows.forEach(row -> contacts.add(contact(row)));
        return contacts;
    }

    private static Contact contact(Row row) {
        return new Contact(
                Jid.parse(row.getString(0)),
                Optional.ofNullable(row.getString(1)).map(Jid::parse),
                row.getString(2),
                row.getString(3),
                row.getBoolean(4),
                row.getBoolean(5));
    }
}
