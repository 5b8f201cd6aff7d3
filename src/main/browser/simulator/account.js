// @ts-check
import { define } from './registry.js';
import { toMaybeWid, toWid, Wid } from './wid.js';

/** @typedef {import('./wid.js').WidLike} WidLike */

/** Which device of the account this page is; the phone is 0. */
const DEVICE = 7;

/** The linked account, and what the network said about how it behaves. */
export const account = {
  /** @type {Wid | undefined} */
  pn: undefined,
  /** @type {Wid | undefined} */
  lid: undefined,
  /** @type {string | undefined} */
  name: undefined,
  /** @type {import('./protocol.js').Config} */
  config: {},
};

/** @param {import('./protocol.js').Account | null} me */
export function setAccount(me) {
  account.pn = toMaybeWid(me?.pn);
  account.lid = toMaybeWid(me?.lid);
  account.name = me?.name;
  if (me) learnLid(me.pn, me.lid);
}

/** @param {WidLike | null | undefined} id with or without a device */
export function isMe(id) {
  if (id == null) return false;
  const wid = toWid(id);
  return wid.isSameAccount(account.pn) || wid.isSameAccount(account.lid);
}

/** @type {Map<string, Wid>} */
const lidByPn = new Map();
/** @type {Map<string, Wid>} */
const pnByLid = new Map();

/** All that is learnt goes through `add`, where client libraries listen. */
const lidPnCache = {
  getPhoneNumber: phoneNumberOf,
  getCurrentLid: lidOf,
  /** @param {Wid} lid @param {{phoneNumber: Wid}} entry */
  add(lid, { phoneNumber }) {
    lidByPn.set(phoneNumber.toString(), lid);
    pnByLid.set(lid.toString(), phoneNumber);
  },
};

/** @param {WidLike} pn @param {WidLike} lid */
export function learnLid(pn, lid) {
  lidPnCache.add(toWid(lid), { phoneNumber: toWid(pn) });
}

/** The phone number of an id, as far as known. @param {WidLike} id @returns {Wid | undefined} */
export function phoneNumberOf(id) {
  const wid = toWid(id);
  return wid.isLid() ? pnByLid.get(`${wid.user}@lid`) : wid;
}

/** The LID of an id, as far as known. @param {WidLike} id @returns {Wid | undefined} */
export function lidOf(id) {
  const wid = toWid(id);
  if (wid.isLid()) return wid;
  return wid.server === 'c.us' ? lidByPn.get(`${wid.user}@c.us`) : undefined;
}

/** @param {Wid | undefined} wid */
const device = (wid) => wid && new Wid(`${wid.user}:${DEVICE}@${wid.server}`);

/** @template T @param {T | undefined} value @returns {T} */
function known(value) {
  if (value === undefined) throw new Error('me is not set');
  return value;
}

define('WAWebUserPrefsMeUser', {
  getMaybeMePnUser: () => account.pn,
  getMaybeMeLidUser: () => account.lid,
  getMePnUserOrThrow: () => known(account.pn),
  getMePnUserOrThrow_DO_NOT_USE: () => known(account.pn),
  getMeLidUserOrThrow: () => known(account.lid),
  getMaybeMeDevicePn: () => device(account.pn),
  getMaybeMeDeviceLid: () => device(account.lid),
  getMeDevicePnOrThrow: () => known(device(account.pn)),
  getMeDeviceLidOrThrow: () => known(device(account.lid)),
  getMaybeMeDisplayName: () => account.name,
  getMeDisplayNameOrThrow: () => known(account.name),
  getMePNandLIDWids: () => [device(account.pn), device(account.lid)],
  getMe: () => device(account.pn),
  isMeAccount: isMe,
  isMeUser: isMe,
  isMeAccountNonLid: (/** @type {WidLike} */ id) => toWid(id).isSameAccount(account.pn),
  isSerializedWidMe: isMe,
});
define('WAWebLidPnCache', { lidPnCache });
define('WAWebApiContact', {
  getCurrentLid: lidOf,
  getPhoneNumber: phoneNumberOf,
  getAlternateUserWid: (/** @type {WidLike} */ id) => (toWid(id).isLid() ? phoneNumberOf(id) : lidOf(id)),
  getContactRecord: async () => null,
});
define('WAWebLidMigrationUtils', {
  toPn: phoneNumberOf,
  toLid: lidOf,
  toUserLid: lidOf,
  toUserLidOrThrow: (/** @type {WidLike} */ id) => known(lidOf(id)),
  shouldHaveAccountLid: () => true,
});
define('WAWebLid1X1MigrationGating', { Lid1X1MigrationUtils: { isLidMigrated: () => !!account.config.lidChats } });
define('WAWebDBCreateLidPnMappings', {
  createLidPnMappings: async (/** @type {{mappings?: {pn: WidLike, lid: WidLike}[]}} */ { mappings }) => {
    for (const { pn, lid } of mappings ?? []) learnLid(pn, lid);
  },
});
