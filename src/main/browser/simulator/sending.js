// @ts-check
import { define, module } from './registry.js';
import { account } from './account.js';
import { chats } from './chats.js';
import { ACK, fromRecord, messages, toRecord, toWire } from './messages.js';
import { save, stage, unsent } from './history.js';
import { MsgKey } from './msgkey.js';
import { Disconnected, network, Refused } from './network.js';
import { toWid } from './wid.js';

/**
 * How a message goes out: it is shown (ack 0), stored together with the chat's next ratchet counter, submitted, and stored again with
 * what became of it. While there is no connection it waits. A page that dies in between leaves it in the outbox, which the
 * next life of the page sends by itself, with the same id and a new counter: the network may then see it twice.
 *
 * @typedef {import('./chats.js').Chat} Chat
 * @typedef {import('./messages.js').Msg} Msg
 * @typedef {import('./store.js').MessageRecord} MessageRecord
 * @typedef {{messageSendResult: string, t: number, count?: number | null, code?: number}} SendResult
 */

/**
 * Both promises at once, as client libraries expect: the message as shown, and its outcome. A failure is an outcome too.
 *
 * @param {Chat} chat
 * @param {Record<string, any>} attributes
 * @returns {[Promise<Msg>, Promise<SendResult>]}
 */
function addAndSend(chat, attributes) {
  const [msg] = chat.addMessages([attributes]);
  return [Promise.resolve(msg), send(msg)];
}

/** What this life of the page is sending: it is in the outbox too, but must not go twice. @type {Set<string>} */
const inFlight = new Set();

/** @param {Msg} msg @param {MessageRecord} [record] when it is stored already @returns {Promise<SendResult>} */
export async function send(msg, record) {
  const key = msg.id.toString();
  inFlight.add(key);
  try {
    // Through the registry, for the hooks of wa-js.
    module('WAWebCreateMsgProtobuf').createMsgProtobuf(msg.serialize());
    const { t, count } = await module('WAWebEncryptAndSendMsg').encryptAndSendMsg({ data: msg, record, type: 'Message' }, null);
    msg.set({ t });
    msg.updateAck(ACK.SENT);
    return { messageSendResult: 'OK', t, count: count ?? null };
  } catch (error) {
    console.warn(`[simulator] ${msg.id} was not sent`, error);
    msg.updateAck(ACK.FAILED);
    if (error instanceof Refused) return { messageSendResult: 'ERROR_UNKNOWN', t: msg.t, code: error.status };
    return { messageSendResult: 'ERROR_NETWORK', t: msg.t };
  } finally {
    inFlight.delete(key);
  }
}

/** @param {{data: Msg, record?: MessageRecord}} what @returns {Promise<{t: number, count: number}>} */
async function encryptAndSend({ data: msg, record }) {
  const wire = record?.wire ?? toWire(msg);
  const { unsent: _, ...stored } = record ?? toRecord(wire, Math.max(msg.ack, ACK.CLOCK));
  for (;;) {
    const ratchet = await stage(stored.ack === ACK.CLOCK ? { ...stored, unsent: 1 } : stored);
    await network.untilReady();
    try {
      const answer = await network.call('send', { chat: stored.chat, msg: wire, ratchet });
      // Stored before it is shown: what was seen as sent never goes out again.
      await save({ ...stored, ack: Math.max(stored.ack, ACK.SENT), wire: { ...wire, t: answer.t } });
      return answer;
    } catch (error) {
      if (error instanceof Disconnected) continue;
      save({ ...stored, ack: ACK.FAILED });
      throw error;
    }
  }
}

/** Sends what an earlier life of the page could not. */
export async function sendOutbox() {
  for (const record of await unsent()) {
    if (inFlight.has(record.key)) continue;
    send(messages.get(record.key) ?? chats.gadd(toWid(record.chat)).addMessages([fromRecord(record)])[0], record);
  }
}

/** @param {Chat} chat @param {string} body */
async function sendText(chat, body) {
  const me = chat.id.isLid() || chat.id.isGroup() ? account.lid : account.pn;
  const participant = chat.id.isGroup() ? me : undefined;
  const id = new MsgKey({ from: me, to: chat.id, id: await MsgKey.newId(), participant, selfDir: 'out' });
  const t = Math.floor(Date.now() / 1000);
  return addAndSend(chat, { id, body, type: 'chat', t, from: me, to: chat.id, isNewMsg: true, self: 'out' })[1];
}

define('WAWebSendMsgResultAction', {
  SendMsgResult: Object.fromEntries(
    ['OK', 'ERROR_NETWORK', 'ERROR_EXPIRED', 'ERROR_CANCELLED', 'ERROR_UPLOAD', 'ERROR_UNKNOWN'].map((name) => [name, name]),
  ),
});
define('WAWebEncryptAndSendMsg', { encryptAndSendMsg: encryptAndSend });
define('WAWebCreateMsgProtobuf', { createMsgProtobuf: (/** @type {any} */ { body }) => ({ conversation: body }) });
define('WAWebSendMsgChatAction', { addAndSendMsgToChat: addAndSend, addAndSendTextMsg: sendText });
define('WAWebSendTextMsgChatAction', { sendTextMsgToChat: sendText });
define('WAWebGetEphemeralFieldsMsgActionsUtils', { getEphemeralFields: () => ({}) });
define('WAWebNonJidMentionType', { default: { MENTION_ALL: 1 } });
