// @ts-check
/** Where the bytes of files are kept that the page has sent or fetched: in the profile, and for the page's life. */
import { define } from '../registry.js';
import { store } from '../store.js';

/** By file hash, in the profile. */
export const fileStore = {
  /** @param {string} filehash @returns {Promise<ArrayBuffer | null>} */
  get: async (filehash) => (await store.file(filehash)) ?? null,
  /** @param {string} filehash @param {ArrayBuffer} bytes */
  put: (filehash, bytes) => store.saveFile(filehash, bytes),
  /** @param {string} filehash */
  has: async (filehash) => (await store.file(filehash)) !== undefined,
  /** @param {string} filehash */
  del: (filehash) => store.forgetFile(filehash),
  clear: async () => {},
  count: async () => 0,
};

class InMemoryMediaBlobCacheImpl {
  /** @type {Map<string, Blob>} */
  #blobs = new Map();

  /** @param {string} filehash */
  has(filehash) {
    return this.#blobs.has(filehash);
  }
  /** @param {string} filehash */
  get(filehash) {
    return this.#blobs.get(filehash);
  }
  /** @param {string} filehash @param {Blob} blob */
  put(filehash, blob) {
    this.#blobs.set(filehash, blob);
  }
  clear() {
    this.#blobs.clear();
  }
  increaseUsageCount() {}
  decreaseUsageCount() {}
}
export const blobCache = new InMemoryMediaBlobCacheImpl();

/** A file that may belong to several messages. */
export class MediaObject {
  contentInfo = {};
  type = '';
  size = 0;
  /** @type {Blob | undefined} */
  blob;

  /** @param {string} filehash */
  constructor(filehash) {
    this.filehash = filehash;
  }
  /** @param {object} more */
  consolidate(more) {
    Object.assign(this, more);
  }
}

/** @type {Map<string, MediaObject>} */
const objects = new Map();

/** @param {string} filehash */
export function mediaObject(filehash) {
  const object = objects.get(filehash) ?? new MediaObject(filehash);
  objects.set(filehash, object);
  return object;
}

define('WAWebLruMediaStore', { LruMediaStore: fileStore });
define('WAWebMediaInMemoryBlobCache', { InMemoryMediaBlobCache: blobCache, InMemoryMediaBlobCacheImpl });
define('WAWebMediaObject', { MediaObject, webMediaTypeToWamMediaType: () => 1 });
define('WAWebMediaStorage', { getOrCreateMediaObject: mediaObject });
