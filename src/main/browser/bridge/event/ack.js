// @ts-check
/**
 * Confirmations of our messages. The store's own `ack` is the whole truth about a message in memory (in a group: of all its members); a receipt
 * also tells of messages that are not in memory, where one member of a group proves no more than that the server has it.
 */
import { outside } from '../address.js';
import { emit, emitLater } from '../emit.js';
import { isOwn } from '../own.js';
import { wpp } from '../wpp.js';

const SERVER = 1;

export function watchAcks() {
  wpp('MsgStore').on('change:ack', (/** @type {import('@wppconnect/wa-js').whatsapp.MsgModel} */ message) => {
    if (!message.id.fromMe) return;
    const ack = Number(message.ack);
    const acked = { type: 'acked', chat: outside(message.id.remote), ids: [message.id.id], ack };
    if (ack === SERVER) emit(acked);
    else if (ack > SERVER) emitLater(acked);
    // Of a message that an earlier document submitted; for ours the submission itself tells why.
    else if (ack < 0 && !isOwn(message.id.id)) emit({ type: 'failed', id: message.id.id, reason: `ack ${ack}` });
  });
  wpp('on')('chat.msg_ack_change', ({ ack, chat, ids, sender }) => {
    if (ack <= SERVER) return;
    emitLater({ type: 'acked', chat: outside(chat), ids: ids.map((key) => key.id), ack: sender && chat.isGroup() ? SERVER : ack });
  });
}
