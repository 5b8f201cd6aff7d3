// @ts-check
/**
 * The profile's memory, in IndexedDB. It is the account's only history: the network gives nothing back that was confirmed.
 *
 * - `login`     one record: the page's keys, and the token once linked
 * - `log`       {@link Entry}s that are not in the following yet, in groups
 * - `messages`  {@link MessageRecord} by chat and order, also by message key, and those of the outbox
 * - `ratchets`  highest counter by `out|chat` and `in|chat|author`
 * - `chats`     {@link ChatRecord} by id
 * - `contacts`  {@link Contact} by phone number, or by LID where the number is unknown
 * - `groups`    {@link Group} by id
 * - `files`     bytes by their hash
 *
 * A transaction costs 0.8 ms of processor time, and each put in it 0.2 ms more, whatever its size. So the entries that come while a
 * transaction runs go into the log as one put, and move to their own places when the page is idle. The login alone is written with
 * strict durability: a link that is lost costs a new QR.
 *
 * @typedef {import('./protocol.js').Account} Account
 * @typedef {import('./protocol.js').Contact} Contact
 * @typedef {import('./protocol.js').WireMessage} WireMessage
 * @typedef {import('./protocol.js').Group} Group
 * @typedef {{token: string | null, me: Account | null, noise: Uint8Array, identity: Uint8Array, secret: Uint8Array}} Login
 * @typedef {{id: string, unread: number, t: number}} ChatRecord
 * @typedef {Contact & {id: string}} ContactRecord
 *
 * @typedef {object} MessageRecord
 * @property {string} key the serialized message key
 * @property {string} chat
 * @property {number} order rises with the order in which messages came to be stored
 * @property {number} ack
 * @property {1} [unsent] in the outbox: the network has not yet taken it
 * @property {1} [gone] was deleted on this page
 * @property {WireMessage} wire
 *
 * A change; of several for one thing the last counts.
 * @typedef {{messages: MessageRecord, ratchets: {name: string, value: number}, chats: ChatRecord, contacts: ContactRecord,
 *   groups: Group}} Kinds
 * @typedef {{[K in keyof Kinds]: {kind: K, value: Kinds[K]}}[keyof Kinds]} Entry
 */

const KINDS = ['messages', 'ratchets', 'chats', 'contacts', 'groups'];
const NAMES = ['login', 'log', 'files', ...KINDS];
/** How long what nobody waits for may wait for the next write. */
const LATER_MS = 100;

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
export function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
function done(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'));
  });
}

class Store {
  /** @type {IDBDatabase | undefined} */
  #database;
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Promise<void> | undefined} the write that takes {@link #entries} */
  #next;
  /** Starts {@link #next}. */
  #begin = () => {};
  #last = Promise.resolve();
  #wiped = false;

  async open() {
    const request = indexedDB.open('whatsapp-simulator', 2);
    request.onupgradeneeded = () => {
      const database = request.result;
      // A profile of an earlier page starts anew, as after a logout.
      for (const name of database.objectStoreNames) database.deleteObjectStore(name);
      const messages = database.createObjectStore('messages', { keyPath: ['chat', 'order'] });
      messages.createIndex('key', 'key', { unique: true });
      messages.createIndex('unsent', 'unsent');
      database.createObjectStore('log', { autoIncrement: true });
      database.createObjectStore('login');
      database.createObjectStore('ratchets', { keyPath: 'name' });
      database.createObjectStore('chats', { keyPath: 'id' });
      database.createObjectStore('contacts', { keyPath: 'id' });
      database.createObjectStore('groups', { keyPath: 'id' });
      database.createObjectStore('files');
    };
    this.#database = await result(request);
  }

  /** @param {string[]} names @param {IDBTransactionMode} mode @param {IDBTransactionDurability} [durability] */
  #transaction(names, mode, durability) {
    if (!this.#database) throw new Error('the store is not open');
    return this.#database.transaction(names, mode, durability && { durability });
  }

  /** For reading. @param {string} name */
  objects(name) {
    return this.#transaction([name], 'readonly').objectStore(name);
  }

  /** @returns {Promise<Login | undefined>} */
  login() {
    return result(this.objects('login').get('login'));
  }

  /** @param {Login} login @returns {Promise<void>} when it would survive a power cut */
  saveLogin(login) {
    const transaction = this.#transaction(['login'], 'readwrite', 'strict');
    transaction.objectStore('login').put(login, 'login');
    return done(transaction);
  }

  /** @param {string} filehash @returns {Promise<ArrayBuffer | undefined>} */
  file(filehash) {
    return result(this.objects('files').get(filehash));
  }

  /** @param {string} filehash @param {ArrayBuffer} bytes */
  saveFile(filehash, bytes) {
    const transaction = this.#transaction(['files'], 'readwrite', 'relaxed');
    transaction.objectStore('files').put(bytes, filehash);
    return done(transaction);
  }

  /** @param {string} filehash */
  forgetFile(filehash) {
    const transaction = this.#transaction(['files'], 'readwrite', 'relaxed');
    transaction.objectStore('files').delete(filehash);
    return done(transaction);
  }

  /** Forgets everything, as after a logout, and whatever the page still wants to write. @returns {Promise<void>} */
  wipe() {
    this.#wiped = true;
    const transaction = this.#transaction(NAMES, 'readwrite', 'strict');
    for (const name of NAMES) transaction.objectStore(name).clear();
    return done(transaction);
  }

  /**
   * Writes with whatever else is being written.
   *
   * @param {Entry[]} entries
   * @returns {Promise<void>} when they are in the log; such promises settle in the order of the calls
   */
  append(...entries) {
    const written = this.appendLater(...entries);
    this.#begin();
    return written;
  }

  /** As {@link append}, but may wait for the next write. @param {Entry[]} entries @returns {Promise<void>} */
  appendLater(...entries) {
    this.#entries.push(...entries);
    if (!this.#next) {
      const begun = new Promise((resolve) => (this.#begin = () => resolve(undefined)));
      setTimeout(this.#begin, LATER_MS);
      const last = this.#last;
      this.#next = begun.then(() => last).then(() => this.#write());
      this.#last = this.#next.catch((error) => console.error('[simulator] could not write', error));
    }
    return this.#next;
  }

  #write() {
    const entries = this.#entries;
    this.#entries = [];
    this.#next = undefined;
    if (this.#wiped) return Promise.resolve();
    const transaction = this.#transaction(['log'], 'readwrite', 'relaxed');
    transaction.objectStore('log').add(entries);
    return done(transaction);
  }

  /** Everything in the log, and the key of its last group. @returns {Promise<{entries: Entry[], upTo: number}>} */
  async log() {
    const log = this.objects('log');
    const [groups, keys] = await Promise.all([result(log.getAll()), result(log.getAllKeys())]);
    return { entries: groups.flat(), upTo: Number(keys.at(-1) ?? 0) };
  }

  /** The key of the last group of the log, 0 when it is empty. @returns {Promise<number>} */
  async lastOfLog() {
    const cursor = await result(this.objects('log').openKeyCursor(null, 'prev'));
    return Number(cursor?.key ?? 0);
  }

  /** Puts entries in their places. @param {Entry[]} entries */
  place(entries) {
    if (this.#wiped) return Promise.resolve();
    const transaction = this.#transaction(KINDS, 'readwrite', 'relaxed');
    for (const { kind, value } of entries) transaction.objectStore(kind).put(value);
    return done(transaction);
  }

  /** Forgets the log up to a group, as its entries are in their places. @param {number} upTo */
  forgetLog(upTo) {
    const transaction = this.#transaction(['log'], 'readwrite', 'relaxed');
    transaction.objectStore('log').delete(IDBKeyRange.upperBound(upTo));
    return done(transaction);
  }
}

export const store = new Store();
