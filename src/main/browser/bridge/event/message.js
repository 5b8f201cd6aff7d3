// @ts-check
/** Messages that we did not make: somebody else's, or written on the phone. */
import { lidOf, outside, plain } from '../address.js';
import { emit } from '../emit.js';
import { isOwn } from '../own.js';
import { wpp } from '../wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.MsgModel} MsgModel */

/** Not messages of people but notes of WhatsApp itself. */
const NOTES = new Set([
  'gp2', 'e2e_notification', 'notification', 'notification_template', 'broadcast_notification', 'protocol', 'debug',
]);

/** How long a message may stay undecrypted before it is told as such; its keys often come a little later. */
const DECRYPT_MS = 30_000;

export function watchMessages() {
  wpp('on')('chat.new_message', (message) => {
    if (message.type !== 'ciphertext') tell(message);
    else setTimeout(() => message.type === 'ciphertext' && tell(message), DECRYPT_MS);
  });
}

/** @param {MsgModel | any} message a model or its plain attributes */
export function tell(message) {
  if (NOTES.has(message.type) || (message.id.fromMe && isOwn(message.id.id))) return;
  emit({ type: 'received', message: describe(message) });
}

/** @param {any} message */
function describe(message) {
  const chat = /** @type {import('@wppconnect/wa-js').whatsapp.Wid} */ (plain(message.id.remote));
  const author = plain(message.author ?? message.id.participant);
  return {
    stanzaId: message.id.id,
    chat: outside(chat),
    chatLid: lidOf(chat)?.toString(),
    author: author && outside(author),
    fromMe: Boolean(message.id.fromMe),
    type: message.type,
    content: message.type === 'chat' ? { is: 'text', text: message.body ?? '' } : { is: 'other', type: message.type },
    mentions: [],
    senderName: message.notifyName || message.senderObj?.pushname || '',
    quoted: message.quotedStanzaID,
    ack: Math.max(0, Number(message.ack ?? 0)),
    at: Number(message.t) * 1000,
  };
}
