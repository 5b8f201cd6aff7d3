// @ts-check
/**
 * Tells again what may not have arrived: messages and confirmations that came before our listeners were there, or that were told to a JVM that
 * died before it stored them. Told twice is harmless (the JVM knows stanza ids), lost is not, so it goes back well before the last
 * moment at which the JVM was alive.
 */
import { outside } from '../address.js';
import { emit } from '../emit.js';
import { profile } from '../memory.js';
import { wpp } from '../wpp.js';
import { tell } from './message.js';

const OVERLAP_MS = 120_000;
/** At most so many messages of one chat; older ones are history, not news. */
const PER_CHAT = 200;

let since = profile.seenUntil;

export async function reconcile() {
  // A profile that we never saw alive was linked in this document: its listeners heard everything.
  const from = Math.max(0, (since || Date.now()) - OVERLAP_MS) / 1000;
  since = Date.now();
  const chats = wpp('ChatStore').getModelsArray().filter((chat) => Number(chat.t ?? 0) >= from);
  for (const chat of chats) {
    for (const message of await recent(chat)) {
      if (Number(message.t) < from) continue;
      tell(message);
      const ack = Number(message.ack);
      if (message.id.fromMe && ack >= 1) emit({ type: 'acked', chat: outside(chat.id), ids: [message.id.id], ack });
    }
  }
}

/** @param {import('@wppconnect/wa-js').whatsapp.ChatModel} chat @returns {Promise<any[]>} */
async function recent(chat) {
  const held = chat.msgs.getModelsArray();
  const stored = await wpp('getMessages')(chat.id, { count: PER_CHAT }).catch(() => []);
  const known = new Set(held.map((message) => message.id.id));
  return [...stored.filter((message) => message.id && !known.has(message.id.id)), ...held];
}
