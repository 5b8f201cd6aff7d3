// @ts-check
import { define } from './registry.js';

/** @typedef {Wid | string | {_serialized?: string, user?: string, server?: string}} WidLike */

/**
 * A WhatsApp id, `user@server`, or `user:device@server` for one device of a user. Servers: `c.us` a phone number, `lid` an
 * account without its number, `g.us` a group, `broadcast`, `newsletter`, `bot`, `call`.
 */
export class Wid {
  /** @param {string} serialized */
  constructor(serialized) {
    const at = serialized.lastIndexOf('@');
    const user = at < 0 ? '' : serialized.slice(0, at);
    const server = serialized.slice(at + 1);
    const withDevice = /^([^:]+):(\d+)$/.exec(user);
    this.server = server === 's.whatsapp.net' ? 'c.us' : server;
    this.user = withDevice ? withDevice[1] : user;
    if (withDevice) this.device = Number(withDevice[2]);
    this._serialized = `${user}${user && '@'}${this.server}`;
  }

  toString() {
    return this._serialized;
  }
  toJSON() {
    return this._serialized;
  }
  toJid() {
    return this._serialized.replace(/@c\.us$/, '@s.whatsapp.net');
  }
  /** @param {unknown} other */
  equals(other) {
    return other != null && String(other) === this._serialized;
  }
  /** @param {Wid | null | undefined} other */
  isSameAccount(other) {
    return !!other && other.user === this.user && other.server === this.server;
  }
  /** @param {Wid | null | undefined} other */
  isSameAccountAndAddressingMode(other) {
    return this.isSameAccount(other);
  }
  getDeviceId() {
    return this.device ?? 0;
  }
  getSignalAddress() {
    return `${this.user}.${this.getDeviceId()}`;
  }
  isUser() {
    return this.server === 'c.us' || this.server === 'lid' || this.server === 'bot';
  }
  isRegularUser() {
    return this.server === 'c.us' && !this.isPSA();
  }
  isRegularUserPn() {
    return this.isRegularUser();
  }
  isUserNotPSA() {
    return this.isUser() && !this.isPSA();
  }
  isLid() {
    return this.server === 'lid';
  }
  isGroup() {
    return this.server === 'g.us';
  }
  isBroadcast() {
    return this.server === 'broadcast';
  }
  isBroadcastList() {
    return this.isBroadcast() && !this.isStatus();
  }
  isStatus() {
    return this._serialized === 'status@broadcast';
  }
  isStatusV3() {
    return this.isStatus();
  }
  isNewsletter() {
    return this.server === 'newsletter';
  }
  isPSA() {
    return this._serialized === '0@c.us';
  }
  isBot() {
    return this.server === 'bot';
  }
  isServer() {
    return this.user === '';
  }
  isCompanion() {
    return this.getDeviceId() !== 0;
  }
  isGroupCall() {
    return this.server === 'call';
  }
  isIAS() {
    return false;
  }
  isSupportAccount() {
    return false;
  }
  isFbidBot() {
    return false;
  }
  isPnBot() {
    return false;
  }
  isOfficialBizAccount() {
    return false;
  }
  isHosted() {
    return false;
  }
  /** @param {unknown} other */
  isLessThan(other) {
    return this._serialized < String(other);
  }
  /** @param {unknown} other */
  isGreaterThan(other) {
    return this._serialized > String(other);
  }

  /** @param {unknown} value */
  static isWid(value) {
    return value instanceof Wid || (typeof value === 'string' && value.includes('@'));
  }
  /** @param {string} server @param {unknown} value */
  static isXWid(server, value) {
    return !!value && String(value).endsWith(`@${server}`);
  }
  /** @param {unknown} value */
  static canBeWid(value) {
    return typeof value === 'string' && /^[^@]*@[^@]+$/.test(value);
  }
  /** @param {unknown} a @param {unknown} b */
  static equals(a, b) {
    return String(a) === String(b);
  }
  /** @param {string} serialized */
  static user(serialized) {
    return new Wid(serialized).user;
  }
  /** @param {unknown} a @param {unknown} b */
  static isLessThan(a, b) {
    return String(a) < String(b);
  }
  /** @param {unknown} a @param {unknown} b */
  static isGreaterThan(a, b) {
    return String(a) > String(b);
  }
}

const ALSO_STATIC = /** @type {const} */ ([
  'isUser', 'isLid', 'isGroup', 'isBroadcast', 'isStatus', 'isStatusV3', 'isNewsletter', 'isPSA', 'isServer', 'isGroupCall',
  'isOfficialBizAccount', 'isBot',
]);
for (const test of ALSO_STATIC) {
  Object.defineProperty(Wid, test, {
    configurable: true,
    writable: true,
    value: (/** @type {WidLike | null | undefined} */ value) => value != null && toWid(value)[test](),
  });
}

/**
 * The id of what is or names one; a bare user is a phone number.
 *
 * @param {WidLike} value
 * @returns {Wid}
 */
export function toWid(value) {
  if (value instanceof Wid) return value;
  const text = typeof value === 'string' ? value : value._serialized ?? `${value.user}@${value.server}`;
  return new Wid(text.includes('@') ? text : `${text}@c.us`);
}

/** As {@link toWid}, but nothing stays nothing. @param {WidLike | null | undefined} value */
export const toMaybeWid = (value) => (value == null ? undefined : toWid(value));

/** The user without the device. @param {Wid} wid */
const withoutDevice = (wid) => new Wid(`${wid.user}@${wid.server}`);

/** @param {string} user @param {string} [server] */
const userWid = (user, server = 'c.us') => new Wid(user.includes('@') ? user : `${user}@${server}`);

/** @template T @param {T} value */
const same = (value) => value;

define('WAWebWid', { default: Wid });
define('WAWebWidFactory', {
  createWid: toWid,
  createUserWid: userWid,
  createUserWidOrThrow: (/** @type {string} */ user, /** @type {string} */ server) => {
    if (!user) throw new Error('invalid wid');
    return userWid(user, server);
  },
  createDeviceWid: toWid,
  createDeviceWidFromUserAndDevice: (/** @type {string} */ user, /** @type {string} */ server, /** @type {number} */ device) =>
    new Wid(device ? `${user}:${device}@${server}` : `${user}@${server}`),
  createWidFromWidLike: toWid,
  // Not for strings: wa-js asks to tell an object from a text.
  isWidlike: (/** @type {any} */ value) => typeof value?.user === 'string' && typeof value.server === 'string',
  toUserWid: withoutDevice,
  toUserWidOrThrow: withoutDevice,
  asUserWidOrThrow: withoutDevice,
  userJidToUserWid: toWid,
  toChatWid: same,
  toGroupWid: same,
  asGroupWidOrThrow: same,
  asChatWidOrThrow: same,
  asUserLidOrThrow: same,
});
define('WAWebWidToJid', {
  widToUserJid: (/** @type {WidLike} */ wid) => toWid(wid).toJid(),
  widToChatJid: (/** @type {WidLike} */ wid) => toWid(wid).toJid(),
  widToGroupJid: String,
});
define('WAWebJidToWid', { userJidToUserWid: toWid });
define('WAWebJids', { GROUP_JID: 'g.us', CHAT_JID: 'c.us', STATUS_JID: 'status@broadcast' });
