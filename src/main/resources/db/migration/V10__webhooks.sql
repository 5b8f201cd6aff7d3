-- Where events are told by HTTP, and what is still to be told.

create table webhook (
    -- wh_ and 16 hexadecimal digits
    id              text primary key,
    owner_id        bigint      not null references app_user on delete cascade,
    -- null: all devices of the owner
    device_id       text references device on delete cascade,
    -- an admin's: devices of others too; counts only while the owner is an admin
    all_owners      boolean     not null default false,
    url             text        not null,
    -- empty: all
    events          text[]      not null default '{}',
    -- sealed: they carry passwords as often as not
    headers         text        not null,
    secret          text        not null,
    previous_secret text,
    previous_until  timestamptz,
    timeout_ms      integer     not null,
    enabled         boolean     not null default true,
    -- every event up to it has its delivery, if it is to have one
    position        bigint      not null,
    -- the circuit: see Circuit.java
    unreachable     integer     not null default 0,
    failing         bigint[]    not null default '{}',
    down_since      timestamptz,
    down_reason     text        not null default '',
    probes          integer     not null default 0,
    probe_at        timestamptz,
    disabled_reason text        not null default '',
    created_at      timestamptz not null default clock_timestamp(),
    updated_at      timestamptz not null default clock_timestamp()
) with (fillfactor = 50); -- the position moves with every portion of events: room for HOT updates
create index webhook_owner on webhook (owner_id);

-- The last event of a device that a webhook has a delivery of.
create table webhook_seq (
    webhook_id text   not null references webhook on delete cascade,
    device_id  text   not null,
    seq        bigint not null,
    primary key (webhook_id, device_id)
) with (fillfactor = 50);

-- One event for one webhook. The payload stays in the event log.
--
--     pending ──2xx──► delivered
--        │ └──► dead       refused too often while the endpoint was well
--        └────► expired    the endpoint was away too long, or the event is no longer kept
create table webhook_delivery (
    id            bigint generated always as identity primary key,
    webhook_id    text        not null references webhook on delete cascade,
    position      bigint      not null,
    event_at      timestamptz not null,
    device_id     text        not null,
    seq           bigint      not null,
    prev_seq      bigint,
    -- what keeps its order: the chat, '' for what belongs to the device
    chat          text        not null,
    type          text        not null,
    replay        boolean     not null default false,
    state         text        not null default 'pending' check (state in ('pending', 'delivered', 'dead', 'expired')),
    -- that counted against it: not those while the endpoint was away
    attempts      smallint    not null default 0,
    due_at        timestamptz not null default clock_timestamp(),
    -- of the call that is under way; who comes back later than that has lost it
    claim         integer     not null default 0,
    claimed_until timestamptz,
    status        integer,
    latency_ms    integer,
    reply         text,
    error         text,
    settled_at    timestamptz,
    created_at    timestamptz not null default clock_timestamp()
) with (
    fillfactor = 70,
    -- the head of each chat is looked for among the pending ones: dead index entries must not pile up
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);
create index webhook_delivery_head on webhook_delivery (webhook_id, device_id, chat, id) where state = 'pending';
create index webhook_delivery_oldest on webhook_delivery (created_at) where state = 'pending';
-- With a condition that the search for heads does not name: while the statistics are old it would take this one and sort.
create index webhook_delivery_list on webhook_delivery (webhook_id, position, id) where position >= 0;
create index webhook_delivery_settled on webhook_delivery (settled_at) where state <> 'pending';
