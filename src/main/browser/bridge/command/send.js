// @ts-check
/**
 * Submits messages. Between a known chat and the answer there is no network: the chat is cached, the key is built around our own stanza
 * id, and wa-js' parts are called one by one instead of `sendTextMessage`, whose promise either waits for the server or forgets the result.
 *
 * A message that WhatsApp refused (`ack` < 0) stays in the store under its key; it is taken out and submitted again under the
 * same id, so that a retry cannot become a second message at the recipient.
 */
import { lidOf, plain } from '../address.js';
import { emit } from '../emit.js';
import { ready } from '../event/connection.js';
import { drop } from '../files.js';
import { mayWrite } from '../group.js';
import { inside, renamed } from '../mentions.js';
import { body } from '../outgoing.js';
import { noteOwn } from '../own.js';
import { Refusal, reason, told, words } from '../refusal.js';
import { inChat, own } from '../store.js';
import { hasFailed, isUnderway, upload } from '../upload.js';
import { onWhatsApp } from './check-numbers.js';
import { wpp } from '../wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.ChatModel} ChatModel */
/** @typedef {import('@wppconnect/wa-js').whatsapp.MsgModel} MsgModel */
/** @typedef {import('../outgoing.js').Content | import('../upload.js').Media} Content */
/** @typedef {{ id: string, to: string, content: Content, quoted?: string, mentions: string[], typing: boolean }} Message */
/** @typedef {['taken'] | ['known', number] | ['refused', string, string]} Answer */

const TYPING_MIN_MS = 400;
const TYPING_MAX_MS = 2_500;
const TYPING_MS_PER_CHARACTER = 15;

/** How long a message waits for a file of its chat that is still on its way; the command's own deadline is 10 s. */
const TURN_MS = 7_000;

/** @type {Map<string, ChatModel>} by the name that the JVM uses */
const chats = new Map();

/** When the last submission of each chat has passed: commands overlap, the order within a chat must not. @type {Map<string, Promise<unknown>>} */
const tails = new Map();

/** @param {{ messages: Message[] }} command @returns {Promise<Answer[]>} */
export function send({ messages }) {
  return Promise.all(messages.map(inTurn));
}

/** @param {Message} message @returns {Promise<Answer>} */
function inTurn(message) {
  if (isUnderway(message.id)) return Promise.resolve(['known', 0]);
  const before = tails.get(message.to);
  /** @type {Promise<unknown> | undefined} */
  let passed = before;
  const answered = turn(before).then(async (come) => {
    if (!come) return /** @type {Answer} */ (['refused', 'NOT_READY', 'a file of this chat is still on its way']);
    passed = undefined;
    return answer(message, (promise) => (passed = promise));
  });
  const tail = answered.then(() => passed);
  tails.set(message.to, tail);
  tail.finally(() => tails.get(message.to) === tail && tails.delete(message.to));
  return answered.finally(() => drop(message.id));
}

/** @param {Promise<unknown> | undefined} before @returns {Promise<boolean>} whether it is our turn now */
async function turn(before) {
  if (!before) return true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((done) => (timer = setTimeout(() => done(false), TURN_MS)));
  const come = await Promise.race([before.then(() => true), late]);
  clearTimeout(timer);
  return Boolean(come);
}

/** @param {Message} message @param {(passed: Promise<unknown>) => void} follow @returns {Promise<Answer>} */
async function answer(message, follow) {
  try {
    if (!ready()) throw new Refusal('NOT_READY', 'the page is not linked and synced');
    const chat = await resolve(message.to);
    const held = await own(chat, message.id);
    if (held && Number(held.ack) >= 0 && !hasFailed(message.id)) return ['known', Number(held.ack)];
    mayWrite(chat);
    const options = await sendOptions(chat, message);
    if (held) forget(chat, held);
    if (message.typing) await type(chat, message.content);
    const content = addressed(message.content, inside(message.mentions, options.mentionedList));
    if (content.is === 'media') follow((await upload(chat, message.id, content, options)).passed);
    else await submit(chat, message.id, content, options);
    return ['taken'];
  } catch (error) {
    return ['refused', reason(error), words(error)];
  }
}

/** WhatsApp itself decides whether a chat is kept by number or by LID, so it is asked first. @param {string} to */
async function resolve(to) {
  const known = chats.get(to);
  if (known && wpp('ChatStore').get(known.id) === known) return known;
  const wid = plain(to);
  if (!wid) throw new Refusal('NOT_ON_WHATSAPP', `${to} is not an address`);
  if (wid.isGroup() && !wpp('ChatStore').get(wid)) throw new Refusal('GROUP_NOT_FOUND', `${to} is not a group of this account`);
  if (wid.isUser() && !wid.isLid() && !(await onWhatsApp(wid))) {
    throw new Refusal('NOT_ON_WHATSAPP', `${to} is not on WhatsApp`);
  }
  const chat = await wpp('findChat')(wid);
  if (chat.isParentGroup) throw new Refusal('NOT_ALLOWED', 'a community takes no messages, only its groups do');
  chats.set(to, chat);
  return chat;
}

/** @param {ChatModel} chat @param {MsgModel} message */
function forget(chat, message) {
  chat.msgs.remove(message);
  wpp('MsgStore').remove(message);
}

/** @param {ChatModel} chat @param {Content} content */
async function type(chat, content) {
  await wpp('markComposing')(chat.id);
  const length = content.is === 'text' ? content.text.length : 0;
  const wait = Math.min(TYPING_MAX_MS, Math.max(TYPING_MIN_MS, length * TYPING_MS_PER_CHARACTER));
  await new Promise((done) => setTimeout(done, wait));
  await wpp('markPaused')(chat.id);
}

/** What every kind of message takes; wa-js' own defaults would mark the chat as read. @param {ChatModel} chat @param {Message} message */
async function sendOptions(chat, { id, quoted, mentions }) {
  const quotedMsg = quoted ? await inChat(chat, quoted) : undefined;
  if (quoted && !quotedMsg) throw new Refusal('QUOTED_NOT_FOUND', `${quoted} is not in this chat`);
  return {
    messageId: key(chat, id),
    quotedMsg,
    mentionedList: mentions.map((jid) => mention(chat, jid)),
    detectMentioned: false,
    markIsRead: false,
  };
}

/** @param {ChatModel} chat @param {string} id @param {import('../outgoing.js').Content} content @param {Awaited<ReturnType<typeof sendOptions>>} options */
async function submit(chat, id, content, options) {
  const message = await wpp('prepareMessage')(chat, /** @type {any} */ (body(content)), options);
  noteOwn(id);
  const [stored, result] = await wpp('submit')(chat, message);
  watch(id, result);
  await stored;
}

/** As wa-js' generateMessageID, around our own id. @param {ChatModel} chat @param {string} id */
function key(chat, id) {
  const Key = wpp('MsgKey');
  const byLid = chat.id.isGroup() || chat.id.isLid();
  const from = byLid ? wpp('UserPrefs').getMeLidUserOrThrow() : wpp('myPhone')();
  return new Key({ from, to: chat.id, id, participant: chat.id.isGroup() ? from : undefined, selfDir: 'out' });
}

/** @param {Content} content @param {import('../mentions.js').Digits} digits @returns {Content} */
function addressed(content, digits) {
  if (content.is === 'text') return { ...content, text: renamed(content.text, digits) };
  return content.is === 'media' ? { ...content, caption: renamed(content.caption, digits) } : content;
}

/** Groups name their members by LID. @param {ChatModel} chat @param {string} jid */
function mention(chat, jid) {
  const wid = plain(jid);
  return (chat.id.isGroup() && wid && lidOf(wid)) || wid || jid;
}

/** @param {string} id @param {Promise<{ messageSendResult: string }>} result */
function watch(id, result) {
  result.then(
    (done) => done.messageSendResult !== 'OK' && emit({ type: 'failed', id, reason: told(done, done.messageSendResult) }),
    (error) => emit({ type: 'failed', id, reason: told(error, words(error)) }),
  );
}
