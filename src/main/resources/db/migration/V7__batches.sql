-- Many messages of one request, up to 100,000: their items wait in a table of their own and become messages when they are due. A batch is one row,
-- so that pausing and cancelling it are one update, and what became of its messages is counted by rows that are added up later.

alter table batch
    drop constraint batch_total_check,
    add check (total > 0 or state = 'staging'),
    -- the ids of its messages come from it: the same for the same item, however often it is promoted
    add column seed       bytea,
    -- with {variables}; null: each item has its own words
    add column template   text,
    -- one file for all
    add column content    jsonb,
    add column media      text,
    add column typing     boolean     not null default false,
    -- local times between which it sends; from after to: over midnight
    add column opens      time,
    add column closes     time,
    add column timezone   text,
    -- percent of the device's budget
    add column share      smallint    not null default 100 check (share between 1 and 100),
    add column starts_at  timestamptz,
    -- when its next item is due; null: it has none left
    add column next_at    timestamptz,
    -- the last item that was promoted, and how many were
    add column cursor     integer     not null default -1,
    add column promoted   integer     not null default 0,
    -- outcomes, as far as their deltas were added up
    add column completed  integer     not null default 0,
    add column failed     integer     not null default 0,
    add column cancelled  integer     not null default 0,
    -- [{"index", "of", "to"}], the first thousand of them, and how many there are
    add column duplicates jsonb       not null default '[]',
    add column repeated   integer     not null default 0,
    -- progress was told last
    add column told_at    timestamptz,
    add column ended_at   timestamptz,
    add check ((opens is null) = (closes is null));
create index batch_next on batch (next_at) where state in ('queued', 'processing');
-- what the periodic step looks after
create index batch_unfinished on batch (state, id) where state in ('staging', 'processing', 'paused');

-- Not touched after it is written: an item's state is that of the message (batch_id, batch_item), and before there is one, its batch's.
create table batch_item (
    batch_id bigint  not null references batch on delete cascade,
    -- in the request, from 0; a repeated one is left out
    n        integer not null,
    chat     text    not null,
    -- null: the batch's template, with these
    body     text,
    vars     jsonb,
    -- null: the batch's
    content  jsonb,
    media    text,
    quoted   text,
    mentions text[],
    typing   boolean not null default false,
    primary key (batch_id, n)
);

-- What changed in the outcomes of a batch since they were last added up. Not the batch's row itself: that would make the acknowledgements of all its
-- messages wait for each other.
create table batch_delta (
    batch_id  bigint   not null,
    completed smallint not null,
    failed    smallint not null,
    cancelled smallint not null
) with (
    -- every outcome inserts and deletes one row: see outbox
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);
create index batch_delta_batch on batch_delta (batch_id);

-- What a batch has in the outbox.
create index outbox_batch on outbox (device_id, batch_id) where batch_id is not null;

create function batch_outcome_changed() returns trigger
    language plpgsql as
$$
declare
    before text := case when tg_op = 'UPDATE' then old.phase else '' end;
begin
    insert into batch_delta (batch_id, completed, failed, cancelled)
    values (new.batch_id,
            (new.phase = 'sent')::integer - (before = 'sent')::integer,
            (new.phase = 'failed')::integer - (before = 'failed')::integer,
            (new.phase = 'cancelled')::integer - (before = 'cancelled')::integer);
    return null;
end
$$;
create trigger batch_outcome_inserted
    after insert on message
    for each row when (new.batch_id is not null and new.phase in ('sent', 'failed', 'cancelled'))
execute function batch_outcome_changed();
create trigger batch_outcome_updated
    after update of phase on message
    for each row when (new.batch_id is not null and old.phase <> new.phase
        and (new.phase in ('sent', 'failed', 'cancelled') or old.phase in ('sent', 'failed', 'cancelled')))
execute function batch_outcome_changed();

-- What earlier releases accepted has all its messages already.
insert into batch_item (batch_id, n, chat)
select batch_id, batch_item, chat from message where batch_id is not null
on conflict do nothing;
update batch b
set promoted = total, cursor = total - 1, completed = m.completed, failed = m.failed, cancelled = m.cancelled,
    state = case when m.completed + m.failed + m.cancelled < total then 'processing'
                 when m.completed = 0 then 'failed' else 'completed' end
from (select batch_id, count(*) filter (where phase = 'sent') as completed, count(*) filter (where phase = 'failed') as failed,
             count(*) filter (where phase = 'cancelled') as cancelled
      from message where batch_id is not null group by batch_id) m
where b.id = m.batch_id;
