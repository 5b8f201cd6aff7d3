// @ts-check
/** Waits until what the page has handed to its databases is on disk. */

/** A writing transaction over all stores queues behind every earlier one, and `strict` asks for the disk. @returns {Promise<void>} */
export async function settled() {
  const databases = await indexedDB.databases();
  await Promise.all(databases.map(({ name }) => (name ? settle(name) : undefined)));
}

/** @param {string} name @returns {Promise<void>} */
function settle(name) {
  return new Promise((done) => {
    const opening = indexedDB.open(name);
    opening.onerror = () => done();
    opening.onblocked = () => done();
    opening.onsuccess = () => {
      const database = opening.result;
      const end = () => {
        database.close();
        done();
      };
      if (database.objectStoreNames.length === 0) return end();
      const transaction = database.transaction(database.objectStoreNames, 'readwrite', { durability: 'strict' });
      transaction.oncomplete = end;
      transaction.onabort = end;
    };
  });
}
