-- The claim reads the lanes of a device one by one, and of broadcasts one batch after the other, because these take turns.

create index outbox_lane on outbox (device_id, lane, chat, message_id);
drop index outbox_queue;
create index outbox_cold on outbox (device_id, (coalesce(batch_id, 0)), message_id) where state = 'ready' and lane = 2;
