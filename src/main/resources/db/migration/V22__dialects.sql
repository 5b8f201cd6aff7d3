-- Devices that clients of the systems before Kurir made, and know by names of their own.

alter table device
    add column dialect     text not null default 'native'
        check (dialect in ('native', 'accounts', 'connections', 'agents')),
    -- what clients that want a number know it by
    add column id          bigint generated always as identity unique,
    add column external_id text check (length(external_id) between 1 and 128);
create unique index device_external on device (dialect, external_id) where external_id is not null;

-- What a broadcast is called by who made it.
alter table batch add column name text;
