-- Several nodes: what they say of themselves, and where a device goes next.

create table node (
    name         text primary key,
    version      text        not null,
    roles        text[]      not null,
    seen_at      timestamptz not null default clock_timestamp(),
    started_at   timestamptz not null default clock_timestamp(),
    -- takes no more devices and hands over those it has
    draining     boolean     not null default false,
    -- bytes that its browsers use and may use
    memory       bigint      not null default 0,
    budget       bigint      not null default 0
) with (fillfactor = 50);

-- For how long the owner believes in it after a renewal, so for how long a taker must have seen the row unchanged; null: of the release before.
alter table lease add column ttl_ms integer;
alter table lease add column acquired_at timestamptz;
-- A device that is handed over is kept for the node that is to have it, for some seconds.
alter table lease add column reserved_for text;
alter table lease add column reserved_until timestamptz;

-- The position of the device's last event: positions rise as seq does, whichever transaction is older.
alter table event_counter add column position bigint not null default 0;

-- The owner that had it connected last: a later one is still on its way.
alter table device add column connected_epoch bigint;
