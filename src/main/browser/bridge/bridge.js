// @ts-check
/**
 * The page's end of the bridge, injected into every document of WhatsApp Web before its own scripts. Commands come as calls of `__kurir.run` over
 * the DevTools protocol, events go out through a binding (emit.js). One file per command and per family of events.
 */
import { emit, flush } from './emit.js';
import { closeSockets, epoch, extend, fenced } from './fence.js';
import { collect, input } from './files.js';
import { profile } from './memory.js';
import { Refusal, words } from './refusal.js';
import { settled } from './storage.js';
import { unresolved, wpp } from './wpp.js';
import { checkNumbers } from './command/check-numbers.js';
import { download } from './command/download.js';
import { find } from './command/find.js';
import { logout } from './command/logout.js';
import { changeMembers, createGroup, leaveGroup, listGroups, readGroup, readInviteLink } from './command/group.js';
import { history, listChats, listContacts } from './command/list.js';
import { edit, react, revoke } from './command/message.js';
import { pairingCode } from './command/pairing-code.js';
import { probe } from './command/probe.js';
import { readStatus } from './command/read-status.js';
import { refreshQr } from './command/refresh-qr.js';
import { send } from './command/send.js';
import { showTyping } from './command/typing.js';
import { watchAcks } from './event/ack.js';
import { watchChanges, watchRevokedTypes } from './event/change.js';
import { watchConnection } from './event/connection.js';
import { watchGroups } from './event/group.js';
import { watchLink } from './event/link.js';
import { watchDecrypted, watchMessages } from './event/message.js';
import { watchPairings } from './event/paired.js';
import { watchPresence } from './event/presence.js';
import { watchQr } from './event/qr.js';

/** @type {Record<string, (args: any) => Promise<unknown>>} */
const commands = {
  send, find, download, checkNumbers, pairingCode, refreshQr, readStatus, probe, logout,
  react, edit, revoke, showTyping,
  listContacts, listChats, history,
  listGroups, readGroup, createGroup, changeMembers, readInviteLink, leaveGroup,
};

/** wa-js has found the page's modules. @type {Promise<void>} */
const up = new Promise((done) => wpp('onReady')(done));

/** @type {import('./globals.js').Bridge} */
const bridge = {
  /** `notAfter`: wall clock in ms; a command that waited longer behind a busy page must not be carried out, its caller has given it up. */
  async run(theirEpoch, notAfter, verb, args) {
    const no = refusal(theirEpoch, notAfter);
    if (no) return { refused: 'FENCED', detail: no };
    try {
      await up;
      const late = refusal(theirEpoch, notAfter);
      if (late) return { refused: 'FENCED', detail: late };
      return { ok: await commands[verb](args) };
    } catch (error) {
      if (error instanceof Refusal) return { refused: 'REFUSED', reason: error.reason, detail: error.message };
      return { refused: 'FAILED', detail: words(error) };
    }
  },

  extend(theirEpoch, remaining, sentAt) {
    if (theirEpoch !== epoch || !extend(remaining, sentAt)) return false;
    profile.setSeen(Date.now());
    return true;
  },

  async close() {
    closeSockets();
    await settled();
    flush();
  },

  input,
  collect,
  bindings: unresolved,
};

/** @param {number} theirEpoch @param {number} notAfter */
function refusal(theirEpoch, notAfter) {
  if (theirEpoch !== epoch) return `the page belongs to epoch ${epoch}, not ${theirEpoch}`;
  if (fenced()) return 'the deadline has passed';
  if (Date.now() > notAfter) return 'the command came too late';
  return '';
}

Object.defineProperty(window, '__kurir', { value: Object.freeze(bridge) });

watchQr();
watchLink();
watchMessages();
watchChanges();
watchGroups();
watchPresence();
wpp('onInjected')(() => {
  watchAcks();
  watchRevokedTypes();
  watchDecrypted();
  watchPairings();
  watchConnection();
});
up.then(() => emit({ type: 'up' }));
emit({ type: 'document' });
