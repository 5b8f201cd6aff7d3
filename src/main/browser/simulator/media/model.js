// @ts-check
import { define } from '../registry.js';
import { recognisable, withAttributes } from '../model.js';

/**
 * What a message knows of its file. `mediaStage` is PREPARED, UPLOADING, RESOLVED (its bytes are here), NEED_POKE (they can be asked
 * for), FETCHING, or ERROR_….
 *
 * @typedef {object} MediaAttributes
 * @property {string} type
 * @property {string} mimetype
 * @property {number} size
 * @property {string} [filehash] SHA-256 of the bytes, base64
 * @property {string} [encFilehash] of the encrypted bytes
 * @property {string} [mediaKey]
 * @property {string} [directPath] where the network has it
 * @property {import('./opaque.js').OpaqueData} [mediaBlob]
 * @property {string} mediaStage
 * @property {string} [preview] a small JPEG, base64
 * @property {number} [fullWidth]
 * @property {number} [fullHeight]
 * @property {number} [duration] in seconds
 * @property {Uint8Array} [waveform]
 */
const FIELDS = [
  'type', 'directPath', 'mediaKey', 'mediaKeyTimestamp', 'encFilehash', 'filehash', 'uploadhash', 'size', 'mimetype', 'filename',
  'duration', 'isGif', 'isViewOnce', 'width', 'height', 'deprecatedMms3Url', 'waveform', 'pageCount', 'isAnimated',
];

export class MediaData extends /** @type {typeof withAttributes<MediaAttributes>} */ (withAttributes)() {
  isStreamable() {
    return false;
  }
  isDownloadable() {
    return true;
  }
  serialize() {
    const { fullWidth: width, fullHeight: height } = this;
    return { ...fieldsOf(this), ...(width && { width, height }) };
  }
}
recognisable(MediaData, 'mediaData');

/** @param {import('../model.js').Model} model @returns {Record<string, any>} */
const fieldsOf = (model) =>
  Object.fromEntries(FIELDS.map((name) => [name, model.get(name)]).filter(([, value]) => value !== undefined));

/** The file of a message that came. @param {import('../model.js').Model} msg */
export const mediaOf = (msg) => new MediaData({ ...fieldsOf(msg), mediaStage: 'NEED_POKE' });

define('WAWebMediaDataModel', { default: MediaData });
