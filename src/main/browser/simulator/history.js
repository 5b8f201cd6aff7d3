// @ts-check
import { result, store } from './store.js';

/**
 * Stored messages, chats, contacts and ratchet counters.
 *
 * @typedef {import('./store.js').MessageRecord} MessageRecord
 * @typedef {import('./store.js').ChatRecord} ChatRecord
 * @typedef {import('./protocol.js').Contact} Contact
 */

/** How many messages are in memory after the start, in all and per chat; older ones are read when asked for. */
const RECENT = 1_000;
const RECENT_PER_CHAT = 200;

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
  const [chats, contacts, names, values, waiting] = await Promise.all([
    result(store.objects('chats').getAll()),
    result(store.objects('contacts').getAll()),
    result(counters.getAllKeys()),
    result(counters.getAll()),
    unsent(),
  ]);
  ratchets.clear();
  names.forEach((name, i) => ratchets.set(String(name), values[i]));
  chats.sort((/** @type {ChatRecord} */ a, /** @type {ChatRecord} */ b) => b.t - a.t);
  /** @type {Map<string, MessageRecord>} */
  const recent = new Map(waiting.map((record) => [record.key, record]));
  for (const { id } of chats) {
    if (recent.size >= RECENT) break;
    const range = IDBKeyRange.bound([id, 0], [id, Infinity]);
    for (const record of await newest(store.objects('messages'), range, RECENT_PER_CHAT)) recent.set(record.key, record);
  }
  const messages = [...recent.values()].sort((a, b) => a.order - b.order);
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
export const find = (key) => result(store.objects('messages').index('key').get(key));

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
  const stored = store.objects('messages');
  if (direction === 'before') return newest(stored, IDBKeyRange.bound([chat, 0], [chat, order], true, true), count);
  const range = IDBKeyRange.bound([chat, order], [chat, Infinity], true, true);
  return result(Number.isFinite(count) ? stored.getAll(range, count) : stored.getAll(range));
}

/** @param {IDBObjectStore} stored @param {IDBKeyRange} range @param {number} count @returns {Promise<MessageRecord[]>} */
function newest(stored, range, count) {
  return new Promise((resolve, reject) => {
    /** @type {MessageRecord[]} */
    const found = [];
    const request = stored.openCursor(range, 'prev');
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
  store.keep('ratchets', name, ratchet);
  await save(record);
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
      const request = transaction.objectStore('messages').index('key').get(record.key);
      request.onsuccess = () => {
        const unreadable = request.result?.wire.type === 'ciphertext' && record.wire.type !== 'ciphertext';
        if (request.result && !unreadable) return;
        const stored = decrypt(record, transaction);
        const order = request.result?.order ?? record.order;
        transaction.objectStore('messages').put({ ...stored, order });
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

/** The highest acks that are to be stored, by message key. @type {Map<string, number>} */
const acks = new Map();
/** @type {Promise<void> | undefined} */
let raising;

/**
 * Raises the ack of a stored message; a lower one changes nothing.
 *
 * @param {string} key the serialized key
 * @param {number} ack
 * @returns {Promise<void>} when it is stored, a moment later: a message is mostly read soon after it was delivered
 */
export function raiseAck(key, ack) {
  acks.set(key, Math.max(ack, acks.get(key) ?? 0));
  raising ??= store.writeLater((transaction) => {
    raising = undefined;
    for (const [each, raised] of acks) raiseIn(transaction.objectStore('messages'), each, raised);
    acks.clear();
  });
  return raising;
}

/** @param {IDBObjectStore} messages @param {string} key @param {number} ack */
function raiseIn(messages, key, ack) {
  const request = messages.index('key').get(key);
  request.onsuccess = () => {
    /** @type {MessageRecord | undefined} */
    const record = request.result;
    if (!record || record.ack >= ack) return;
    const { unsent: _, ...rest } = record; // who has a receipt needs no answer to its submission
    messages.put({ ...rest, ack });
  };
}

/** @param {ChatRecord} chat */
export const saveChat = (chat) => store.keep('chats', chat.id, chat);

/** @param {Contact[]} contacts */
export function saveContacts(contacts) {
  for (const contact of contacts) store.keep('contacts', contact.pn, contact);
}
