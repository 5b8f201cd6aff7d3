-- What accounts need beyond a login: tokens of devices, more ways in which a login ends, lists of users.

create table device_token (
    device_id    text primary key references device on delete cascade,
    -- not unique: the agents of one person may share a key
    hash         bytea       not null check (length(hash) = 32),
    prefix       text        not null,
    created_at   timestamptz not null default now(),
    last_used_at timestamptz
);

create index device_token_hash on device_token (hash);

alter table login_session
    drop constraint login_session_end_reason_check,
    add constraint login_session_end_reason_check check (end_reason in (
        'logout', 'refresh-token-reused', 'password-changed', 'role-changed', 'deactivated'));

create index app_user_created on app_user (created_at, id);
-- who never logged in comes last
create index app_user_login on app_user (last_login_at desc nulls last, id desc);
create index app_user_admins on app_user (id) where role = 'admin' and active;
