// @ts-check
/** Changes of messages that are there: reactions, edits, deletions. Each asked twice has the effect of once. */
import { outside, plain } from '../address.js';
import { words as said } from '../describe.js';
import { needReady } from '../event/connection.js';
import { adminGroup } from '../group.js';
import { inside, renamed } from '../mentions.js';
import { Refusal, words } from '../refusal.js';
import { chatOf, messageOf } from '../store.js';
import { wpp } from '../wpp.js';

/** @typedef {{ chat: string, stanzaId: string }} Named */

/** WhatsApp's limits, which it does not explain when it refuses. */
const EDIT_MS = 15 * 60_000;
const REVOKE_MS = 60 * 3_600_000;

/** @param {Named & { emoji: string }} command */
export async function react({ chat, stanzaId, emoji }) {
  needReady();
  const message = await messageOf(chat, stanzaId);
  if (message.type === 'revoked') throw new Refusal('MESSAGE_NOT_FOUND', 'the message was deleted');
  accept((await wpp('react')(message, emoji || false).catch(no)).sendMsgResult);
  return {};
}

/** @param {Named & { text: string }} command */
export async function edit({ chat, stanzaId, text }) {
  needReady();
  const message = await messageOf(chat, stanzaId);
  if (!message.id.fromMe) throw new Refusal('NOT_OWN_MESSAGE', 'only own messages can be edited');
  if (message.type === 'revoked') throw new Refusal('MESSAGE_NOT_FOUND', 'the message was deleted');
  if (said(message) === text) return {};
  if (Date.now() - Number(message.t) * 1000 > EDIT_MS) throw new Refusal('TOO_OLD', 'a message can be edited for 15 minutes');
  if (!wpp('canEdit')(message) && !wpp('canEditCaption')(message)) throw new Refusal('REFUSED', 'WhatsApp does not edit this kind of message');
  // Whom it mentioned it still does, where the new text names them.
  const mentionedList = mentioned(message);
  const options = { linkPreview: false, detectMentioned: false, markIsRead: false, mentionedList };
  const written = renamed(text, inside(mentionedList.map(outside), mentionedList));
  accept((await wpp('edit')(message.id, written, options).catch(no)).sendMsgResult);
  return {};
}

/** @param {any} message @returns {import('@wppconnect/wa-js').whatsapp.Wid[]} */
function mentioned(message) {
  return (message.mentionedJidList ?? []).map(plain).filter(Boolean);
}

/** @param {Named} command */
export async function revoke({ chat, stanzaId }) {
  needReady();
  const message = await messageOf(chat, stanzaId);
  if (message.type === 'revoked') return {};
  if (!message.id.fromMe) await adminMayRevoke(chat);
  if (Date.now() - Number(message.t) * 1000 > REVOKE_MS) throw new Refusal('TOO_OLD', 'a message can be deleted for everyone for 60 hours');
  const done = /** @type {any} */ (await wpp('deleteMessage')(chatOf(chat).id, message.id.toString(), true, true).catch(no));
  if (!done.isRevoked) throw new Refusal('REFUSED', 'WhatsApp did not delete the message');
  return {};
}

/** @param {string} chat */
async function adminMayRevoke(chat) {
  if (!chat.endsWith('@g.us')) throw new Refusal('NOT_OWN_MESSAGE', 'only own messages can be deleted for everyone');
  await adminGroup(chat).catch((error) => {
    throw new Refusal('NOT_OWN_MESSAGE', error.message);
  });
}

/** WhatsApp, or wa-js before it, said no; without a connection it was not asked. @param {unknown} error @returns {never} */
function no(error) {
  needReady();
  throw new Refusal('REFUSED', words(error));
}

/** @param {any} result WhatsApp's word, in one of its forms; none where it has none */
function accept(result) {
  const word = result?.messageSendResult ?? result ?? 'OK';
  if (typeof word === 'string' && word !== 'OK') throw new Refusal('REFUSED', `WhatsApp answered ${word}`);
}
