-- Copies of linked profiles, so that a device goes on where its folder cannot be reached. Everything in them is sealed with a key per device.

create table profile_key (
    device_id text primary key references device on delete cascade,
    -- 256 random bits, sealed with access.secret
    sealed    text        not null,
    -- rises with each rotation: what was made with an earlier key is not taken in any more
    version   integer     not null default 1,
    made_at   timestamptz not null default clock_timestamp()
);

create table snapshot (
    id        bigint generated always as identity primary key,
    device_id text        not null references device on delete cascade,
    -- of the opening that it was taken after
    epoch     bigint      not null,
    -- the profile was not opened since
    clean     boolean     not null,
    taken_at  timestamptz not null default clock_timestamp(),
    -- names, sizes and hashes of the files; sealed
    manifest  bytea       not null,
    -- what it consists of: snapshot_piece.name
    pieces    bytea[]     not null,
    -- a device was connected from it
    proved_at timestamptz
);
create index snapshot_device on snapshot (device_id, id);

-- At most 1 MiB of a file each. Equal ones of a device are one row, so that what has not changed is not written again.
create table snapshot_piece (
    device_id text        not null references device on delete cascade,
    -- HMAC-SHA256 under the device's key: equal files of two devices have different names
    name      bytea       not null,
    bytes     bytea       not null,
    -- when a snapshot last counted on it: until its row is there nothing else refers to a piece
    used_at   timestamptz not null default clock_timestamp(),
    primary key (device_id, name)
);
-- what is sealed cannot be compressed: do not try
alter table snapshot_piece alter column bytes set storage external;
