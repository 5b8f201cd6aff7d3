// @ts-check
import { define, module } from '../registry.js';
import { token } from '../login.js';
import { decrypt, encrypt, hash } from './bytes.js';
import { blobCache } from './cache.js';
import { OpaqueData } from './opaque.js';

/**
 * Files on their way to the network and back. They go encrypted, by plain HTTP beside the socket.
 *
 * @typedef {import('../messages.js').Msg} Msg
 */

/** Bytes of one file, by kind; a document may be anything. */
const LIMITS = { document: 2 * 1024 ** 3, other: 100 * 1024 ** 2 };

/** The network did not take or give a file. */
class TransferError extends Error {
  /** @param {number} status 0: there was no answer */
  constructor(status) {
    super(`the network answered ${status}`);
    this.status = status;
  }
}

/** @param {string} path @param {RequestInit} [init] */
async function request(path, init) {
  const response = await fetch(`${path}?auth=${token() ?? ''}`, init).catch(() => undefined);
  if (!response?.ok) throw new TransferError(response?.status ?? 0);
  return response;
}

/** @param {Blob} blob @param {string} type */
async function upload(blob, type) {
  const { key, bytes } = await encrypt(await blob.arrayBuffer());
  const response = await request(`/mms/${type}`, { method: 'POST', body: bytes });
  const { directPath } = await response.json();
  const encFilehash = await hash(bytes);
  const url = location.origin + directPath;
  return {
    directPath, encFilehash, uploadHash: encFilehash, mediaKey: key, mediaKeyTimestamp: Math.floor(Date.now() / 1000),
    mmsUrl: url, deprecatedMms3Url: url, url, sidecar: undefined, handle: null,
  };
}

/** @param {{directPath: string, mediaKey: string}} file */
async function download({ directPath, mediaKey }) {
  const response = await request(directPath);
  return decrypt(mediaKey, await response.arrayBuffer());
}

/** Fetches the file of a message into the page's stores. @param {Msg} msg */
async function fetchFile(msg) {
  const media = msg.mediaData;
  media.mediaStage = 'FETCHING';
  try {
    const bytes = await module('WAWebDownloadManager').downloadManager.downloadAndMaybeDecrypt(media);
    if (media.filehash) await module('WAWebLruMediaStore').LruMediaStore.put(media.filehash, bytes);
    const blob = new Blob([bytes], { type: media.mimetype });
    media.set({ mediaBlob: await OpaqueData.createFromData(blob), mediaStage: 'RESOLVED' });
  } catch (error) {
    const gone = error instanceof TransferError && (error.status === 404 || error.status === 410);
    media.mediaStage = gone ? 'ERROR_NEED_UPLOAD' : 'ERROR_UNKNOWN';
    throw error;
  }
}

/** @param {{mediaObject: import('./cache.js').MediaObject, mediaType: string}} what */
async function uploadMedia({ mediaObject: { blob, filehash }, mediaType }) {
  const bytes = blob ?? blobCache.get(filehash);
  if (!bytes) throw new Error(`there are no bytes of ${filehash}`);
  return { mediaEntry: await upload(bytes, mediaType), kind: 'success' };
}

define('WAWebDownloadManager', { downloadManager: { downloadAndMaybeDecrypt: download }, fetchFile });
define('WAWebMediaMmsV4Upload', {
  uploadMedia,
  uploadUnencryptedMedia: async () => {
    throw new Error('the simulated page uploads nothing unencrypted');
  },
  cancelUploadMedia() {},
});
define('WAWebUploadManager', { encryptAndUpload: (/** @type {{blob: Blob, type: string}} */ { blob, type }) => upload(blob, type) });
define('WAWebStartMediaUploadQpl', { startMediaUploadQpl: () => ({}) });
define('WAWebMmsMediaTypes', {
  msgToMediaType: (/** @type {{type: string}} */ { type }) => type,
  castToV4: (/** @type {string} */ type) => type,
});
define('WAWebMediaDataUtils', { shouldUseMediaCache: () => true });
define('WAWebMediaGatingUtils', {
  getUploadLimit: (/** @type {string} */ type) => (type === 'document' ? LIMITS.document : LIMITS.other),
});
