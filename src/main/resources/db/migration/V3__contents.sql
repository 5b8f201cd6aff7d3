-- What a message says beyond its words; the files of messages; what is done to a message later; many messages of one request.

-- null: a text, which is the body. Else {"media": {…}}, {"location": {…}}, {"contacts": […]} or {"poll": {…}}, as the API shows it.
alter table message
    add column content     jsonb,
    -- the hash of its file; no reference, because files are forgotten before messages are
    add column media       text,
    -- of an incoming file: wanted until it is brought here, gone when it cannot be had
    add column media_state text check (media_state in ('wanted', 'stored', 'gone')),
    add column edited_at   timestamptz,
    add column revoked_at  timestamptz,
    add column batch_id    bigint,
    add column batch_item  integer;

-- Files by the SHA-256 of their bytes, so that any node can send what another one accepted, and the same file is kept once.
create table media (
    hash       text primary key check (hash ~ '^[0-9a-f]{64}$'),
    mimetype   text        not null,
    size       bigint      not null check (size >= 0),
    created_at timestamptz not null default clock_timestamp(),
    used_at    timestamptz not null default clock_timestamp()
);
create index media_used on media (used_at);

create table media_chunk (
    hash  text    not null references media on delete cascade,
    n     integer not null,
    bytes bytea   not null check (length(bytes) <= 262144),
    primary key (hash, n)
);
-- pictures and archives are compressed already
alter table media_chunk alter column bytes set storage external;

-- Files of incoming messages that are still to be brought here. A row goes when its message has its file, or never will.
create table download (
    message_id bigint primary key references message on delete cascade,
    device_id  text        not null references device on delete cascade,
    attempt    integer     not null default 0,
    due_at     timestamptz not null default clock_timestamp()
);
create index download_due on download (device_id, due_at);

-- The last word on what was done to a message: one row per reaction and voter, one for the edit, one for the deletion. Kept also for
-- a message that is not known (yet): it may come later.
create table message_change (
    device_id text        not null references device on delete cascade,
    stanza_id text        not null,
    kind      text        not null check (kind in ('edit', 'revoke', 'reaction', 'vote')),
    -- who reacted or voted; empty for the others
    author    text        not null,
    at        timestamptz not null,
    value     jsonb       not null,
    primary key (device_id, stanza_id, kind, author)
);

-- Many messages of one request.
create table batch (
    id         bigint generated always as identity primary key,
    job_id     text        not null unique,
    device_id  text        not null references device on delete cascade,
    kind       text        not null,
    total      integer     not null check (total > 0),
    delay_ms   bigint      not null,
    created_at timestamptz not null default clock_timestamp()
);
create index batch_device on batch (device_id, id);
create index message_batch on message (batch_id, batch_item) where batch_id is not null;
