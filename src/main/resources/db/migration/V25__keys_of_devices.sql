-- Keys for several devices. A list that has become empty reaches nothing; no list (null) reaches all devices of the key's user. The previous release
-- goes by the first of a list, and lets a key whose list is empty do nothing at all.
alter table api_key drop constraint api_key_device_ids_check;

update api_key k
set device_ids = array(select d.device_id from device d where d.device_id = any (k.device_ids) order by d.device_id)
where k.device_ids is not null;

-- Else the key would reach another device that somebody makes under the same id.
create function api_key_forget_device() returns trigger
language plpgsql as $$
begin
    update api_key
    set device_ids = array_remove(device_ids, old.device_id)
    where device_ids @> array [old.device_id];
    return null;
end
$$;

create trigger api_key_forget_device after delete on device for each row execute function api_key_forget_device();
