-- The W3C traceparent of the request that a message came with, so that its owner, another node or later, goes on with the trace. Null where nothing
-- is traced: costs a bit. On the outbox and not on message: two versions of a row that is deleted, instead of five of one that stays. In no index.
alter table outbox add column traceparent text;
