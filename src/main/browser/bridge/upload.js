// @ts-check
/**
 * Submits a file. wa-js' `sendFileMessage` prepares it (sizes, previews, wave form) and WhatsApp uploads it; both may take longer than a command
 * has. So the command is answered when the message is in the page's store, or after a while in any case; until it is out its stanza id is
 * remembered here, so that a repeated command neither submits it twice nor waits for it.
 *
 *   file taken ──prepared──► in the store ──uploaded, confirmed──► acks
 *       └──cannot be prepared──► refused, or `failed` if the answer is out already
 *                                └──upload or server fails──► `failed`
 */
import { emit } from './emit.js';
import { take } from './files.js';
import { noteOwn } from './own.js';
import { Refusal, told, words } from './refusal.js';
import { wpp } from './wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.ChatModel} ChatModel */
/** @typedef {import('@wppconnect/wa-js').whatsapp.MsgModel} MsgModel */
/** @typedef {'IMAGE' | 'VIDEO' | 'AUDIO' | 'VOICE' | 'DOCUMENT' | 'STICKER'} Kind */
/** @typedef {{ is: 'media', kind: Kind, mimetype: string, fileName?: string, caption: string }} Media */

/** The command's own deadline is 10 s. */
const ANSWER_MS = 5_000;
/** A long video is transcoded before it is a message; what takes longer than this will not become one. */
const PREPARE_MS = 180_000;
/** How long the chat's next message waits for the upload at most. */
const UPLOAD_MS = 600_000;

/** @type {Set<string>} stanza ids whose file is being prepared or uploaded */
const underway = new Set();

/** The page's store may show them as waiting for ever. @type {Set<string>} stanza ids whose upload failed */
const failed = new Set();

/** @param {string} id stanza id */
export function isUnderway(id) {
  return underway.has(id);
}

/** @param {string} id stanza id */
export function hasFailed(id) {
  return failed.has(id);
}

/**
 * Resolves when the answer is due; `passed` resolves when the chat's next message may follow: a text needs no upload and would overtake the file.
 *
 * @param {ChatModel} chat @param {string} id stanza id @param {Media} media
 * @param {Record<string, unknown>} options of wa-js: key, quote, mentions
 * @returns {Promise<{ passed: Promise<unknown> }>}
 */
export async function upload(chat, id, media, options) {
  const file = named(await take(id), media);
  noteOwn(id);
  underway.add(id);
  failed.delete(id);
  const watched = appearance(chat, id);
  const sent = wpp('sendFile')(chat.id, file, /** @type {any} */ ({ ...options, ...kindOptions(media) }));
  let answered = false;
  const stored = Promise.race([watched.appeared, sent, lateness()]).finally(watched.stop);
  const passed = stored
    .then(() => Promise.race([sent, pause(UPLOAD_MS)]))
    .catch(() => null)
    .finally(() => underway.delete(id));
  stored.catch((error) => answered && fail(id, error));
  stored.then(() => sent.then((done) => judge(id, done), (error) => fail(id, error)), () => null);
  sent.catch(() => null);
  try {
    await Promise.race([stored, pause(ANSWER_MS)]);
  } catch (error) {
    throw refused(error);
  } finally {
    answered = true;
  }
  return { passed };
}

/** WhatsApp shows a name for documents only, and wa-js makes a name the caption where there is none. @param {File} file @param {Media} media */
function named(file, media) {
  const name = media.kind === 'DOCUMENT' ? media.fileName || 'file' : '';
  return new File([file], name, { type: media.mimetype });
}

/** @param {Media} media */
function kindOptions({ kind, caption }) {
  const type = kind === 'VOICE' ? 'audio' : kind.toLowerCase();
  const byUser = kind !== 'DOCUMENT' || caption !== '';
  return { type, isPtt: kind === 'VOICE', caption: byUser ? caption : undefined };
}

/** When the chat gets the message. @param {ChatModel} chat @param {string} id stanza id */
function appearance(chat, id) {
  let stop = () => {};
  const appeared = new Promise((done) => {
    const look = (/** @type {MsgModel} */ message) => message.id.id === id && done(undefined);
    chat.msgs.on('add', look);
    stop = () => chat.msgs.off('add', look);
  });
  return { appeared, stop };
}

/** @param {number} time ms */
function pause(time) {
  return new Promise((done) => setTimeout(done, time));
}

/** @returns {Promise<never>} */
async function lateness() {
  await pause(PREPARE_MS);
  throw new Refusal('MEDIA_REFUSED', 'WhatsApp made no message of the file');
}

/** @param {string} id @param {{ sendMsgResult?: any }} done */
function judge(id, { sendMsgResult }) {
  const result = sendMsgResult?.messageSendResult ?? 'OK';
  if (result !== 'OK') fail(id, sendMsgResult, result);
}

/** @param {string} id @param {any} fault @param {string} [said] */
function fail(id, fault, said = words(fault)) {
  failed.add(id);
  underway.delete(id);
  emit({ type: 'failed', id, reason: told(fault, said) });
}

/** Before it is a message, it is the file that WhatsApp does not take, unless the words are those of the network. @param {unknown} error */
function refused(error) {
  if (error instanceof Refusal) return error;
  return new Refusal(/upload|network|fetch|timeout/i.test(words(error)) ? 'UPLOAD_FAILED' : 'MEDIA_REFUSED', words(error));
}
