// @ts-check
/**
 * Submits texts. Between a known chat and the answer there is no network: the chat is cached, the key is built around our own stanza
 * id, and wa-js' parts are called one by one instead of `sendTextMessage`, whose promise either waits for the server or forgets the result.
 *
 * A message that WhatsApp refused (`ack` < 0) stays in the store under its key; it is taken out and submitted again under the
 * same id, so that a retry cannot become a second message at the recipient.
 */
import { lidOf, plain } from '../address.js';
import { emit } from '../emit.js';
import { ready } from '../event/connection.js';
import { noteOwn } from '../own.js';
import { inChat, own } from '../store.js';
import { onWhatsApp } from './check-numbers.js';
import { wpp } from '../wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.ChatModel} ChatModel */
/** @typedef {import('@wppconnect/wa-js').whatsapp.MsgModel} MsgModel */
/** @typedef {{ id: string, to: string, content: { is: 'text', text: string }, quoted?: string, mentions: string[], typing: boolean }} Message */
/** @typedef {['taken'] | ['known', number] | ['refused', string, string]} Answer */

const TYPING_MIN_MS = 400;
const TYPING_MAX_MS = 2_500;
const TYPING_MS_PER_CHARACTER = 15;

/** @type {Map<string, ChatModel>} by the name that the JVM uses */
const chats = new Map();

/** The last submission of each chat: commands overlap, the order within a chat must not. @type {Map<string, Promise<unknown>>} */
const tails = new Map();

class Refusal extends Error {
  /** @param {string} reason @param {string} detail */
  constructor(reason, detail) {
    super(detail);
    this.reason = reason;
  }
}

/** @param {{ messages: Message[] }} command @returns {Promise<Answer[]>} */
export function send({ messages }) {
  return Promise.all(messages.map((message) => inTurn(message.to, () => answer(message))));
}

/** @template T @param {string} chat @param {() => Promise<T>} work @returns {Promise<T>} */
function inTurn(chat, work) {
  const tail = tails.get(chat);
  const mine = tail ? tail.then(work) : work();
  tails.set(chat, mine);
  mine.finally(() => tails.get(chat) === mine && tails.delete(chat));
  return mine;
}

/** @param {Message} text @returns {Promise<Answer>} */
async function answer(text) {
  try {
    if (!ready()) throw new Refusal('NOT_READY', 'the page is not linked and synced');
    const chat = await resolve(text.to);
    const held = await own(chat, text.id);
    if (held && Number(held.ack) >= 0) return ['known', Number(held.ack)];
    if (held) forget(chat, held);
    if (text.typing) await type(chat, text.content.text);
    await submit(chat, text);
    return ['taken'];
  } catch (error) {
    if (error instanceof Refusal) return ['refused', error.reason, error.message];
    return ['refused', 'PAGE_ERROR', String(/** @type {any} */ (error)?.message ?? error)];
  }
}

/** WhatsApp itself decides whether a chat is kept by number or by LID, so it is asked first. @param {string} to */
async function resolve(to) {
  const known = chats.get(to);
  if (known && wpp('ChatStore').get(known.id) === known) return known;
  const wid = plain(to);
  if (!wid) throw new Refusal('NOT_ON_WHATSAPP', `${to} is not an address`);
  if (wid.isUser() && !wid.isLid() && !(await onWhatsApp(wid))) {
    throw new Refusal('NOT_ON_WHATSAPP', `${to} is not on WhatsApp`);
  }
  const chat = await wpp('findChat')(wid);
  if (chat.isParentGroup) throw new Refusal('PAGE_ERROR', 'a community takes no messages, only its groups do');
  chats.set(to, chat);
  return chat;
}

/** @param {ChatModel} chat @param {MsgModel} message */
function forget(chat, message) {
  chat.msgs.remove(message);
  wpp('MsgStore').remove(message);
}

/** @param {ChatModel} chat @param {string} text */
async function type(chat, text) {
  await wpp('markComposing')(chat.id);
  const wait = Math.min(TYPING_MAX_MS, Math.max(TYPING_MIN_MS, text.length * TYPING_MS_PER_CHARACTER));
  await new Promise((done) => setTimeout(done, wait));
  await wpp('markPaused')(chat.id);
}

/** @param {ChatModel} chat @param {Message} text */
async function submit(chat, text) {
  const quotedMsg = text.quoted ? await inChat(chat, text.quoted) : undefined;
  if (text.quoted && !quotedMsg) throw new Refusal('QUOTED_NOT_FOUND', `${text.quoted} is not in this chat`);
  /** @type {any} */
  const body = { body: text.content.text, type: 'chat', subtype: null, urlText: null, urlNumber: null };
  const message = await wpp('prepareMessage')(chat, body, {
    messageId: key(chat, text.id),
    quotedMsg,
    mentionedList: text.mentions.map((jid) => mention(chat, jid)),
    detectMentioned: false,
  });
  noteOwn(text.id);
  const [stored, result] = await wpp('submit')(chat, message);
  watch(text.id, result);
  await stored;
}

/** As wa-js' generateMessageID, around our own id. @param {ChatModel} chat @param {string} id */
function key(chat, id) {
  const Key = wpp('MsgKey');
  const byLid = chat.id.isGroup() || chat.id.isLid();
  const from = byLid ? wpp('UserPrefs').getMeLidUserOrThrow() : wpp('myPhone')();
  return new Key({ from, to: chat.id, id, participant: chat.id.isGroup() ? from : undefined, selfDir: 'out' });
}

/** Groups name their members by LID. @param {ChatModel} chat @param {string} jid */
function mention(chat, jid) {
  const wid = plain(jid);
  return (chat.id.isGroup() && wid && lidOf(wid)) || wid || jid;
}

/** @param {string} id @param {Promise<{ messageSendResult: string }>} result */
function watch(id, result) {
  result.then(
    (done) => done.messageSendResult !== 'OK' && emit({ type: 'failed', id, reason: done.messageSendResult }),
    (error) => emit({ type: 'failed', id, reason: String(error?.message ?? error) }),
  );
}
