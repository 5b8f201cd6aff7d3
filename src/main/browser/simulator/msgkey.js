// @ts-check
import { define } from './registry.js';
import { toMaybeWid, toWid, Wid } from './wid.js';

/** @typedef {import('./wid.js').WidLike} WidLike */

/**
 * What a key is made of: either its own parts, or the parts of a message and its direction.
 *
 * @typedef {object} KeyParts
 * @property {string} id the stanza id
 * @property {boolean} [fromMe]
 * @property {WidLike} [remote]
 * @property {WidLike} [from]
 * @property {WidLike} [to]
 * @property {WidLike} [participant]
 * @property {string} [selfDir] `in` or `out`, instead of `fromMe`
 * @property {string} [self]
 */

/** Identifies a message within an account: `fromMe_chat_stanzaId`, in groups `…_author`. */
export class MsgKey {
  /** @param {KeyParts} parts */
  constructor(parts) {
    // wa-js recognises this class by the text of this error.
    if (!parts) throw new Error('MsgKey error: obj is null/undefined');
    this.fromMe = parts.fromMe ?? parts.selfDir === 'out';
    this.remote = toWid(/** @type {WidLike} */ (parts.remote ?? (this.fromMe ? parts.to : parts.from)));
    this.id = parts.id;
    const participant = toMaybeWid(parts.participant);
    if (participant) this.participant = participant;
    const self = parts.self ?? parts.selfDir;
    if (self) this.self = self;
    this._serialized = `${this.fromMe}_${this.remote}_${this.id}${participant ? `_${participant}` : ''}`;
  }

  toString() {
    return this._serialized;
  }
  /** @param {unknown} other */
  equals(other) {
    return other != null && String(other) === this._serialized;
  }
  clone() {
    return new MsgKey({ fromMe: this.fromMe, remote: this.remote, id: this.id, participant: this.participant });
  }

  /** @param {string} serialized */
  static fromString(serialized) {
    const [fromMe, remote, id, ...participant] = String(serialized).split('_');
    if (!id) throw new Error(`MsgKey error: invalid string ${serialized}`);
    return new MsgKey({ fromMe: fromMe === 'true', remote: new Wid(remote), id, participant: participant.join('_') || undefined });
  }
  /** @param {MsgKey | string | KeyParts} value */
  static from(value) {
    if (value instanceof MsgKey) return value;
    return typeof value === 'string' ? MsgKey.fromString(value) : new MsgKey(value);
  }
  static async newId() {
    return `3EB0${randomHex(9)}`;
  }
}

/** @param {number} bytes */
export function randomHex(bytes) {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('').toUpperCase();
}

define('WAWebMsgKey', { default: MsgKey });
define('WARandomHex', { randomHex });
