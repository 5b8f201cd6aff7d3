// @ts-check
/**
 * Whether the page really works, and does not only say so: a record goes into IndexedDB and comes back, and WhatsApp's server answers a question
 * that nothing here keeps the answer of.
 */
import { wpp } from '../wpp.js';

/** How long each of the two may take, ms. */
const PATIENCE_MS = 5_000;

/** Of our own beside WhatsApp's: theirs must not see a version or a store that they did not make. */
const DATABASE = 'kurir';
const STORE = 'pulse';

/** @returns {Promise<{ store: boolean, server: boolean }>} */
export async function probe() {
  const [store, server] = await Promise.all([inTime(storeKeeps()), inTime(serverAnswers())]);
  return { store, server };
}

/** @param {Promise<boolean>} attempt */
function inTime(attempt) {
  /** @type {Promise<boolean>} */
  const late = new Promise((done) => setTimeout(() => done(false), PATIENCE_MS));
  return Promise.race([attempt.catch(() => false), late]);
}

/** The page's own number, asked past the cache of check-numbers.js. */
async function serverAnswers() {
  const me = wpp('myPhone')();
  if (!me) return false;
  await wpp('queryExists')(me);
  return true;
}

/** Opened anew each time: a connection that is held would stand in the way of a page that empties its storage at a logout. */
async function storeKeeps() {
  const database = await opened();
  try {
    const written = Date.now();
    const transaction = database.transaction(STORE, 'readwrite');
    transaction.objectStore(STORE).put(written, 'at');
    await new Promise((done, fail) => {
      transaction.oncomplete = done;
      transaction.onabort = () => fail(transaction.error);
    });
    const read = database.transaction(STORE).objectStore(STORE).get('at');
    await new Promise((done, fail) => {
      read.onsuccess = done;
      read.onerror = () => fail(read.error);
    });
    return read.result === written;
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}
