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
  wpp('on')('chat.new_message', take);
}

/** Keys may come after days. wa-js tells of it only for messages that came in this document; for those it is told twice, which is harmless. */
export function watchDecrypted() {
  wpp('MsgStore').on('change:type', (/** @type {MsgModel} */ message, /** @type {string} */ _, /** @type {string} */ before) => {
    // Its other attributes may be set after the type.
    if (before === 'ciphertext') queueMicrotask(() => tell(message));
  });
}

/** Tells it now, or when it had its time to become readable. @param {MsgModel | any} message a model or its plain attributes */
export function take(message) {
  if (message.type !== 'ciphertext') return tell(message);
  setTimeout(() => {
    const now = wpp('MsgStore').get(message.id) ?? message;
    if (now.type === 'ciphertext') tell(now);
  }, DECRYPT_MS);
}

/** @param {MsgModel | any} message a model or its plain attributes */
function tell(message) {
  if (isNote(message) || message.type === 'revoked' || (message.id.fromMe && isOwn(message.id.id))) return;
  emit({ type: 'received', message: describe(message) });
}
