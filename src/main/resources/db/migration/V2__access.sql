-- Who may call: people, their logins, and keys for machines.

create table app_user (
    id            bigint generated always as identity primary key,
    email         text        not null check (email like '%_@_%' and length(email) <= 254),
    -- no @: a login takes either name, and one must never be read as the other
    username      text        not null check (username !~ '@' and length(username) between 1 and 100),
    password_hash text        not null,
    full_name     text,
    role          text        not null check (role in ('admin', 'user')),
    active        boolean     not null default true,
    created_at    timestamptz not null default now(),
    last_login_at timestamptz
);

create unique index app_user_email on app_user (lower(email));
create unique index app_user_username on app_user (lower(username));

-- One row per login; access tokens carry its id and are good only while it has not ended.
create table login_session (
    id         bigint generated always as identity primary key,
    user_id    bigint      not null references app_user on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at   timestamptz,
    end_reason text check (end_reason in ('logout', 'refresh-token-reused')),
    check ((ended_at is null) = (end_reason is null))
);

create index login_session_user on login_session (user_id);

-- The family of a login's refresh tokens. Spent ones stay until the login expires: presenting one again tells of a theft.
create table refresh_token (
    hash       bytea primary key check (length(hash) = 32),
    login_id   bigint      not null references login_session on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at    timestamptz
);

create index refresh_token_login on refresh_token (login_id);

create table api_key (
    id           bigint generated always as identity primary key,
    user_id      bigint      not null references app_user on delete cascade,
    name         text        not null,
    prefix       text        not null,
    hash         bytea       not null unique check (length(hash) = 32),
    scopes       text[]      not null check (scopes <@ array ['read', 'send', 'manage', 'admin']),
    device_ids   text[] check (cardinality(device_ids) > 0),
    expires_at   timestamptz,
    last_used_at timestamptz,
    created_at   timestamptz not null default now()
);

create index api_key_user on api_key (user_id);
