// @ts-check
import { result, store } from './store.js';

/**
 * Stored messages, chats, contacts and ratchet counters.
 *
 * @typedef {import('./store.js').MessageRecord} MessageRecord
 * @typedef {import('./store.js').ChatRecord} ChatRecord
 * @typedef {import('./store.js').Entry} Entry
 * @typedef {import('./store.js').ContactRecord} ContactRecord
 * @typedef {import('./protocol.js').Contact} Contact
 * @typedef {import('./protocol.js').Group} Group
 */

/** How many messages are in memory after the start, in all and per chat, but one of each chat; others are read when asked for. */
const RECENT = 1_000;
const RECENT_PER_CHAT = 500;

/** The log is tidied up when nothing was written for so long, and then so many entries at a time. */
const IDLE_MS = 2_000;
const TIDY = 200;

/** Messages whose last state is only in the log. @type {Map<string, MessageRecord>} */
const logged = new Map();
/** Whatever else is, by kind and name. @type {Map<string, Entry>} */
const loggedValues = new Map();
/** @type {Map<string, number>} */
const ratchets = new Map();
let lastOrder = 0;

/** Types of messages that only change an earlier one. */
export const CHANGES = new Set(['reaction', 'edit', 'revoke', 'vote']);

/** A number for {@link MessageRecord.order}, higher than any before it in this profile. */
export function nextOrder() {
  lastOrder = Math.max(lastOrder + 1, Date.now() * 1000);
  return lastOrder;
}

/**
 * What the page shows when it starts.
 *
 * @returns {Promise<{messages: MessageRecord[], chats: ChatRecord[], contacts: Contact[], groups: Group[]}>} messages in their order
 */
export async function load() {
  const { entries } = await store.log();
  for (const entry of entries) remember(entry);
  if (entries.length > 0) tidyWhenIdle();
  const [counters, chats, contacts, groups] = await Promise.all([
    /** @type {Promise<{name: string, value: number}[]>} */ (all('ratchets', 'name')),
    /** @type {Promise<ChatRecord[]>} */ (all('chats', 'id')),
    /** @type {Promise<ContactRecord[]>} */ (all('contacts', 'id')),
    /** @type {Promise<Group[]>} */ (all('groups', 'id')),
  ]);
  for (const { name, value } of counters) ratchets.set(name, value);
  chats.sort((a, b) => b.t - a.t);
  const messages = new Map((await unsent()).map((record) => [record.key, record]));
  for (const { id } of chats) {
    const count = Math.max(1, Math.min(RECENT - messages.size, RECENT_PER_CHAT));
    for (const record of await around(id, Infinity, 'before', count)) messages.set(record.key, record);
  }
  const inOrder = [...messages.values()].sort(byOrder);
  lastOrder = inOrder.at(-1)?.order ?? 0;
  return { messages: inOrder, chats, contacts, groups };
}

/** @param {MessageRecord} a @param {MessageRecord} b */
const byOrder = (a, b) => a.order - b.order;

/** All records of a kind, as the log has left them. @param {'ratchets' | 'chats' | 'contacts' | 'groups'} kind @param {string} id */
async function all(kind, id) {
  const records = new Map((await result(store.objects(kind).getAll())).map((record) => [record[id], record]));
  for (const entry of loggedValues.values()) {
    if (entry.kind === kind) records.set(/** @type {any} */ (entry.value)[id], entry.value);
  }
  return [...records.values()];
}

/** Makes an entry count at once, before it is in the log. @param {Entry} entry @returns {Entry} */
function remember(entry) {
  if (entry.kind === 'messages') logged.set(entry.value.key, entry.value);
  else if (entry.kind === 'ratchets') loggedValues.set(`ratchets ${entry.value.name}`, entry);
  else loggedValues.set(`${entry.kind} ${entry.value.id}`, entry);
  return entry;
}

/** The outbox, in order. @returns {Promise<MessageRecord[]>} */
export async function unsent() {
  /** @type {MessageRecord[]} */
  const placed = await result(store.objects('messages').index('unsent').getAll());
  return merged(placed, () => true).filter((record) => record.unsent);
}

/** Records as the log has left them, with those that are only in the log and wanted. @param {MessageRecord[]} placed @param {(record: MessageRecord) => boolean} wanted */
function merged(placed, wanted) {
  const records = new Map(placed.map((record) => [record.key, logged.get(record.key) ?? record]));
  for (const record of logged.values()) if (wanted(record)) records.set(record.key, record);
  return [...records.values()].filter(({ gone }) => !gone).sort(byOrder);
}

/** @param {string} key @returns {Promise<MessageRecord | undefined>} */
export async function find(key) {
  /** @type {MessageRecord | undefined} */
  const found = logged.get(key) ?? (await result(store.objects('messages').index('key').get(key)));
  return found?.gone ? undefined : found;
}

/** Deletes a message on this page. @param {string} key */
export async function forget(key) {
  const record = await find(key);
  if (record) await save({ ...record, gone: 1 });
}

/**
 * Up to `count` messages of a chat before or after the one with this order, oldest first.
 *
 * @param {string} chat
 * @param {number} order
 * @param {'before' | 'after'} direction
 * @param {number} count
 */
export async function around(chat, order, direction, count) {
  const before = direction === 'before';
  const range = IDBKeyRange.bound([chat, before ? 0 : order], [chat, before ? order : Infinity], true, true);
  const placed = await scan(store.objects('messages'), range, before ? 'prev' : 'next', count);
  const found = merged(placed, (record) => record.chat === chat && (before ? record.order < order : record.order > order));
  return before ? found.slice(Math.max(0, found.length - count)) : found.slice(0, count);
}

/**
 * @param {IDBObjectStore} stored
 * @param {IDBKeyRange} range
 * @param {IDBCursorDirection} direction
 * @param {number} count
 * @returns {Promise<MessageRecord[]>}
 */
function scan(stored, range, direction, count) {
  return new Promise((resolve, reject) => {
    /** @type {MessageRecord[]} */
    const found = [];
    const request = stored.openCursor(range, direction);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor || found.length >= count) return resolve(found);
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
  const ratchet = advance(`out|${record.chat}`);
  await save(record);
  return ratchet;
}

/** The next counter of a chat. @param {string} chat @returns {Promise<number>} when it is stored */
export async function nextRatchet(chat) {
  const ratchet = advance(`out|${chat}`);
  await store.append();
  return ratchet;
}

/** Counts on, to be stored with the next write. @param {string} name @param {number} [value] */
function advance(name, value = (ratchets.get(name) ?? 0) + 1) {
  ratchets.set(name, value);
  later({ kind: 'ratchets', value: { name, value } });
  return value;
}

/** @param {MessageRecord} record @returns {Promise<void>} when it is stored */
export function save(record) {
  tidyWhenIdle();
  return store.append(remember({ kind: 'messages', value: record }));
}

/** @param {Entry} entry @returns {Promise<void>} */
function later(entry) {
  tidyWhenIdle();
  return store.appendLater(remember(entry));
}

/**
 * Stores received messages. What changes an earlier one (see {@link CHANGES}) is only counted, and left out when it cannot be
 * decrypted. A message that is there already, and readable, is left out; one whose counter is not higher than the last of
 * its sender cannot be decrypted by this profile any more and is stored without its content, as type `ciphertext`.
 *
 * @param {MessageRecord[]} records
 * @returns {Promise<MessageRecord[]>} those that were new, as stored
 */
export async function receive(records) {
  const present = await Promise.all(records.map(({ key }) => find(key)));
  /** @type {Map<string, MessageRecord>} */
  const fresh = new Map();
  records.forEach((record, i) => {
    if (CHANGES.has(record.wire.type)) {
      const readable = decrypt(record);
      if (readable.wire.type !== 'ciphertext') fresh.set(record.key, readable);
      return;
    }
    const old = present[i];
    const unreadable = old?.wire.type === 'ciphertext' && record.wire.type !== 'ciphertext';
    if (fresh.has(record.key) || (old && !unreadable)) return;
    fresh.set(record.key, { ...decrypt(record), order: old?.order ?? record.order });
  });
  await Promise.all([...fresh.values()].filter(({ wire }) => !CHANGES.has(wire.type)).map(save));
  return [...fresh.values()];
}

/** @param {MessageRecord} record @returns {MessageRecord} */
function decrypt(record) {
  const { ratchet, id, type, t, from, to, author, notifyName, lidMap } = record.wire;
  if (ratchet === undefined) return record;
  const name = `in|${record.chat}|${author ?? ''}`;
  const last = ratchets.get(name) ?? 0;
  if (ratchet > last) {
    advance(name, ratchet);
    return record;
  }
  console.warn(`[simulator] ${record.key} (${type}) cannot be decrypted: counter ${ratchet}, expected above ${last}`);
  return { ...record, wire: { id, type: 'ciphertext', t, from, to, author, notifyName, lidMap } };
}

/**
 * Raises the ack of a stored message; a lower one changes nothing.
 *
 * @param {string} key the serialized key
 * @param {number} ack
 * @returns {Promise<void>} when it is stored, with the next write
 */
export async function raiseAck(key, ack) {
  const found = await find(key);
  const record = logged.get(key) ?? found; // it may have changed meanwhile
  if (!record || record.ack >= ack) return;
  const { unsent: _, ...rest } = record; // who has a receipt needs no answer to its submission
  await later({ kind: 'messages', value: { ...rest, ack } });
}

/** @param {ChatRecord} chat */
export function saveChat(chat) {
  later({ kind: 'chats', value: chat });
}

/** @param {Contact[]} contacts */
export function saveContacts(contacts) {
  for (const contact of contacts) later({ kind: 'contacts', value: { ...contact, id: contact.pn ?? contact.lid } });
}

/** @param {Group} group */
export function saveGroup(group) {
  later({ kind: 'groups', value: group });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let idle;
let changes = 0;

function tidyWhenIdle() {
  changes++;
  clearTimeout(idle);
  idle = setTimeout(() => tidy().catch((error) => console.error('[simulator] could not tidy up', error)), IDLE_MS);
}

/** Moves what is logged to its places; gives way when something is written meanwhile. */
async function tidy() {
  const begun = changes;
  const upTo = await store.lastOfLog();
  /** @type {Entry[]} */
  const entries = [...loggedValues.values()];
  for (const value of logged.values()) entries.push({ kind: 'messages', value });
  for (let i = 0; i < entries.length; i += TIDY) {
    if (changes !== begun) return;
    await store.place(entries.slice(i, i + TIDY));
  }
  if (changes !== begun) return;
  logged.clear();
  loggedValues.clear();
  await store.forgetLog(upTo);
}
