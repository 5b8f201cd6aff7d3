-- What is told twice counts once: notes of groups, and what a person under two names did to a message.

-- WhatsApp's notes in groups that became group.changed: a page tells them again after a restart.
create table group_note (
    device_id text        not null references device on delete cascade,
    group_id  text        not null,
    note_id   text        not null,
    -- one notice of the server may carry several changes
    action    text        not null,
    told_at   timestamptz not null default clock_timestamp(),
    primary key (device_id, group_id, note_id, action)
);

-- Who reacted or voted under a LID, and may become a number: few, as message_hidden_author.
create index message_change_hidden_author on message_change (device_id, author) where author like '%@lid';
