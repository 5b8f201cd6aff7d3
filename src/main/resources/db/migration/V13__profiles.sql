-- Which copy of a device's profile is the present one: WhatsApp counts keys with every message, so going on with an older copy breaks the device's
-- conversations. Without a row the device was never opened since this table is there, and what lies on the disk is taken for present.
create table profile (
    device_id    text primary key references device on delete cascade,
    -- the lease's epoch when a page was opened last, written before that: a generation on a disk that is older must not be opened
    opened_epoch bigint  not null default 0,
    -- from the opening until that page was closed in order
    dirty        boolean not null default false
) with (fillfactor = 50);
