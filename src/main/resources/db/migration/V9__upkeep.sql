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

-- Makes the partitions of today and the seven days to come (UTC) and drops those that ended more than `keep` ago. Concurrent callers wait. What was
-- written while a day had no partition moves into it from the default one, which would else forbid to make it.
create or replace procedure event_partitions(keep interval)
    language plpgsql as
$$
declare
    day   date;
    name  text;
    first timestamptz;
    past  timestamptz;
    part  record;
begin
    perform pg_advisory_xact_lock(hashtext('event_partitions'));
    for day in select generate_series(
        (clock_timestamp() at time zone 'UTC')::date, (clock_timestamp() at time zone 'UTC')::date + 7, interval '1 day')::date
    loop
        name := 'event_' || to_char(day, 'YYYYMMDD');
        first := day::timestamp at time zone 'UTC';
        past := (day + 1)::timestamp at time zone 'UTC';
        if to_regclass(name) is null then
            execute format('create table %I (like event including defaults including constraints)', name);
            execute format('with moved as (delete from event_default where at >= %L and at < %L returning *)'
                           ' insert into %I select * from moved', first, past, name);
            execute format('alter table event attach partition %I for values from (%L) to (%L)', name, first, past);
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
