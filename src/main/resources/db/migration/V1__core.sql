-- Devices and who owns their sessions; messages and what is still to be done for them; what happened.

create table device (
    device_id    text primary key check (device_id ~ '^[a-zA-Z0-9_-]{3,50}$'),
    owner_id     bigint      not null,
    name         text        not null,
    state        text        not null default 'created' check (state in (
        'created', 'connecting', 'qr_required', 'pairing', 'syncing', 'connected', 'disconnected', 'recovering',
        'logged_out', 'auth_failed', 'cancelled', 'error')),
    state_reason text        not null default '',
    phone        text,
    lid          text,
    push_name    text,
    linked       boolean     not null default false,
    -- to be kept running: a node that starts brings it back
    wanted       boolean     not null default false,
    attempts     integer     not null default 0,
    -- counts the links: what a page of an earlier link has sent, the present one's history does not know
    links        integer     not null default 0,
    last_seen    timestamptz,
    created_at   timestamptz not null default clock_timestamp(),
    updated_at   timestamptz not null default clock_timestamp()
);
create index device_owner on device (owner_id);

-- Who may act for a device. The row outlives its owner: the epoch must never go back while the device exists.
create table lease (
    device_id  text primary key references device on delete cascade,
    node       text        not null,
    worker     text        not null,
    epoch      bigint      not null check (epoch > 0),
    -- -infinity: given up by its owner
    expires_at timestamptz not null
) with (fillfactor = 50); -- renewed every few seconds: room for HOT updates

-- History. What changes (phase, ack, attempts, steps) is in no index, so that its updates stay on the page (HOT).
create table message (
    id         bigint generated always as identity primary key,
    device_id  text        not null references device on delete cascade,
    stanza_id  text        not null,
    outgoing   boolean     not null,
    chat       text        not null,
    author     text,
    type       text        not null,
    body       text        not null,
    quoted     text,
    mentions   text[]      not null default '{}',
    typing     boolean     not null default false,
    phase      text        not null check (phase in (
        'scheduled', 'queued', 'sending', 'sent', 'failed', 'cancelled', 'received')),
    -- 0 none, 1 server, 2 delivered, 3 read, 4 played
    ack        smallint    not null default 0 check (ack between 0 and 4),
    attempts   integer     not null default 0,
    failure    text,
    -- [{"at", "what", "detail"}]: grows by one with each change of the row, so it costs no row of its own
    steps      jsonb       not null default '[]',
    created_at timestamptz not null default clock_timestamp(),
    sent_at    timestamptz,
    -- any ack of the server or more makes the phase sent, whatever it was before
    check (not outgoing or ack = 0 or phase = 'sent')
) with (fillfactor = 70);
create unique index message_stanza on message (device_id, stanza_id);

-- One entry of message.steps.
create function step(what text, detail text) returns jsonb
    language sql volatile
    return jsonb_build_array(jsonb_build_object(
        'at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'what', what,
        'detail', detail));

-- What is still to be done. A row goes when its message has an outcome, so the table stays small whatever history grows to.
--
--     waiting ──promoted when due──► ready ──claimed by the owner──► sending ──► (deleted: outcome known)
--        ▲                             ▲                                │ └─► waiting   retry, due later
--        └─────────────────────────────┴───────── unknown ◄─────────────┘     crash, time-out, new owner
create table outbox (
    message_id bigint primary key references message on delete cascade,
    device_id  text        not null,
    chat       text        not null,
    -- 0 interactive and replies, 1 scheduled, 2 broadcast
    lane       smallint    not null check (lane between 0 and 2),
    state      text        not null check (state in ('waiting', 'ready', 'sending', 'unknown')),
    due_at     timestamptz not null,
    attempt    integer     not null default 0,
    -- of the attempt: its owner's epoch and its time
    epoch      bigint,
    claimed_at timestamptz,
    link       integer
) with (
    fillfactor = 50,
    -- Every message inserts, updates and deletes one row here: dead rows would soon outnumber the live ones and the head query
    -- would wade through them. Vacuum after 1,000 dead rows whatever the size, and do not pause in between.
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);
create index outbox_queue on outbox (device_id, chat, lane, message_id);
create index outbox_due on outbox (due_at) where state = 'waiting';

-- The event log. A position is the transaction's id and the event's number within it: the transaction ids below the oldest
-- running one are complete, so a reader that stops there never skips an event that is committed late.
create table event (
    position  bigint      not null,
    device_id text        not null,
    owner_id  bigint      not null,
    seq       bigint      not null,
    type      text        not null,
    at        timestamptz not null,
    data      jsonb       not null
) partition by range (at);
create index event_position on event (position);
create table event_default partition of event default;

-- The highest position that was dropped: who asks for less has missed something.
create table event_floor (
    position bigint not null
);
insert into event_floor values (0);

-- One counter per device, advanced in the last statement of the events' transaction: without gaps.
create table event_counter (
    device_id text primary key references device on delete cascade,
    seq       bigint not null default 0
) with (fillfactor = 50);

-- The position of the n-th event (from 0, below 65,536) of the running transaction.
create function event_position(n bigint) returns bigint
    language sql volatile
    return (pg_current_xact_id()::text::bigint << 16) + n;

-- Readers may read positions below this one.
create function event_horizon() returns bigint
    language sql stable
    return pg_snapshot_xmin(pg_current_snapshot())::text::bigint << 16;

-- Makes the partitions of today and tomorrow (UTC) and drops those that ended more than `keep` ago. Concurrent callers wait.
create procedure event_partitions(keep interval)
    language plpgsql as
$$
declare
    day  date;
    part record;
begin
    perform pg_advisory_xact_lock(hashtext('event_partitions'));
    for day in select generate_series(
        (clock_timestamp() at time zone 'UTC')::date, (clock_timestamp() at time zone 'UTC')::date + 1, interval '1 day')::date
    loop
        if to_regclass('event_' || to_char(day, 'YYYYMMDD')) is null then
            execute format('create table %I partition of event for values from (%L) to (%L)',
                           'event_' || to_char(day, 'YYYYMMDD'),
                           day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
        end if;
    end loop;
    for part in
        select c.relname
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'event'::regclass and c.relname ~ '^event_\d{8}$'
          and to_date(right(c.relname, 8), 'YYYYMMDD') + 1 < (clock_timestamp() - keep)::date
    loop
        execute format('update event_floor set position = greatest(position, (select coalesce(max(position), 0) from %I))',
                       part.relname);
        execute format('drop table %I', part.relname);
    end loop;
end
$$;
