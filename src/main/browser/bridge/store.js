// @ts-check
/** Looks messages up in the page's own store: the models in memory, then WhatsApp's IndexedDB. */
import { myLid, names, plain } from './address.js';
import { Refusal } from './refusal.js';
import { wpp } from './wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.MsgModel} MsgModel */
/** @typedef {import('@wppconnect/wa-js').whatsapp.MsgKey} MsgKey */
/** @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid */

/** The keys that a message of ours can have in this chat. @param {Wid} chat @param {string} stanzaId @returns {MsgKey[]} */
export function ownKeys(chat, stanzaId) {
  const Key = wpp('MsgKey');
  if (!chat.isGroup()) return names(chat).map((remote) => new Key({ fromMe: true, remote, id: stanzaId }));
  const me = [myLid(), wpp('myPhone')()].filter(Boolean);
  return me.map((participant) => new Key({ fromMe: true, remote: chat, id: stanzaId, participant }));
}

/** @param {MsgKey[]} keys @returns {MsgModel | undefined} */
export function inMemory(keys) {
  for (const key of keys) {
    const found = wpp('MsgStore').get(key);
    if (found) return found;
  }
  return undefined;
}

/** @param {MsgKey[]} keys @returns {Promise<MsgModel | undefined>} */
export async function anywhere(keys) {
  return inMemory(keys) ?? (await fromDisk(keys)).at(0);
}

/** @param {MsgKey[]} keys @returns {Promise<MsgModel[]>} */
async function fromDisk(keys) {
  if (keys.length === 0) return [];
  const answer = await wpp('MsgStore').getMessagesById(keys);
  return (answer?.messages ?? []).filter(Boolean);
}

/** The message that a reply names, whoever wrote it. @param {import('@wppconnect/wa-js').whatsapp.ChatModel} chat @param {string} stanzaId */
export async function inChat(chat, stanzaId) {
  const held = chat.msgs.getModelsArray().find((message) => message.id.id === stanzaId);
  if (held) return held;
  return anywhere([...ownKeys(chat.id, stanzaId), ...theirKeys(chat, stanzaId)]);
}

/** In a group the author is part of the key, so there is one for each name of each member. @param {import('@wppconnect/wa-js').whatsapp.ChatModel} chat @param {string} id */
function theirKeys(chat, id) {
  const Key = wpp('MsgKey');
  const remote = chat.id;
  if (!remote.isGroup()) return names(remote).map((name) => new Key({ fromMe: false, remote: name, id }));
  const members = chat.groupMetadata?.participants.getModelsArray() ?? [];
  return members
    .flatMap((member) => names(member.id))
    .map((participant) => new Key({ fromMe: false, remote, id, participant }));
}

/**
 * The chat that the JVM names, if the page has it; it may keep it under either name of a person.
 *
 * @param {string} jid @returns {import('@wppconnect/wa-js').whatsapp.ChatModel}
 */
export function chatOf(jid) {
  const wid = plain(jid);
  for (const name of wid ? names(wid) : []) {
    const chat = wpp('ChatStore').get(name);
    if (chat) return chat;
  }
  throw new Refusal('CHAT_NOT_FOUND', `there is no chat with ${jid}`);
}

/**
 * A message of a chat, whoever wrote it.
 *
 * @param {string} jid @param {string} stanzaId @returns {Promise<MsgModel>}
 */
export async function messageOf(jid, stanzaId) {
  const message = await inChat(chatOf(jid), stanzaId);
  if (!message) throw new Refusal('MESSAGE_NOT_FOUND', `${stanzaId} is not in the chat ${jid}`);
  return message;
}

/** How far back a stanza id is recognised that an earlier document submitted. A chat's order is strict, so a repeat is among the last. */
const RECENT = 100;

/** @type {WeakMap<import('@wppconnect/wa-js').whatsapp.ChatModel, Promise<Set<string> | undefined>>} */
const earlier = new WeakMap();

/**
 * The message of ours with this id, if the page holds it. On disk is looked once per chat and document and not once per id: a look queues behind
 * WhatsApp's own writes and costs milliseconds, and what this document submits is in memory.
 *
 * @param {import('@wppconnect/wa-js').whatsapp.ChatModel} chat @param {string} stanzaId
 */
export async function own(chat, stanzaId) {
  const keys = ownKeys(chat.id, stanzaId);
  const found = inMemory(keys);
  if (found) return found;
  const ids = earlier.get(chat) ?? recentIds(chat);
  earlier.set(chat, ids);
  const known = await ids;
  if (known && !known.has(stanzaId)) return inMemory(keys);
  return anywhere(keys);
}

/** Undefined if they cannot be told. @param {import('@wppconnect/wa-js').whatsapp.ChatModel} chat */
async function recentIds(chat) {
  try {
    const messages = await wpp('getMessages')(chat.id, { count: RECENT });
    return new Set(messages.filter((message) => message.id?.fromMe).map((message) => String(message.id?.id)));
  } catch {
    return undefined;
  }
}
