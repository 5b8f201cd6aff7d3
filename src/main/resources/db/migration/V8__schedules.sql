-- Messages that become due; requests that may be repeated.

-- active ──► done        one-off: its message was released; cron: no further time
--   │  └───► skipped     one-off: missed by too much, and it says skip
--   └──────► cancelled   by its owner
create table schedule (
    id          bigint generated always as identity primary key,
    -- made up, or from the seed of a request's idempotency key; also what the stanza ids of its runs come from
    name        text        not null unique,
    device_id   text        not null references device on delete cascade,
    state       text        not null default 'active' check (state in ('active', 'done', 'skipped', 'cancelled')),
    -- what is sent, as in message
    chat        text        not null,
    body        text        not null,
    content     jsonb,
    media       text,
    mentions    text[]      not null default '{}',
    typing      boolean     not null default false,
    -- one-off: the local time as it was written
    local_time  text,
    -- repeated: five fields
    cron        text,
    timezone    text        not null,
    -- what becomes of what is late: send, skip
    missed      text        not null check (missed in ('send', 'skip')),
    -- of the next run, or of the last one where there is none any more
    due_at      timestamptz not null,
    -- when the promotion looks at it: when it is due, and later again while its device cannot send
    look_at     timestamptz not null,
    -- of a one-off: its message; of a repeated one: that of the last run
    stanza_id   text,
    runs        integer     not null default 0,
    skipped     integer     not null default 0,
    -- of the last run
    last_at     timestamptz,
    late        boolean     not null default false,
    created_at  timestamptz not null default clock_timestamp(),
    updated_at  timestamptz not null default clock_timestamp(),
    check ((local_time is null) <> (cron is null))
) with (fillfactor = 70);
create index schedule_due on schedule (look_at) where state = 'active';
create index schedule_device on schedule (device_id, id);
-- files that are still to be sent are not forgotten
create index schedule_media on schedule (media) where media is not null and state = 'active';

-- A request by its idempotency key. Without a status it is under way while held_until lies ahead, and else nobody knows what became of it:
-- who takes it over goes on with the same seed, so that whatever was made is found again.
create table idempotency (
    -- caller, method and path
    scope      text        not null,
    key        text        not null,
    -- SHA-256 of the body
    body_hash  bytea       not null,
    seed       bytea       not null,
    -- of the run that has it now
    holder     text        not null,
    held_until timestamptz not null,
    runs       integer     not null default 1,
    status     smallint,
    -- null where the repeat is answered by what is there then
    answer     text,
    created_at timestamptz not null default clock_timestamp(),
    primary key (scope, key)
) with (
    fillfactor = 70,
    -- one insert, one update and one delete per request: as for outbox
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000
);
create index idempotency_age on idempotency (created_at);
