// @ts-check
/**
 * The profile's memory, in IndexedDB. It is the account's only history: the network gives nothing back that was confirmed.
 *
 * - `login`     one record: the page's keys, and the token once linked
 * - `messages`  {@link MessageRecord} by chat and order, also by message key, and those of the outbox
 * - `ratchets`  highest counter by `out|chat` and `in|chat|author`
 * - `chats`     {@link ChatRecord} by id
 * - `contacts`  {@link import('./protocol.js').Contact} by phone number
 *
 * The login is written with strict durability, as a link that is lost costs a new QR. All else is group-committed, because a
 * transaction costs about a millisecond of processor time: what is asked for while one runs goes into the next one together,
 * and what nobody waits for goes along with it or waits {@link LATER_MS}.
 *
 * @typedef {import('./protocol.js').Account} Account
 * @typedef {import('./protocol.js').WireMessage} WireMessage
 * @typedef {{token: string | null, me: Account | null, noise: Uint8Array, identity: Uint8Array, secret: Uint8Array}} Login
 * @typedef {{id: string, unread: number, t: number}} ChatRecord
 *
 * @typedef {object} MessageRecord
 * @property {string} key the serialized message key
 * @property {string} chat
 * @property {number} order rises with the order in which messages came to be stored
 * @property {number} ack
 * @property {1} [unsent] in the outbox: the network has not yet taken it
 * @property {WireMessage} wire
 */

const LATER_MS = 100;

const NAMES = ['login', 'messages', 'ratchets', 'chats', 'contacts'];

/** @typedef {(transaction: IDBTransaction) => void} Write */

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
  /** @type {{write: Write, resolve: () => void, reject: (error: unknown) => void}[]} */
  #queue = [];
  /** What {@link keep} was given since the last batch. @type {Map<string, Map<string, unknown>>} */
  #kept = new Map();
  #writing = false;
  #again = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  async open() {
    const request = indexedDB.open('whatsapp-simulator', 1);
    request.onupgradeneeded = () => {
      const database = request.result;
      const messages = database.createObjectStore('messages', { keyPath: ['chat', 'order'] });
      messages.createIndex('key', 'key', { unique: true });
      messages.createIndex('unsent', 'unsent');
      for (const name of ['login', 'ratchets', 'chats', 'contacts']) database.createObjectStore(name);
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

  /** Forgets everything, as after a logout. @returns {Promise<void>} */
  wipe() {
    const transaction = this.#transaction(NAMES, 'readwrite', 'strict');
    for (const name of NAMES) transaction.objectStore(name).clear();
    return done(transaction);
  }

  /**
   * Writes with whatever else is being written, in order.
   *
   * @param {Write} write may read and write `messages`, `ratchets`, `chats` and `contacts`
   * @returns {Promise<void>} when the transaction is complete; such promises settle in the order of the calls
   */
  write(write) {
    const written = this.#enqueue(write);
    this.#flushSoon();
    return written;
  }

  /** As {@link write}, but may wait for the next write. @param {Write} write @returns {Promise<void>} */
  writeLater(write) {
    const written = this.#enqueue(write);
    this.#timer ??= setTimeout(() => this.#flushSoon(), LATER_MS);
    return written;
  }

  /**
   * Puts a value along with the next write; of several for one key only the last is written.
   *
   * @param {'ratchets' | 'chats' | 'contacts'} name
   * @param {string} key
   * @param {unknown} value
   */
  keep(name, key, value) {
    const pending = this.#kept.get(name) ?? new Map();
    this.#kept.set(name, pending.set(key, value));
    this.#timer ??= setTimeout(() => this.#flushSoon(), LATER_MS);
  }

  /** @param {Write} write @returns {Promise<void>} */
  #enqueue(write) {
    return new Promise((resolve, reject) => this.#queue.push({ write, resolve, reject }));
  }

  #flushSoon() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#writing) this.#again = true;
    else {
      this.#writing = true;
      queueMicrotask(() => this.#flush());
    }
  }

  async #flush() {
    do {
      this.#again = false;
      await this.#writeBatch();
    } while (this.#again);
    this.#writing = false;
  }

  async #writeBatch() {
    const batch = this.#queue;
    const kept = this.#kept;
    this.#queue = [];
    this.#kept = new Map();
    try {
      const transaction = this.#transaction(NAMES.slice(1), 'readwrite', 'relaxed');
      for (const { write } of batch) write(transaction);
      for (const [name, values] of kept) {
        const objects = transaction.objectStore(name);
        for (const [key, value] of values) objects.put(value, key);
      }
      await done(transaction);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      console.error('[simulator] could not write', error);
      for (const { reject } of batch) reject(error);
    }
  }
}

export const store = new Store();
