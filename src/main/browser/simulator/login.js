// @ts-check
import { define } from './registry.js';
import { network } from './network.js';
import { store } from './store.js';

/**
 * The page's keys, made once per profile and part of the QR, and the token that the network gave when it was linked.
 *
 * @typedef {import('./store.js').Login} Login
 */

/** @type {Login} */
let login = { token: null, me: null, ...newKeys() };

function newKeys() {
  const key = () => crypto.getRandomValues(new Uint8Array(32));
  return { noise: key(), identity: key(), secret: key() };
}

/** Takes the profile's login, or makes keys for a new profile. */
export async function loadLogin() {
  const kept = await store.login();
  if (kept) login = kept;
  else await store.saveLogin(login);
  return login;
}

/** @param {string} token @param {import('./protocol.js').Account} me */
export async function saveLink(token, me) {
  login = { ...login, token, me };
  await store.saveLogin(login);
}

/** Forgets the link and everything else; the next start has new keys. */
export async function forgetLogin() {
  login = { ...login, token: null, me: null };
  await store.wipe();
}

export const isLinked = () => login.token !== null;

/** What proves the link to the network. */
export const token = () => login.token;

/** @param {ArrayBuffer | Uint8Array} bytes */
const encodeB64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** @param {string} phone @returns {Promise<string>} eight letters and digits, to be typed on the phone */
async function pairingCode(phone) {
  const { code } = await network.call('linkcode', { phone: String(phone).replace(/\D/g, '') });
  return code;
}

define('WABase64', {
  encodeB64,
  decodeB64: (/** @type {string} */ text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer,
});
define('WAWebUserPrefsLogin', { isLoggedIn: isLinked });
define('WAWebUserPrefsRegistration', { isRegistered: isLinked });
define('WAWebUserPrefsMultiDevice', { getADVSecretKey: () => encodeB64(login.secret), setADVSignedIdentity() {} });
define('WAWebUserPrefsInfoStore', { waNoiseInfo: { get: async () => ({ staticKeyPair: { pubKey: login.noise.buffer } }) } });
define('WAWebSignalStoreApi', {
  waSignalStore: {
    getRegistrationInfo: async () => ({ registrationId: 1, identityKeyPair: { pubKey: login.identity.buffer } }),
  },
});
define('WAWebAltDeviceLinkingApi', {
  initializeAltDeviceLinking: async () => {},
  initializeQRLinking: async () => {},
  setPairingType() {},
  startAltLinkingFlow: pairingCode,
  genLinkDeviceCodeForPhoneNumber: pairingCode,
});
const REASON_CODES = { UserInitiated: 0, AccountRemoved: 1, ClientFatalError: 2 };
define('WAWebLogoutReason', {
  LogoutReason: Object.fromEntries(Object.keys(REASON_CODES).map((name) => [name, name])),
  LOGOUT_REASON_CODE: REASON_CODES,
});
define('WAWebLogoutReasonUtils', {
  getErrorCodeFromLogoutReason: (/** @type {string} */ reason) => /** @type {Record<string, number>} */ (REASON_CODES)[reason] ?? 9,
  setPrevLogoutReasonCode() {},
  setPrevCustomLogoutMessage() {},
  getPrevLogoutReasonCode: () => null,
  getPrevCustomLogoutMessage: () => null,
});
