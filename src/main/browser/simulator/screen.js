// @ts-check
/** What a person sees of the page: that it is simulated, how it stands, and the code to scan. */
import { account } from './account.js';
import { chats } from './chats.js';
import { Conn, Socket, Stream } from './connection.js';
import { isLinked } from './login.js';
import { messages } from './messages.js';

/** @type {Record<string, [string, string]>} */
const STATES = {
  UNLAUNCHED: ['wait', 'Starting'],
  OPENING: ['wait', 'Connecting to the simulated network'],
  UNPAIRED: ['wait', 'Waiting for a phone'],
  UNPAIRED_IDLE: ['off', 'The code has expired'],
  PAIRING: ['wait', 'Linking'],
  CONNECTED: ['on', 'Connected'],
  TIMEOUT: ['off', 'Connection lost, trying again'],
  CONFLICT: ['off', 'Opened somewhere else'],
};
/** So many chats are listed. */
const CHATS = 12;

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} name @param {string} text @param {string} [className] */
function node(name, text, className = '') {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

function draw() {
  const [mood, words] = STATES[Socket.state] ?? ['wait', Socket.state];
  element('state').className = mood;
  element('state').textContent = words;
  const linked = isLinked();
  element('link').hidden = linked;
  element('main').hidden = !linked;
  if (!linked) {
    element('code').textContent = Conn.ref ?? '…';
    return;
  }
  element('me').textContent = account.name ?? '';
  element('number').textContent = account.pn ? `+${account.pn.user}` : '';
  const recent = chats.toArray().sort((a, b) => b.t - a.t).slice(0, CHATS);
  element('chats').replaceChildren(...recent.map(row));
}

/** @param {import('./chats.js').Chat} chat */
function row(chat) {
  const last = chat.msgs?.last();
  const item = document.createElement('li');
  const preview = last ? `${last.id.fromMe ? '✓ ' : ''}${last.body ?? last.type}` : '';
  item.append(node('b', chat.formattedTitle ?? chat.id.toString()), node('span', preview));
  if (chat.unreadCount > 0) item.append(node('i', String(chat.unreadCount)));
  return item;
}

let drawing = false;

/** Draws at most four times a second: a burst of messages must not be slowed down by its picture. */
function drawSoon() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    draw();
  }, 250);
}

/** Keeps the picture up to date. */
export function show() {
  for (const source of [Socket, Stream, Conn]) source.on('change', draw);
  messages.on('add', drawSoon);
  chats.on('add change:unreadCount', drawSoon);
  draw();
}
