// @ts-check
/** A message of the page as the JVM knows it. */
import { lidOf, outside, plain } from './address.js';
import { outsideOf, renamed } from './mentions.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid */

/** Not messages of people but notes of WhatsApp itself. */
const NOTES = new Set([
  'gp2', 'e2e_notification', 'notification', 'notification_template', 'broadcast_notification', 'protocol', 'debug',
]);

/** WhatsApp's words for what we call by another name. @type {Record<string, string>} */
const KINDS = {
  image: 'image', video: 'video', ptv: 'video', gif: 'video', audio: 'audio', ptt: 'voice', document: 'document', sticker: 'sticker',
};

/** @param {{ type?: string }} message */
export function isNote({ type }) {
  return NOTES.has(String(type));
}

/** @param {any} message a model or its plain attributes */
export function describe(message) {
  const chat = /** @type {Wid} */ (plain(message.id.remote));
  const author = plain(message.author ?? message.id.participant);
  return {
    stanzaId: message.id.id,
    chat: outside(chat),
    chatLid: lidOf(chat)?.toString(),
    author: author && outside(author),
    fromMe: Boolean(message.id.fromMe),
    type: message.type,
    content: content(message),
    mentions: people(message.mentionedJidList),
    senderName: message.notifyName || message.senderObj?.pushname || '',
    quoted: message.quotedStanzaID,
    ack: Math.max(0, Number(message.ack ?? 0)),
    at: Number(message.t) * 1000,
  };
}

/** @param {any[] | undefined} wids @returns {string[]} */
function people(wids) {
  return (wids ?? []).map(plain).filter((wid) => wid !== undefined).map(outside);
}

/** @param {any} message */
function content(message) {
  const kind = KINDS[message.type];
  if (kind) return media(message, kind);
  switch (message.type) {
    case 'chat':
      return { is: 'text', text: words(message) };
    case 'location':
    case 'live_location':
      return location(message);
    case 'vcard':
      return { is: 'contacts', cards: [card(message.body, message.vcardFormattedName)] };
    case 'multi_vcard':
      return { is: 'contacts', cards: (message.vcardList ?? []).map((/** @type {any} */ one) => card(one.vcard, one.displayName)) };
    case 'poll_creation':
      return poll(message);
    default:
      return { is: 'other', type: message.type };
  }
}

/** @param {any} message @param {string} kind */
function media(message, kind) {
  return {
    is: 'media',
    kind,
    mimetype: message.mimetype ?? '',
    fileName: message.filename || undefined,
    size: Number(message.size ?? 0),
    caption: words(message),
  };
}

/** The text, or what the author wrote with a file, with people by number. @param {any} message @returns {string} */
export function words(message) {
  return renamed(message.type === 'chat' ? message.body ?? '' : caption(message), outsideOf(message.mentionedJidList));
}

/** WhatsApp shows a document's name there when there is nothing. @param {any} message @returns {string} */
function caption(message) {
  return message.caption && message.caption !== message.filename ? message.caption : '';
}

/** @param {any} message */
function location(message) {
  const [name = '', ...address] = String(message.loc ?? '').split('\n');
  return { is: 'location', latitude: Number(message.lat), longitude: Number(message.lng), name, address: address.join('\n') };
}

/** @param {string | undefined} vcard @param {string | undefined} name */
function card(vcard = '', name = '') {
  const lines = vcard.split(/\r?\n/);
  const written = lines.find((line) => line.startsWith('FN'))?.replace(/^[^:]*:/, '');
  const phone = lines.find((line) => /^(item\d+\.)?TEL/.test(line)) ?? '';
  const digits = /waid=(\d+)/.exec(phone)?.[1] ?? phone.replace(/^[^:]*:/, '').replace(/\D/g, '');
  return { name: name || written?.replace(/\\([\\;,])/g, '$1') || '', phone: digits };
}

/** @param {any} message */
function poll(message) {
  return {
    is: 'poll',
    question: message.pollName ?? '',
    options: (message.pollOptions ?? []).map((/** @type {any} */ option) => option.name),
    selectable: Number(message.pollSelectableOptionsCount ?? 0),
  };
}
