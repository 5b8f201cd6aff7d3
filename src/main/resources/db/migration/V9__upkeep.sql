-- What keeps the house in order: periodic work that one node of the cluster does, and who did what that matters.

create table chore (
    name          text primary key,
    due_at        timestamptz not null,
    -- one life of a node; its claim runs out when it stops renewing it
    claimed_by    text,
    claimed_until timestamptz,
    -- of the last run that came to an end
    last_at       timestamptz,
    last_ms       bigint,
    last_count    bigint,
    last_failure  text,
    -- in a row
    failures      integer     not null default 0,
    check ((claimed_by is null) = (claimed_until is null))
);

-- Written before the deed and completed after it: status is null while it goes on, and stays so when the node died in the middle.
create table audit (
    id         bigint generated always as identity primary key,
    at         timestamptz not null default clock_timestamp(),
    -- no references: the audit outlives whom it tells of
    user_id    bigint,
    api_key_id bigint,
    -- user.create, device.delete ...
    action     text        not null,
    device_id  text,
    -- what it was done to; of a person whose data was erased a fingerprint only
    subject    text,
    detail     jsonb       not null default '{}',
    status     integer,
    request_id text        not null,
    address    text        not null
);
create index audit_at on audit (at);
create index audit_user on audit (user_id, id);
create index audit_device on audit (device_id, id) where device_id is not null;

-- Erasure and retention ask whether a file is in use by anybody else.
create index message_media on message (media) where media is not null;
