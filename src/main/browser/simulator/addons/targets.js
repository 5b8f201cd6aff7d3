// @ts-check
import { chats } from '../chats.js';
import { find, save } from '../history.js';
import { fromRecord, messages, Msg } from '../messages.js';

/**
 * Changes a message in the store and in memory; one that is only in the store comes into memory, for whoever listens to changes.
 * Unknown messages stay unknown.
 *
 * @param {import('../msgkey.js').MsgKey} key
 * @param {(wire: import('../protocol.js').WireMessage) => Record<string, any>} how gives the attributes that change, as they travel
 * @param {Record<string, any>} [more] attributes of the model alone
 * @returns {Promise<Msg | undefined>}
 */
export async function change(key, how, more) {
  const record = await find(key.toString());
  if (!record) return undefined;
  const patch = how(record.wire);
  const present = messages.get(key) ?? remember(new Msg(fromRecord(record)));
  await save({ ...record, wire: { ...record.wire, ...patch } });
  present.set({ ...patch, ...more });
  return present;
}

/** @param {Msg} msg */
function remember(msg) {
  chats.gadd(msg.id.remote);
  return messages.add(msg, { silent: true });
}
