// @ts-check
import { define } from '../registry.js';
import { Cmd } from '../connection.js';
import { chats } from '../chats.js';
import { forget } from '../history.js';
import { messages } from '../messages.js';
import { MsgKey } from '../msgkey.js';
import { submit } from './submitting.js';
import { change } from './targets.js';

/**
 * Messages that are edited, deleted for everyone, or deleted on this page.
 *
 * @typedef {import('../messages.js').Msg} Msg
 * @typedef {import('../chats.js').Chat} Chat
 */

/** What a message for everyone loses when it is deleted. */
const CONTENT = [
  'caption', 'directPath', 'mediaKey', 'filehash', 'encFilehash', 'quotedMsg', 'quotedStanzaID', 'mentionedJidList', 'pollOptions',
  'pollName', 'vcardList', 'loc', 'reactions',
];

/** @param {MsgKey} target @param {MsgKey} key of the edit @param {string} text @param {number} ms when */
export function applyEdit(target, key, text, ms) {
  const how = (/** @type {import('../protocol.js').WireMessage} */ wire) => ({
    ...(wire.mimetype ? { caption: text } : { body: text }),
    latestEditMsgKey: key.toString(),
    latestEditSenderTimestampMs: ms,
  });
  return change(target, how, { latestEditMsgKey: key });
}

/** @param {MsgKey} target @param {'sender' | 'admin'} by */
export function applyRevoke(target, by) {
  const nothing = Object.fromEntries(CONTENT.map((name) => [name, undefined]));
  return change(target, () => ({ ...nothing, type: 'revoked', subtype: by, body: '' }));
}

/** @param {Msg} msg @param {Record<string, any>} edit */
async function sendEdit(msg, edit) {
  const { key, t } = await submit(msg.id, { type: 'edit', id: edit.id?.id, body: edit.body });
  await applyEdit(msg.id, edit.id ?? key, edit.body, t * 1000);
}

/** The list itself, as older callers have it, or in an object. @param {Msg[] | {list: Msg[]}} what */
const listOf = (what) => (Array.isArray(what) ? what : what.list);

Object.assign(Cmd, {
  /** @param {Chat} _chat @param {Msg[] | {list: Msg[]}} what */
  async sendRevokeMsgs(_chat, what) {
    for (const msg of listOf(what)) {
      await submit(msg.id, { type: 'revoke' });
      await applyRevoke(msg.id, msg.id.fromMe ? 'sender' : 'admin');
    }
  },
  /** @param {Chat} chat @param {Msg[] | {list: Msg[]}} what */
  async sendDeleteMsgs(chat, what) {
    for (const { id } of listOf(what)) {
      chats.get(chat.id)?.msgs?.remove(id);
      messages.remove(id);
      await forget(id.toString());
    }
  },
});

define('WAWebAddAndSendMessageEdit', { addAndSendMessageEdit: sendEdit });
define('WAWebSendMessageEditAction', {
  sendMessageEdit: (/** @type {Msg} */ msg, /** @type {string} */ body) => sendEdit(msg, { body }),
});
