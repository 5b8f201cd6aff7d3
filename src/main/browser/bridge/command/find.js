// @ts-check
import { plain } from '../address.js';
import { synced } from '../event/connection.js';
import { anywhere, ownKeys } from '../store.js';
import { hasFailed, isUnderway } from '../upload.js';

/**
 * @param {{ chat: string, id: string }} command
 * @returns {Promise<['absent'] | ['failed'] | ['present', number]>}
 */
export async function find({ chat, id }) {
  // Before the history is loaded every message would be absent, and absent means: may be submitted again.
  if (!synced()) throw new Error('the page is not linked and synced');
  if (isUnderway(id)) return ['present', 0];
  if (hasFailed(id)) return ['failed'];
  const wid = plain(chat);
  const message = wid && (await anywhere(ownKeys(wid, id)));
  if (!message) return ['absent'];
  const ack = Number(message.ack);
  return ack < 0 ? ['failed'] : ['present', ack];
}
