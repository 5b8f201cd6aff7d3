// @ts-check
import { module } from './registry.js';
import { account, setAccount } from './account.js';
import { addHistory } from './chats.js';
import { BackendEvent, Cmd, Conn, showDisconnected, Socket, Stream } from './connection.js';
import { addContacts, addMe, contactOf, setAddressBook } from './contacts.js';
import { addGroups, takeGroup } from './groups/state.js';
import { load, saveContacts } from './history.js';
import { forgetLogin, isLinked, loadLogin, saveLink } from './login.js';
import { network } from './network.js';
import { addOlder } from './older.js';
import { hold, release } from './receiving.js';
import { sendOutbox } from './sending.js';
import { store } from './store.js';

/**
 * The life of the page: from the store to the socket, to a QR or online, and on logout to a new page. The states are drawn at
 * {@link Socket}.
 *
 * @typedef {import('./protocol.js').Account} Account
 * @typedef {import('./protocol.js').Pushes} Pushes
 */

/** Before the first, second, … attempt to reconnect in a row; the last is repeated. */
const BACKOFF_MS = [500, 1_000, 2_000, 4_000];
const DEFAULT_SYNC_DELAY_MS = 1_500;
/** A logout is an event first and a new page then: client libraries need the time in between. */
const RELOAD_DELAY_MS = 300;

let attempts = 0;
/** Another socket took over, so this one stays away. */
let replaced = false;
let leaving = false;

/** Starts the page with what the profile holds. */
export async function start() {
  await store.open();
  const login = await loadLogin();
  if (login.me) {
    setAccount(login.me);
    const { messages, chats, contacts, groups } = await load();
    addContacts(contacts);
    addMe();
    addGroups(groups);
    addHistory(messages, chats);
  }
  await connect();
}

/** Opens the socket; tries again until it succeeds, unless the page was replaced or is leaving. */
async function connect() {
  Socket.set({ state: 'OPENING' });
  Stream.set({ info: 'OPENING', displayInfo: 'OPENING' });
  try {
    await network.open();
    await hello();
    attempts = 0;
  } catch (error) {
    console.warn('[simulator] could not connect', error);
    network.close(); // its event tries again
  }
}

async function hello() {
  const { token } = await loadLogin();
  const { me, cfg } = await network.call('hello', { token });
  account.config = cfg;
  if (me) return online(me);
  if (token) return leave('AccountRemoved');
  Socket.set({ state: 'UNPAIRED' });
  Stream.set({ mode: 'QR', info: 'PAIRING', displayInfo: 'PAIRING' });
}

let retryTimer = 0;

function retry() {
  if (replaced || leaving) return;
  if (isLinked()) showDisconnected('TIMEOUT');
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, BACKOFF_MS[Math.min(attempts++, BACKOFF_MS.length - 1)]);
}

/** @param {Account} me */
async function online(me) {
  setAccount(me);
  addMe();
  Conn.set({ wid: account.pn, connected: true, pushname: me.name, platform: me.platform ?? 'android' });
  Stream.set({ mode: 'SYNCING', info: 'SYNCING', displayInfo: 'SYNCING' });
  Socket.set({ state: 'CONNECTED', stream: 'CONNECTED' });
  const { contacts, groups, pending, receipts, history } = await network.call('sync', {});
  setAddressBook(contacts);
  groups.forEach(takeGroup);
  await addOlder(history);
  network.tell('got', { ids: [], receipts: 0, history: true });
  const first = !Cmd.isMainLoaded;
  if (first) Cmd.mainLoaded();
  tellBackend('APP_STATE_SYNC_COMPLETED');
  tellBackend('MAIN_STREAM_MODE_READY');
  Stream.set({ mode: 'MAIN', info: 'NORMAL', displayInfo: 'NORMAL' });
  network.markReady();
  const connection = network.connection;
  const deliver = () => {
    if (connection !== network.connection) return; // a newer connection syncs anew
    Socket.set({ hasSynced: true });
    Cmd.trigger('offline_progress_update_from_bridge');
    release(pending, receipts);
    sendOutbox();
  };
  // Client libraries hook in about a second after the page has loaded and would miss what came before.
  if (first) setTimeout(deliver, account.config.syncDelayMs ?? DEFAULT_SYNC_DELAY_MS);
  else deliver();
}

/** @param {keyof typeof BackendEvent} event */
function tellBackend(event) {
  module('WAWebBackendEventBus').BackendEventBus.trigger(BackendEvent[event]);
}

/** Forgets the link, says so, and reloads into the QR screen, as WhatsApp Web does. @param {string} reason */
async function leave(reason) {
  if (leaving) return;
  leaving = true;
  module('WAWebLogoutReasonUtils').getErrorCodeFromLogoutReason(reason); // wa-js makes its event from this call
  await forgetLogin();
  setAccount(null);
  Conn.set({ connected: false, wid: undefined });
  tellBackend('LOGOUT');
  Cmd.logout();
  if (account.config.unpairBeforeReload) {
    Socket.set({ state: 'UNPAIRED', hasSynced: false });
    Stream.set({ mode: 'QR' });
  }
  setTimeout(() => location.replace(`/?post_logout=1&logout_reason=${reason === 'UserInitiated' ? 0 : 1}`), RELOAD_DELAY_MS);
}

Socket.session = {
  async logout() {
    await network.call('logout', {}).catch(() => {}); // offline, the phone goes on showing the link
    await leave('UserInitiated');
  },
  takeover() {
    if (network.isReady) return;
    replaced = false;
    attempts = 0;
    clearTimeout(retryTimer);
    connect();
  },
  refreshQR() {
    if (!isLinked()) network.tell('refreshRef', {});
  },
};

network.on('ref', (/** @type {Pushes['ref']} */ { ref, ttl }) => {
  Socket.set({ state: 'UNPAIRED' });
  Conn.set({ ref, refTTL: ttl });
});
network.on('ref_idle', () => Socket.set({ state: 'UNPAIRED_IDLE' }));
network.on('paired', async (/** @type {Pushes['paired']} */ { token, me }) => {
  Socket.set({ state: 'PAIRING' });
  await saveLink(token, me);
  await online(me).catch((error) => {
    console.warn('[simulator] linked, but could not sync', error);
    network.close();
  });
});
network.on('logout', (/** @type {Pushes['logout']} */ { reason }) => leave(reason ?? 'AccountRemoved'));
network.on('replaced', () => {
  replaced = true;
  network.close();
});
network.on('contacts', (/** @type {Pushes['contacts']} */ { contacts }) => setAddressBook(contacts));
network.on('pairing', async (/** @type {Pushes['pairing']} */ { pn, lid }) => {
  await module('WAWebDBCreateLidPnMappings').createLidPnMappings({ mappings: [{ pn, lid }], flushImmediately: true });
  saveContacts([{ pn, lid, pushname: contactOf(lid).pushname }]);
  contactOf(pn, { pushname: contactOf(lid).pushname });
});
network.on('freeze', (/** @type {Pushes['freeze']} */ { ms }) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
});
network.on('close', () => {
  hold();
  if (replaced) showDisconnected('CONFLICT');
  else retry();
});
