// @ts-check
import { define } from './registry.js';
import { chats } from './chats.js';
import { learnLid } from './account.js';
import { contactOf } from './contacts.js';
import { around, find, save } from './history.js';
import { ACK, fromRecord, messages, Msg, toRecord } from './messages.js';
import { network } from './network.js';
import { toWid } from './wid.js';

/**
 * Messages from before: of the store, when a chat is scrolled, and of the phone, which has more than a page that was linked later.
 *
 * @typedef {import('./chats.js').Chat} Chat
 * @typedef {import('./protocol.js').WireMessage} WireMessage
 * @typedef {import('./store.js').MessageRecord} MessageRecord
 */

/** Whether the phone has more of a chat than the page, as `endOfHistoryTransferType` says. */
const MORE = 0;
const NO_MORE = 1;
/** So many messages at a time. */
const PAGE = 50;
/** The kind of request to a phone that asks for older messages. */
const HISTORY_ON_DEMAND = 3;

/**
 * Stores messages that are older than any the page has of their chats. They are no news, so nothing is told of them.
 *
 * @param {WireMessage[]} wires oldest first
 * @returns {Promise<MessageRecord[]>} those that the page did not have
 */
async function storeOlder(wires) {
  /** @type {Map<string, number>} */
  const first = new Map();
  const records = [];
  for (const { ack, ...wire } of wires.toReversed()) {
    const record = toRecord(/** @type {WireMessage} */ (wire), Number(ack ?? ACK.CLOCK));
    if (wire.lidMap?.pn) learnLid(wire.lidMap.pn, wire.lidMap.lid);
    if (wire.notifyName) contactOf(wire.author ?? wire.from, { pushname: wire.notifyName });
    if (await find(record.key)) continue;
    if (!first.has(record.chat)) {
      const [oldest] = await around(record.chat, 0, 'after', 1);
      first.set(record.chat, oldest?.order ?? Infinity);
    }
    // Below the chat's first one, whatever their times.
    const order = Math.min(wire.t * 1_000_000, (first.get(record.chat) ?? Infinity) - 1);
    first.set(record.chat, order);
    records.unshift({ ...record, order });
  }
  await Promise.all(records.map(save));
  return records;
}

/** What a phone gives a page when it is linked. @param {WireMessage[]} wires */
export async function addOlder(wires) {
  for (const record of await storeOlder(wires)) {
    const msg = new Msg(fromRecord(record));
    const chat = chats.gadd(msg.id.remote);
    chat.msgs?.add(msg, { silent: true });
    messages.add(msg, { silent: true });
    chat.received(msg);
  }
  chats.sort();
}

/** Brings the next older page of the store into memory. @param {any} what the chat, or an object with it @returns {Promise<Msg[]>} */
async function loadEarlier(what) {
  const chat = /** @type {Chat} */ (what.chat ?? what);
  const first = chat.msgs?.head();
  const start = first && (await find(first.id.toString()));
  const records = await around(chat.id.toString(), start?.order ?? Infinity, 'before', PAGE);
  const found = records.map((record) => messages.get(record.key) ?? new Msg(fromRecord(record)));
  chat.msgs?.add(found.toReversed(), { silent: true, at: 0 });
  messages.add(found, { silent: true });
  return found;
}

/** Asks the phone for what is older than the page's oldest message of a chat, and stores it. @param {Chat} chat */
async function askPhone(chat) {
  const [oldest] = await around(chat.id.toString(), 0, 'after', 1);
  const before = oldest?.wire.id.id;
  const { messages: older } = await network.call('history', { chat: chat.id.toString(), before, count: PAGE });
  await storeOlder(older);
  chat.endOfHistoryTransferType = older.length < PAGE ? NO_MORE : MORE;
  return older.length;
}

define('WAWebChatLoadMessages', { loadEarlierMsgs: loadEarlier, loadRecentMsgs: async () => [] });
define('WAWebSendNonMessageDataRequest', {
  /** @param {number} kind @param {{chatId: import('./wid.js').WidLike}} what */
  sendPeerDataOperationRequest: async (kind, { chatId }) => {
    if (kind !== HISTORY_ON_DEMAND) throw new Error(`the simulated phone answers no request of kind ${kind}`);
    await askPhone(chats.gadd(toWid(chatId)));
  },
});
