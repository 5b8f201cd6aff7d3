-- What is ready, in the order in which it goes: a claim reads little more of the outbox than it takes, however much waits there.

create index outbox_warm on outbox (device_id, lane, message_id) where state = 'ready' and lane < 2;
-- Batches take turns, so their items are found batch by batch.
create index outbox_cold on outbox (device_id, (coalesce(batch_id, 0)), message_id) where state = 'ready' and lane = 2;
