-- People and groups by all their names; finding the messages of a chat and of a day.

-- One row per person or group. WhatsApp names a person by number, by LID, or by both; which number belongs to a LID it may tell long after the
-- first message: then two rows become one.
create table contact (
    device_id  text        not null references device on delete cascade,
    group_id   text,
    phone      text,
    lid        text,
    -- the name that goes outside: the number where it is known
    contact_id text        not null generated always as (coalesce(group_id, phone, lid)) stored,
    -- the address book's, or the group's subject
    name       text        not null default '',
    -- the person's own
    push_name  text        not null default '',
    saved      boolean     not null default false,
    business   boolean     not null default false,
    updated_at timestamptz not null default clock_timestamp(),
    primary key (device_id, contact_id),
    check ((group_id is null) = (phone is not null or lid is not null))
);
create unique index contact_lid on contact (device_id, lid) where lid is not null;

-- A chat's messages from the newest to the oldest.
create index if not exists message_chat on message (device_id, chat, id);
-- The chats of a day.
create index if not exists message_day on message (device_id, created_at);
-- Who wrote in groups under a LID, and may become a number: few, so this one is small.
create index message_hidden_author on message (device_id, author) where author like '%@lid';
