-- What the outbox, batches and schedules share; what is decided while Kurir runs; who does not want to be written to.

-- Settings that take effect without a restart; a row here goes before the file and the environment.
create table config (
    key        text primary key,
    value      text        not null,
    updated_by bigint,
    updated_at timestamptz not null default clock_timestamp()
);

alter table message
    -- null: as configured
    add column max_attempts smallint check (max_attempts between 1 and 100),
    add column schedule_id  bigint;

alter table outbox
    -- of a batch: it is not claimed while its batch is paused or cancelled
    add column batch_id         bigint,
    -- of the first attempt: a message that is retried holds back its chat and lane only for so long after it
    add column first_claimed_at timestamptz;

-- staging: its items are still being written, nobody sees it.
alter table batch
    add column state        text not null default 'processing' check (state in (
        'staging', 'queued', 'processing', 'paused', 'completed', 'failed', 'cancelled')),
    -- who or what paused it: user, link, restriction
    add column pause_reason text;

alter table device
    -- WhatsApp has told that this account may not write to strangers until then: what is cold waits, replies go
    add column restricted_until timestamptz,
    -- what is left of the budget, written down at a hand-over and now and then
    add column budget_level     double precision,
    add column budget_at        timestamptz;

-- Who said stop. Everything but replies honours it.
create table suppression (
    id         bigint generated always as identity primary key,
    -- whose devices honour it
    owner_id   bigint      not null,
    -- null: all of them
    device_id  text references device on delete cascade,
    -- international digits
    phone      text        not null,
    reason     text        not null default '',
    created_at timestamptz not null default clock_timestamp()
);
create unique index suppression_who on suppression (owner_id, phone, coalesce(device_id, ''));
