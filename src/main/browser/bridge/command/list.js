// @ts-check
/** People and chats that the page knows. */
import { isMe, lidOf, outside, phoneOf } from '../address.js';
import { describe, isNote } from '../describe.js';
import { needReady } from '../event/connection.js';
import { chatOf, messageOf } from '../store.js';
import { wpp } from '../wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.ContactModel} ContactModel */

export async function listContacts() {
  needReady();
  /** WhatsApp keeps a contact for each name of a person. @type {Map<string, ReturnType<typeof contact>>} */
  const contacts = new Map();
  for (const model of wpp('ContactStore').getModelsArray()) {
    if (!model.id.isUser() || isMe(model.id)) continue;
    const name = (phoneOf(model.id) ?? model.id).toString();
    const known = contacts.get(name);
    contacts.set(name, known ? merged(known, contact(model)) : contact(model));
  }
  return { contacts: [...contacts.values()] };
}

/** @param {any} model */
function contact(model) {
  return {
    person: { phone: phoneOf(model.id)?.toString(), lid: lidOf(model.id)?.toString() },
    name: model.name ?? '',
    pushName: model.pushname ?? '',
    saved: Boolean(model.name),
    business: Boolean(model.isBusiness),
  };
}

/** @param {ReturnType<typeof contact>} one @param {ReturnType<typeof contact>} other */
function merged(one, other) {
  return {
    person: one.person,
    name: one.name || other.name,
    pushName: one.pushName || other.pushName,
    saved: one.saved || other.saved,
    business: one.business || other.business,
  };
}

export async function listChats() {
  needReady();
  const chats = wpp('ChatStore').getModelsArray().filter(({ id }) => id.isUser() || id.isGroup());
  return { chats: chats.map(describeChat) };
}

/** @param {any} chat */
function describeChat(chat) {
  return {
    chat: outside(chat.id),
    lid: lidOf(chat.id)?.toString(),
    name: chat.formattedTitle ?? '',
    unread: Math.max(0, Number(chat.unreadCount ?? 0)),
    lastAt: chat.t ? Number(chat.t) * 1000 : undefined,
    archived: Boolean(chat.archive),
    pinned: Boolean(chat.pin),
  };
}

/** Notes of WhatsApp fill a page of its history without being messages. */
const ATTEMPTS = 5;

/** @param {{ chat: string, limit: number, before?: string }} command */
export async function history({ chat, limit, before }) {
  needReady();
  const { id } = chatOf(chat);
  /** @type {any[]} newest last */
  let found = [];
  let anchor = before && (await messageOf(chat, before)).id.toString();
  for (let attempt = 0; attempt < ATTEMPTS && found.length < limit; attempt++) {
    const page = await wpp('getMessages')(id, { count: limit, direction: 'before', id: anchor || undefined });
    const held = page.filter((message) => message.id).sort((one, other) => Number(one.t) - Number(other.t));
    if (held.length === 0) break;
    found = [...held.filter((message) => !isNote(message)), ...found];
    if (held.length < limit) break;
    anchor = held[0].id?.toString();
  }
  return { messages: found.slice(-limit).map(describe) };
}
