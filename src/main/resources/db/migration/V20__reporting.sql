-- What is counted, whose history is kept, and what people note about a device.

-- Messages of one chat in one quarter of an hour, counted when their outcome is known. A quarter, because the days of every time zone begin and
-- end at one (all offsets since 1980 are multiples of 15 minutes): nothing is counted again when a device's zone changes or summer time comes.
-- A row per chat, so that writers of different chats never meet. Whether a chat was answered is found when it is read: a flag would be
-- missed by two transactions, one with the message and one with the answer, that do not see each other.
create table chat_quarter (
    device_id text    not null,
    -- quarters of an hour since 1970, of sent_at, or of created_at where there is none
    quarter   integer not null,
    chat      text    not null,
    incoming  integer not null,
    outgoing  integer not null,
    failed    integer not null,
    first_in  timestamptz,
    last_in   timestamptz,
    first_out timestamptz,
    last_out  timestamptz,
    primary key (device_id, quarter, chat)
) with (fillfactor = 70); -- no changing column is in an index: room for HOT updates
-- Who wrote with one number.
create index chat_quarter_chat on chat_quarter (device_id, chat, quarter);

create function quarter_of(at timestamptz) returns integer
    language sql stable
    return floor(extract(epoch from at) / 900)::integer;

-- Counts are changed by differences only, so that no order of transactions matters; the times are the extremes of what is left, read after the
-- rows are locked: who counts one more waits, and comes after.
-- True where an extreme is gone, which chat_recount is to find anew.
create function message_uncount(device text, at_quarter integer, of_chat text, less_in integer, less_out integer, less_failed integer,
                                gone_first_in timestamptz, gone_last_in timestamptz, gone_first_out timestamptz, gone_last_out timestamptz)
    returns boolean
    language plpgsql as
$$
declare
    after chat_quarter;
begin
    update chat_quarter c
    set incoming = c.incoming - less_in, outgoing = c.outgoing - less_out, failed = c.failed - less_failed
    where c.device_id = device and c.quarter = at_quarter and c.chat = of_chat
    returning * into after;
    if after.incoming = 0 and after.outgoing = 0 and after.failed = 0 then
        delete from chat_quarter c where c.device_id = device and c.quarter = at_quarter and c.chat = of_chat;
        return false;
    end if;
    return coalesce(gone_first_in = after.first_in, false) or coalesce(gone_last_in = after.last_in, false)
        or coalesce(gone_first_out = after.first_out, false) or coalesce(gone_last_out = after.last_out, false);
end
$$;

-- The extremes of these quarters of a chat, null: of all, by one pass over its messages.
create function chat_recount(device text, of_chat text, of_quarters integer[]) returns void
    language plpgsql as
$$
declare
    locked integer[];
begin
    select array_agg(l.quarter)
    into locked
    from (select c.quarter
          from chat_quarter c
          where c.device_id = device and c.chat = of_chat and (of_quarters is null or c.quarter = any (of_quarters))
          order by c.quarter
          for update) l;
    update chat_quarter c
    set first_in = r.first_in, last_in = r.last_in, first_out = r.first_out, last_out = r.last_out
    from unnest(locked) l(quarter)
    left join (
        select quarter_of(coalesce(sent_at, created_at)) as quarter,
               min(coalesce(sent_at, created_at)) filter (where not outgoing) as first_in,
               max(coalesce(sent_at, created_at)) filter (where not outgoing) as last_in,
               min(coalesce(sent_at, created_at)) filter (where outgoing) as first_out,
               max(coalesce(sent_at, created_at)) filter (where outgoing) as last_out
        from message
        where device_id = device and chat = of_chat and phase in ('sent', 'received')
        group by 1) r on r.quarter = l.quarter
    where c.device_id = device and c.chat = of_chat and c.quarter = l.quarter
      and (c.first_in, c.last_in, c.first_out, c.last_out) is distinct from (r.first_in, r.last_in, r.first_out, r.last_out);
end
$$;

-- Whoever counts holds this until its end, together with others who do. A count of all that a device has holds it alone, and then knows that
-- what it sees has been counted, and what it does not see will be.
create function chat_quarter_lock(device text, alone boolean) returns void
    language plpgsql as
$$
begin
    if alone then
        perform pg_advisory_xact_lock(hashtext('chat_quarter'), hashtext(device));
    else
        perform pg_advisory_xact_lock_shared(hashtext('chat_quarter'), hashtext(device));
    end if;
end
$$;

create function message_counted() returns trigger
    language plpgsql as
$$
declare
    at  timestamptz := coalesce(new.sent_at, new.created_at);
    was timestamptz;
begin
    perform chat_quarter_lock(new.device_id, false);
    if tg_op = 'UPDATE' and old.phase in ('sent', 'received', 'failed') then
        was := coalesce(old.sent_at, old.created_at);
        if message_uncount(
            old.device_id, quarter_of(was), old.chat,
            (old.phase = 'received')::integer, (old.phase = 'sent')::integer, (old.phase = 'failed')::integer,
            case when old.phase = 'received' then was end, case when old.phase = 'received' then was end,
            case when old.phase = 'sent' then was end, case when old.phase = 'sent' then was end)
        then
            -- A chat is renamed by one statement, which has changed all its rows before this runs for the first: one pass finds
            -- what is left in all quarters, and the times of the other rows are no extremes any more.
            perform chat_recount(old.device_id, old.chat, case when old.chat = new.chat then array [quarter_of(was)] end);
        end if;
    end if;
    if new.phase in ('sent', 'received', 'failed') then
        insert into chat_quarter as c (device_id, quarter, chat, incoming, outgoing, failed, first_in, last_in, first_out, last_out)
        values (new.device_id, quarter_of(at), new.chat,
                (new.phase = 'received')::integer, (new.phase = 'sent')::integer, (new.phase = 'failed')::integer,
                case when new.phase = 'received' then at end, case when new.phase = 'received' then at end,
                case when new.phase = 'sent' then at end, case when new.phase = 'sent' then at end)
        on conflict (device_id, quarter, chat) do update
            set incoming = c.incoming + excluded.incoming, outgoing = c.outgoing + excluded.outgoing,
                failed = c.failed + excluded.failed,
                first_in = least(c.first_in, excluded.first_in), last_in = greatest(c.last_in, excluded.last_in),
                first_out = least(c.first_out, excluded.first_out), last_out = greatest(c.last_out, excluded.last_out);
    end if;
    return null;
end
$$;

create function messages_gone() returns trigger
    language plpgsql as
$$
declare
    slot   record;
    device text;
    chat   text;
    again  integer[] := '{}'; -- of that chat
begin
    for slot in
        select g.device_id, g.chat, quarter_of(g.at) as quarter,
               count(*) filter (where g.phase = 'received') as incoming, count(*) filter (where g.phase = 'sent') as outgoing,
               count(*) filter (where g.phase = 'failed') as failed,
               min(g.at) filter (where g.phase = 'received') as first_in, max(g.at) filter (where g.phase = 'received') as last_in,
               min(g.at) filter (where g.phase = 'sent') as first_out, max(g.at) filter (where g.phase = 'sent') as last_out
        from (select gone.*, coalesce(gone.sent_at, gone.created_at) as at from gone) g
        where g.phase in ('sent', 'received', 'failed')
        group by 1, 2, 3
        order by 1, 2, 3
    loop
        perform chat_quarter_lock(slot.device_id, false);
        if again <> '{}' and (device, chat) is distinct from (slot.device_id, slot.chat) then
            perform chat_recount(device, chat, again);
            again := '{}';
        end if;
        device := slot.device_id;
        chat := slot.chat;
        if message_uncount(slot.device_id, slot.quarter, slot.chat,
                           slot.incoming::integer, slot.outgoing::integer, slot.failed::integer,
                           slot.first_in, slot.last_in, slot.first_out, slot.last_out)
        then
            again := again || slot.quarter;
        end if;
    end loop;
    if again <> '{}' then -- once for all quarters: it takes a pass over all messages of a group
        perform chat_recount(device, chat, again);
    end if;
    return null;
end
$$;

-- Triggers, because ten statements in five stores end, rename or erase messages, and one that forgot to count would be noticed by nobody.
-- Conditions keep them away from the steps that change nothing here: acceptances, dispatches, retries, later acks. What is left costs about
-- 0.04 ms, once per message.
create trigger message_inserted_counted
    after insert on message
    for each row when (new.phase in ('sent', 'received', 'failed'))
execute function message_counted();
create trigger message_updated_counted
    after update of phase, chat, sent_at on message
    for each row when ((old.phase in ('sent', 'received', 'failed') or new.phase in ('sent', 'received', 'failed'))
        and (old.phase, old.chat, old.sent_at) is distinct from (new.phase, new.chat, new.sent_at))
execute function message_counted();
-- Per statement: erasing goes in portions, and the extremes of what is left of a chat are looked for once.
create trigger messages_deleted_counted
    after delete on message referencing old table as gone
    for each statement
execute function messages_gone();

-- What was there before is counted by V23, which keeps nobody waiting.

-- Numbers whose history is kept where history.persist is allowed. Of the device that they stand with: nobody decides for others.
create table allowed_number (
    id              bigint generated always as identity primary key,
    device_id       text        not null references device on delete cascade,
    -- international digits
    whatsapp_number text        not null,
    status          text        not null check (status in ('aktif', 'nonaktif')),
    created_at      timestamptz not null default clock_timestamp(),
    updated_at      timestamptz not null default clock_timestamp(),
    unique (device_id, whatsapp_number)
);
create index allowed_number_number on allowed_number (whatsapp_number);

-- There while history.persist is allowed, written by the nodes at their start: one word for the whole cluster, and for statements and triggers.
create table history_rule (
    only_allowed boolean not null primary key default true check (only_allowed)
);

-- A device whose number is not known keeps nothing.
create function keeps_history(device text) returns boolean
    language sql stable
    return not exists (select from history_rule)
        or exists (select from allowed_number a join device d on d.device_id = a.device_id
                   where a.device_id = device and a.status = 'aktif' and a.whatsapp_number = d.phone);

-- What was told and not kept, so that it is told once: the message's id, or a digest of what was done to it. Nothing of what was said.
create table told_only (
    device_id text        not null references device on delete cascade,
    digest    text        not null,
    told_at   timestamptz not null default clock_timestamp(),
    primary key (device_id, digest)
);
create index told_only_age on told_only (told_at);

-- An outgoing message is work that was promised, and is kept in full until it has its outcome. Then, where no history is kept, what it said goes;
-- that it was sent, to whom and what became of it stays: jobs, webhooks and the sender ask for that.
create function message_words_go() returns trigger
    language plpgsql as
$$
begin
    if exists (select from history_rule) and not keeps_history(new.device_id) then -- mostly the first says it, and is quick
        new.body := '';
        new.content := null;
        new.media := null;
        new.media_state := null;
        new.quoted := null;
        new.mentions := '{}';
    end if;
    return new;
end
$$;
create trigger message_inserted_words
    before insert on message
    for each row when (new.outgoing and new.phase in ('sent', 'failed', 'cancelled'))
execute function message_words_go();
create trigger message_updated_words
    before update of phase on message
    for each row when (new.outgoing and old.phase <> new.phase and new.phase in ('sent', 'failed', 'cancelled'))
execute function message_words_go();

-- What people note about a device ("keterangan").
create table device_remark (
    device_id  text primary key references device on delete cascade,
    remark     text        not null,
    updated_at timestamptz not null default clock_timestamp()
);
