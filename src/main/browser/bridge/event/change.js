// @ts-check
/** What becomes of messages after they were told: reactions, edits, deletions, votes; whoever does it, also we on the phone. */
import { isMe, outside, person, plain } from '../address.js';
import { words } from '../describe.js';
import { emit } from '../emit.js';
import { wpp } from '../wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.MsgModel} MsgModel */
/** @typedef {import('@wppconnect/wa-js').whatsapp.MsgKey} MsgKey */
/** @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid */

export function watchChanges() {
  wpp('on')('chat.new_reaction', ({ msgId, reactionText, sender, timestamp }) => {
    tellReaction(msgId, reactionText, sender, timestamp);
  });
  wpp('on')('chat.msg_edited', ({ msg }) => tellEdit(msg));
  wpp('on')('chat.msg_revoke', ({ refId }) => tellRevoked(refId, Date.now()));
  wpp('on')('chat.poll_response', ({ msgId, selectedOptions, sender, timestamp }) => {
    tellVote(msgId, selectedOptions, sender, timestamp);
  });
}

/** A deletion that came in another way than as a message of its own: by a group's admin, by our other device. */
export function watchRevokedTypes() {
  wpp('MsgStore').on('change:type', (/** @type {MsgModel} */ message) => {
    if (message.type === 'revoked') tellRevoked(revokedKey(message), Date.now());
  });
}

/** @param {MsgKey} message @param {string | undefined} emoji @param {Wid | string} sender @param {number} at */
export function tellReaction(message, emoji, sender, at) {
  const by = /** @type {Wid} */ (plain(sender));
  emit({ type: 'reacted', ...named(message), by: person(by), fromMe: isMe(by), emoji: emoji ?? '', at: ms(at) });
}

/** @param {any} message a model or its plain attributes */
export function tellEdit(message) {
  emit({ type: 'edited', ...named(message.id), text: words(message), at: ms(message.latestEditSenderTimestampMs) });
}

/** One deletion shows in several ways. @type {Set<string>} in the order of insertion */
const told = new Set();
const LIMIT = 5_000;

/** @param {MsgKey} key @param {number} at ms */
export function tellRevoked(key, at) {
  const names = named(key);
  const name = `${names.chat} ${names.stanzaId}`;
  if (told.has(name)) return;
  told.add(name);
  if (told.size > LIMIT) told.delete(/** @type {string} */ (told.values().next().value));
  emit({ type: 'revoked', ...names, at });
}

/** What is shown in its place may have an id of its own and name the deleted one. @param {any} message @returns {MsgKey} */
export function revokedKey(message) {
  return message.protocolMessageKey ?? message.id;
}

/** @param {MsgKey} poll @param {any[]} options sparse: by the option's number @param {Wid} sender @param {number} at */
export function tellVote(poll, options, sender, at) {
  const by = /** @type {Wid} */ (plain(sender));
  const chosen = options.filter(Boolean).map((option) => option.name);
  emit({ type: 'voted', ...named(poll), by: person(by), options: chosen, at: ms(at) });
}

/** @param {MsgKey} key */
function named(key) {
  return { chat: outside(/** @type {Wid} */ (plain(key.remote))), stanzaId: key.id };
}

/** WhatsApp counts now in seconds, now in milliseconds. @param {number | undefined} time */
export function ms(time) {
  if (!time) return Date.now();
  return Number(time) < 1e11 ? Number(time) * 1000 : Number(time);
}
