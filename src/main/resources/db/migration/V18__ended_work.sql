-- Retention asks whether a job that goes on needs a file.
create index batch_media on batch (media) where media is not null and ended_at is null;
create index batch_item_media on batch_item (media) where media is not null;

-- Schedules that have ended are kept for a while.
alter table schedule
    add column ended_at timestamptz;
update schedule set ended_at = greatest(updated_at, last_at) where state <> 'active';
create index schedule_ended on schedule (ended_at) where ended_at is not null;
