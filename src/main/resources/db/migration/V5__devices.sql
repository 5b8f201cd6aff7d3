-- What each device has of its own: the way to WhatsApp, and where its people are.

alter table device
    add column proxy_server   text,
    add column proxy_username text,
    -- sealed with a key of the settings' secret
    add column proxy_password text,
    -- IANA name; empty: the node's
    add column timezone       text,
    -- ISO 3166: how numbers with a leading 0 are read; empty: device.country of the settings
    add column country        text check (country ~ '^[A-Z]{2}$'),
    add check (proxy_server is not null or (proxy_username is null and proxy_password is null));
