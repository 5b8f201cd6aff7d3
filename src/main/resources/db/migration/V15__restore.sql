-- A database that was restored from a backup: what it has to send may have been sent after the backup was made, so nothing goes out until an
-- operator says so. At most one row; none, as mostly: nothing is held back. OutboxStore's claim and the scheduler honour it.
create table fence (
    only_one    boolean     not null primary key default true check (only_one),
    -- when the backup was made
    backup_at   timestamptz not null,
    restored_at timestamptz not null default clock_timestamp()
);
