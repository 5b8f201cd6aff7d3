// @ts-check
/** Files as bytes: their hash, and how they are encrypted. It stands for the real encryption and is not it. */
import { define } from '../registry.js';

/** So many characters at a time, as the arguments of a call are limited. */
const CHUNK = 0x8000;

/** @param {ArrayBuffer | Uint8Array} buffer */
export function toBase64(buffer) {
  const bytes = new Uint8Array(buffer);
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(text);
}

/** @param {string} text */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** @param {BufferSource} bytes @returns {Promise<string>} SHA-256 in base64 */
export const hash = async (bytes) => toBase64(await crypto.subtle.digest('SHA-256', bytes));

/** @param {Uint8Array<ArrayBuffer>} key @param {KeyUsage} use */
const cipher = (key, use) => crypto.subtle.importKey('raw', key, 'AES-CBC', false, [use]);

/** @param {BufferSource} plain */
export async function encrypt(plain) {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const bytes = await crypto.subtle.encrypt({ name: 'AES-CBC', iv: key.slice(0, 16) }, await cipher(key, 'encrypt'), plain);
  return { key: toBase64(key), bytes };
}

/** @param {string} mediaKey @param {BufferSource} bytes @returns {Promise<ArrayBuffer>} */
export async function decrypt(mediaKey, bytes) {
  const key = fromBase64(mediaKey);
  return crypto.subtle.decrypt({ name: 'AES-CBC', iv: key.slice(0, 16) }, await cipher(key, 'decrypt'), bytes);
}

define('WAMediaCalculateFilehash', {
  calculateFilehashFromBlob: async (/** @type {Blob} */ blob) => hash(await blob.arrayBuffer()),
  getRandomFilehash: async () => toBase64(crypto.getRandomValues(new Uint8Array(32))),
});
