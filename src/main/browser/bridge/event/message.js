// @ts-check
/** Messages that we did not make: somebody else's, or written on the phone. */
import { describe, isNote } from '../describe.js';
import { emit } from '../emit.js';
import { isOwn } from '../own.js';
import { wpp } from '../wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.MsgModel} MsgModel */

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
  if (isNote(message) || message.type === 'revoked' || (message.id.fromMe && isOwn(message.id.id))) return;
  emit({ type: 'received', message: describe(message) });
}
