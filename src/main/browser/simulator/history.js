// @ts-check
import { result, store } from './store.js';

/**
 * Stored messages, chats, contacts and ratchet counters.
 *
 * @typedef {import('./store.js').MessageRecord} MessageRecord
 * @typedef {import('./store.js').ChatRecord} ChatRecord
 * @typedef {import('./protocol.js').Contact} Contact
 */

/** How many messages are in memory after the start; older ones are read when asked for. */
const RECENT = 1_000;

/** @type {Map<string, number>} */
const ratchets = new Map();
let lastOrder = 0;

/** A number for {@link MessageRecord.order}, higher than any before it in this profile. */
export function nextOrder() {
  lastOrder = Math.max(lastOrder + 1, Date.now() * 1000);
  return lastOrder;
}

/**
 * What the page shows when it starts.
 *
 * @returns {Promise<{messages: MessageRecord[], chats: ChatRecord[], contacts: Contact[]}>} messages in their order
 */
export async function load() {
  const counters = store.objects('ratchets');
  const [messages, chats, contacts, names, values] = await Promise.all([
    newest(store.objects('messages').index('order'), null, RECENT),
    result(store.objects('chats').getAll()),
    result(store.objects('contacts').getAll()),
    result(counters.getAllKeys()),
    result(counters.getAll()),
  ]);
  ratchets.clear();
  names.forEach((name, i) => ratchets.set(String(name), values[i]));
  lastOrder = messages.at(-1)?.order ?? 0;
  return { messages, chats, contacts };
}

/** The outbox, in order. @returns {Promise<MessageRecord[]>} */
export async function unsent() {
  /** @type {MessageRecord[]} */
  const found = await result(store.objects('messages').index('unsent').getAll());
  return found.sort((a, b) => a.order - b.order);
}

/** @param {string} key @returns {Promise<MessageRecord | undefined>} */
export const find = (key) => result(store.objects('messages').get(key));

/**
 * Up to `count` messages of a chat before or after the one with this order, oldest first.
 *
 * @param {string} chat
 * @param {number} order
 * @param {'before' | 'after'} direction
 * @param {number} count
 * @returns {Promise<MessageRecord[]>}
 */
export function around(chat, order, direction, count) {
  const index = store.objects('messages').index('chat');
  if (direction === 'before') return newest(index, IDBKeyRange.bound([chat, 0], [chat, order], true, true), count);
  const range = IDBKeyRange.bound([chat, order], [chat, Infinity], true, true);
  return result(Number.isFinite(count) ? index.getAll(range, count) : index.getAll(range));
}

/** @param {IDBIndex} index @param {IDBKeyRange | null} range @param {number} count @returns {Promise<MessageRecord[]>} */
function newest(index, range, count) {
  return new Promise((resolve, reject) => {
    /** @type {MessageRecord[]} */
    const found = [];
    const request = index.openCursor(range, 'prev');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor || found.length >= count) return resolve(found.reverse());
      found.push(cursor.value);
      cursor.continue();
    };
  });
}

/**
 * Stores an own message, and with it the next counter of the chat, which its submission takes along.
 *
 * @param {MessageRecord} record
 * @returns {Promise<number>} the counter, when both are stored
 */
export async function stage(record) {
  const name = `out|${record.chat}`;
  const ratchet = (ratchets.get(name) ?? 0) + 1;
  ratchets.set(name, ratchet);
  await store.write((transaction) => {
    transaction.objectStore('messages').put(record);
    transaction.objectStore('ratchets').put(ratchet, name);
  });
  return ratchet;
}

/** @param {MessageRecord} record */
export const save = (record) => store.write((transaction) => void transaction.objectStore('messages').put(record));

/**
 * Stores received messages. One that is there already, and readable, is left out; one whose counter is not higher than the last of its
 * sender cannot be decrypted by this profile any more and is stored without its content, as type `ciphertext`.
 *
 * @param {MessageRecord[]} records
 * @returns {Promise<MessageRecord[]>} those that were new, as stored
 */
export async function receive(records) {
  /** @type {MessageRecord[]} */
  const fresh = [];
  const keys = new Set();
  await store.write((transaction) => {
    for (const record of records) {
      if (keys.has(record.key)) continue;
      keys.add(record.key);
      const request = transaction.objectStore('messages').get(record.key);
      request.onsuccess = () => {
        const unreadable = request.result?.wire.type === 'ciphertext' && record.wire.type !== 'ciphertext';
        if (request.result && !unreadable) return;
        const stored = decrypt(record, transaction);
        transaction.objectStore('messages').put(stored);
        fresh.push(stored);
      };
    }
  });
  return fresh;
}

/** @param {MessageRecord} record @param {IDBTransaction} transaction @returns {MessageRecord} */
function decrypt(record, transaction) {
  const { ratchet, id, type, t, from, to, author, notifyName, lidMap } = record.wire;
  if (ratchet === undefined) return record;
  const name = `in|${record.chat}|${author ?? ''}`;
  if (ratchet <= (ratchets.get(name) ?? 0)) {
    console.warn(`[simulator] ${record.key} (${type}) cannot be decrypted: counter ${ratchet}, expected above ${ratchets.get(name)}`);
    return { ...record, wire: { id, type: 'ciphertext', t, from, to, author, notifyName, lidMap } };
  }
  ratchets.set(name, ratchet);
  transaction.objectStore('ratchets').put(ratchet, name);
  return record;
}

/**
 * Raises the ack of a stored message; a lower one changes nothing.
 *
 * @param {string} key the serialized key
 * @param {number} ack
 */
export function raiseAck(key, ack) {
  return store.write((transaction) => {
    const messages = transaction.objectStore('messages');
    const request = messages.get(key);
    request.onsuccess = () => {
      /** @type {MessageRecord | undefined} */
      const record = request.result;
      if (!record || record.ack >= ack) return;
      const { unsent: _, ...rest } = record;
      messages.put({ ...rest, ack });
    };
  });
}

/** @param {ChatRecord} chat */
export const saveChat = (chat) => store.write((transaction) => void transaction.objectStore('chats').put(chat));

/** @param {Contact[]} contacts */
export const saveContacts = (contacts) =>
  store.write((transaction) => {
    for (const contact of contacts) transaction.objectStore('contacts').put(contact);
  });
