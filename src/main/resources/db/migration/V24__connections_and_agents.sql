-- What two of the systems before Kurir know beside a device.

-- Until when anybody who knows the id of a connection may look at its QR code.
create table open_qr (
    device_id text primary key references device on delete cascade,
    until     timestamptz not null
);

-- Whom an agent belongs to in the words of the system that made it; that is no user of ours.
create table agent_tenant (
    device_id text primary key references device on delete cascade,
    tenant    text not null check (length(tenant) between 1 and 128)
);
create index agent_tenant_name on agent_tenant (tenant);
