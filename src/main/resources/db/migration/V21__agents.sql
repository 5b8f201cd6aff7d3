-- Who answers what people write to a device by itself, and the answers that are still to be given.

-- The AI agent of a device.
create table agent (
    device_id          text primary key references device on delete cascade,
    -- what its default endpoint is named by
    agent_id           text        not null,
    -- null: the default, agent.backend-url/agents/{agent_id}/execute
    endpoint_url       text,
    -- sealed
    api_key            text,
    enabled            boolean     not null default true,
    name               text        not null default '',
    prompt             text        not null default '',
    -- handed to the endpoint as they are
    parameters         jsonb       not null default '{}',
    -- in one chat; null: agent.replies-per-minute
    replies_per_minute integer,
    created_at         timestamptz not null default clock_timestamp(),
    updated_at         timestamptz not null default clock_timestamp()
);

-- Goes before the agent while the device has its number.
create table chatbot (
    id              bigint generated always as identity primary key,
    device_id       text        not null references device on delete cascade,
    -- international digits
    whatsapp_number text        not null,
    status          text        not null check (status in ('aktif', 'nonaktif')),
    -- null: none yet, and it answers nothing
    endpoint_url    text,
    created_at      timestamptz not null default clock_timestamp(),
    updated_at      timestamptz not null default clock_timestamp(),
    unique (device_id, whatsapp_number)
);
create index chatbot_number on chatbot (whatsapp_number);

-- One incoming message that is to be answered; made by the statement that stores the message.
--
--     pending ──the endpoint has answered──► done      together with the reply in the outbox, where it has one
--      │ ▲ └──► failed     given up; the developer is told
--      │ └─┘    due later: the endpoint was away
--      └──────► skipped    nobody is to answer any more, or the chat has had too many answers
create table agent_run (
    id            bigint generated always as identity primary key,
    -- null: no history is kept
    message_id    bigint unique references message on delete cascade,
    device_id     text        not null references device on delete cascade,
    stanza_id     text        not null,
    -- who wrote it; where no message has it, this and the chat are empty an hour after the end
    person        text        not null,
    -- what was written, where no message has it, until it is answered
    body          text,
    -- what keeps its order and is counted by
    chat          text        not null,
    sender_name   text        not null,
    state         text        not null default 'pending' check (state in ('pending', 'done', 'failed', 'skipped')),
    -- calls that have failed
    attempts      smallint    not null default 0,
    due_at        timestamptz not null default clock_timestamp(),
    -- of the call that is under way; who comes back later than that has lost it
    claim         integer     not null default 0,
    claimed_until timestamptz,
    -- the reply's stanza id, where there is one
    reply_id      text,
    reason        text        not null default '',
    settled_at    timestamptz,
    created_at    timestamptz not null default clock_timestamp(),
    check ((body is not null) = (message_id is null and state = 'pending'))
) with (fillfactor = 70);
create index agent_run_head on agent_run (device_id, chat, id) where state = 'pending';
-- How many answers a chat has had in the last minute: what the loop guard counts, so that a restart forgets nothing.
create index agent_run_replies on agent_run (device_id, chat, settled_at) where reply_id is not null;
-- Of whom nothing is to be kept.
create index agent_run_names on agent_run (settled_at) where state <> 'pending' and message_id is null and person <> '';
create index agent_run_settled on agent_run (settled_at) where state <> 'pending';

-- Endpoints in trouble: see outbound/Circuit.java. A row goes with the first call that succeeds. Per device: many name one endpoint, and
-- what one of them does there is no reason to leave the others without answers.
create table agent_circuit (
    device_id    text        not null references device on delete cascade,
    endpoint_url text        not null,
    unreachable  integer     not null default 0,
    failing      bigint[]    not null default '{}',
    down_since   timestamptz,
    probes       integer     not null default 0,
    probe_at     timestamptz not null default 'epoch',
    primary key (device_id, endpoint_url)
);

-- When the developer was last told of a device's agent, and what was not told since.
create table agent_alert (
    device_id text primary key references device on delete cascade,
    at        timestamptz not null,
    untold    integer     not null default 0
);
