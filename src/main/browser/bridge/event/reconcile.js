// @ts-check
/**
 * Tells again what may not have arrived: messages, changes of them, notes of groups and confirmations that came before our listeners were there, or that were told to a JVM that
 * died before it stored them. Told twice is harmless (the JVM knows stanza ids, of notes too), lost is not, so it goes back well before the last
 * moment at which the JVM was alive.
 */
import { outside } from '../address.js';
import { emit } from '../emit.js';
import { profile } from '../memory.js';
import { wpp } from '../wpp.js';
import { ms, revokedKey, tellEdit, tellReaction, tellRevoked, tellVote } from './change.js';
import { isGroupNote, tellNote } from './group.js';
import { take } from './message.js';
import { tellPairings } from './paired.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.ChatModel} ChatModel */

const OVERLAP_MS = 120_000;
/** At most so many messages of one chat; older ones are history, not news. */
const PER_CHAT = 200;
/** How old a message may be that somebody still changes, s: WhatsApp allows a deletion for about two days. */
const CHANGEABLE_S = 60 * 3600;

let since = profile.seenUntil;
let first = true;

export async function reconcile() {
  // A profile that we never saw alive was linked in this document: its listeners heard everything.
  const from = Math.max(0, (since || Date.now()) - OVERLAP_MS) / 1000;
  // A change makes no chat newer. Our listeners hear it, so older chats are looked through once in a document.
  const oldest = first ? from - CHANGEABLE_S : from;
  since = Date.now();
  first = false;
  const chats = wpp('ChatStore').getModelsArray().filter((chat) => Number(chat.t ?? 0) >= oldest);
  for (const chat of chats) {
    for (const message of await recent(chat)) {
      if (Number(message.t) >= from) tellAgain(chat, message);
      if (Number(message.t) >= from - CHANGEABLE_S) await tellChanges(message, from * 1000);
    }
  }
  tellPairings();
}

/** @param {ChatModel} chat @param {any} message */
function tellAgain(chat, message) {
  if (isGroupNote(message)) return tellNote(message);
  take(message);
  const ack = Number(message.ack);
  if (message.id.fromMe && ack >= 1) emit({ type: 'acked', chat: outside(chat.id), ids: [message.id.id], ack });
}

/** What happened meanwhile to a message, also to one that is older. @param {any} message @param {number} from ms */
async function tellChanges(message, from) {
  if (message.type === 'revoked') return tellRevoked(revokedKey(message), Date.now());
  if (message.latestEditMsgKey && ms(message.latestEditSenderTimestampMs) >= from) tellEdit(message);
  if (message.hasReaction) await tellReactions(message, from);
  if (message.type === 'poll_creation') await tellVotes(message, from);
}

/** @param {any} message @param {number} from ms */
async function tellReactions(message, from) {
  const found = await wpp('getReactions')(message.id.toString()).catch(() => undefined);
  const senders = (found?.reactions ?? []).flatMap(({ senders }) => /** @type {any[]} */ (senders));
  for (const { reactionText, sender, timestamp } of senders) {
    if (ms(timestamp) >= from) tellReaction(message.id, reactionText, sender, timestamp);
  }
}

/** @param {any} message @param {number} from ms */
async function tellVotes(message, from) {
  const found = await wpp('getVotes')(message.id.toString()).catch(() => undefined);
  for (const { selectedOptions, sender, timestamp } of found?.votes ?? []) {
    if (ms(timestamp) >= from) tellVote(message.id, selectedOptions, sender, timestamp);
  }
}

/** In WhatsApp's order: of what changed twice the last word must be told last. @param {ChatModel} chat @returns {Promise<any[]>} */
async function recent(chat) {
  const held = chat.msgs.getModelsArray();
  const stored = await wpp('getMessages')(chat.id, { count: PER_CHAT }).catch(() => []);
  const known = new Set(held.map((message) => message.id.id));
  const all = [...stored.filter((message) => message.id && !known.has(message.id.id)), ...held];
  return all.sort((one, other) => Number(one.t) - Number(other.t));
}
