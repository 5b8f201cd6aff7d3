// @ts-check
import { needReady } from '../event/connection.js';
import { keep } from '../files.js';
import { Refusal, words } from '../refusal.js';
import { messageOf } from '../store.js';
import { wpp } from '../wpp.js';

/**
 * The file of a message, decrypted; it stays in the page until the JVM has read it (files.js).
 *
 * @param {{ chat: string, id: string }} command
 */
export async function download({ chat, id }) {
  needReady();
  const message = await messageOf(chat, id);
  if (!message.mediaData && !message.mimetype) throw new Refusal('MESSAGE_NOT_FOUND', `${id} has no file`);
  const blob = await fetched(message);
  // DevTools reads a blob of a text type as text, and spoils every byte that is none
  const bytes = blob.slice(0, blob.size, 'application/octet-stream');
  return { blob: keep(bytes), mimetype: message.mimetype || blob.type || '', size: blob.size };
}

/** @param {import('@wppconnect/wa-js').whatsapp.MsgModel} message @returns {Promise<Blob>} */
async function fetched(message) {
  try {
    return await wpp('downloadMedia')(message.id.toString());
  } catch (error) {
    if (isGone(message, error)) throw new Refusal('MEDIA_GONE', 'WhatsApp no longer has the file');
    throw new Error(`the file cannot be fetched: ${words(error)}`);
  }
}

/** WhatsApp asks the sender's phone for the file again (`REUPLOADING`); nobody knows whether it ever comes. @param {any} message @param {any} error */
function isGone(message, error) {
  const stage = String(message.mediaData?.mediaStage ?? '');
  return [404, 410].includes(Number(error?.status)) || stage.includes('ERROR') || stage === 'REUPLOADING' || error?.code === 'media_not_found';
}
