/** One message as a phone shows it. */
import { api } from './api.js';
import { button, el } from './dom.js';

/** @import {Media, Message} from './api.js' */

/** Pictures up to so many bytes are shown at once; others, and other files, when they are asked for. */
const SHOWN = 2_000_000;
/** Pictures that were fetched, by phone and message. @type {Map<string, string>} */
const pictures = new Map();

/** @param {number} t */
export const clock = (t) => new Date(t * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
/** @param {number} bytes */
const size = (bytes) => (bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** What a list of conversations says of a message. @param {Message} message */
export function preview(message) {
  if (message.revoked) return 'deleted';
  if (message.media) return `${message.media.kind} ${message.text}`;
  if (message.location) return 'place';
  if (message.contacts) return `contact ${message.contacts.map(({ name }) => name).join(', ')}`;
  return message.poll ? `poll ${message.poll.name}` : message.text;
}

/** @param {Message} message */
function ticks(message) {
  if (message.direction === 'in') return '';
  return el('span', { className: `ticks ${message.status}`, title: message.status }, message.status === 'sent' ? '✓' : '✓✓');
}

/** @param {string} phone @param {string} id @returns {Promise<string>} an address of the file in this page */
async function fetched(phone, id) {
  const { base64, mimetype } = await api.media(phone, id);
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: mimetype }));
}

/** @param {string} phone @param {string} id */
function picture(phone, id) {
  const image = /** @type {HTMLImageElement} */ (el('img', { alt: 'A picture' }));
  const key = `${phone} ${id}`;
  const known = pictures.get(key);
  if (known) image.src = known;
  else {
    fetched(phone, id).then((url) => {
      pictures.set(key, url);
      image.src = url;
    }, () => image.replaceWith('The picture is gone.'));
  }
  return image;
}

/** @param {string} phone @param {string} id @param {Media} media */
function file(phone, id, media) {
  if ((media.kind === 'image' || media.kind === 'sticker') && media.size <= SHOWN) return picture(phone, id);
  const name = media.fileName ?? media.kind;
  return button(`${name} · ${size(media.size)}`, 'quiet file', async () => {
    el('a', { href: await fetched(phone, id), download: name }).click();
  });
}

/** @param {string} phone @param {Message} message @returns {(Node | string)[]} */
function content(phone, message) {
  if (!message.readable) return ['Waiting for this message. It could not be decrypted.'];
  if (message.revoked) return ['This message was deleted.'];
  const { media, location, contacts, poll } = message;
  const parts = [];
  if (media) parts.push(file(phone, message.id, media));
  if (location) parts.push(el('b', {}, location.name ?? 'Place'), ` ${location.address ?? ''} (${location.latitude}, ${location.longitude})`);
  for (const { name, phone: number } of contacts ?? []) parts.push(el('b', {}, name), ` +${number} `);
  if (poll) {
    const voters = (/** @type {string} */ option) => poll.votes.filter(({ options }) => options.includes(option)).length;
    parts.push(el('b', {}, poll.name), el('ul', {}, ...poll.options.map((option) => el('li', {}, `${option} · ${voters(option)}`))));
  }
  return message.text ? [...parts, message.text] : parts;
}

/**
 * @param {string} phone @param {Message} message
 * @param {(id: string) => string} nameOf
 */
export function bubble(phone, message, nameOf) {
  const off = !message.readable || message.revoked;
  const parts = [];
  if (message.direction === 'in' && message.peer.endsWith('@g.us')) parts.push(el('strong', { className: 'author' }, nameOf(message.author)));
  if (message.quoted && !off) parts.push(el('blockquote', {}, message.quoted.text ?? '…'));
  parts.push(...content(phone, message));
  const footer = el('footer', {}, message.edited ? 'edited ' : '', clock(message.t), ticks(message));
  if (message.shown > 1) footer.prepend(el('span', { className: 'repeat' }, `shown ${message.shown} times`));
  const reactions = (message.reactions ?? []).map(({ from, emoji }) => el('span', { title: nameOf(from) }, emoji));
  if (reactions.length) footer.prepend(el('span', { className: 'reactions' }, ...reactions));
  const classes = ['bubble', message.direction === 'out' ? 'out' : '', off ? 'unreadable' : ''];
  return el('div', { className: classes.join(' '), title: message.id }, ...parts, footer);
}
