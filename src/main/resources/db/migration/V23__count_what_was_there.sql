-- Counts the messages that are older than the triggers of V20. Device by device, each in a transaction of its own (see the .conf beside this), so
-- that the previous release, which runs meanwhile, waits for the count of one device at most, about 3 s per 100,000 messages, and only
-- with what it does for that device. May be cut off and begun again: what a device has is replaced.
do
$$
declare
    each text;
begin
    for each in select device_id from device order by 1 loop
        perform chat_quarter_lock(each, true);
        delete from chat_quarter where device_id = each;
        insert into chat_quarter (device_id, quarter, chat, incoming, outgoing, failed, first_in, last_in, first_out, last_out)
        select m.device_id, quarter_of(m.at), m.chat,
               count(*) filter (where m.phase = 'received'), count(*) filter (where m.phase = 'sent'),
               count(*) filter (where m.phase = 'failed'),
               min(m.at) filter (where m.phase = 'received'), max(m.at) filter (where m.phase = 'received'),
               min(m.at) filter (where m.phase = 'sent'), max(m.at) filter (where m.phase = 'sent')
        from (select device_id, chat, phase, coalesce(sent_at, created_at) as at
              from message
              where device_id = each and phase in ('sent', 'received', 'failed')) m
        group by 1, 2, 3;
        commit;
    end loop;
end
$$;
