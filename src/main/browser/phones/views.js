/** What a phone's screen shows: its conversations, one conversation, the linked pages. */
import { api } from './api.js';
import { button, el, submitted } from './dom.js';
import { bubble, clock, preview } from './message.js';

/** @import {Codes, Group, Message, Phone} from './api.js' */

const digits = (/** @type {string} */ id) => id.split('@')[0];

/**
 * A line of a list with a round initial.
 *
 * @param {{title: string, note: string, badge?: string, on?: boolean, current?: boolean, onclick: () => void}} item
 */
export function line({ title, note, badge, on, current, onclick }) {
  const children = [
    el('span', { className: 'avatar' }, title.replace(/^(\+?\d|User )*/, '').slice(0, 1).toUpperCase() || title.slice(-2)),
    el('strong', {}, title),
    el('span', badge ? { className: on ? 'badge on' : 'badge' } : {}, badge ?? ''),
    el('small', {}, note),
  ];
  const entry = el('button', { type: 'button', onclick }, ...children);
  if (current) entry.setAttribute('aria-current', 'true');
  return el('li', {}, entry);
}

/**
 * @param {HTMLElement} view @param {string} phone @param {Message[]} messages of one conversation
 * @param {(id: string) => string} nameOf
 */
export function conversation(view, phone, messages, nameOf) {
  view.className = 'view chat';
  view.replaceChildren(...messages.map((message) => bubble(phone, message, nameOf)));
  view.scrollTop = view.scrollHeight;
}

/**
 * @param {HTMLElement} view @param {Message[]} messages of the whole phone
 * @param {Group[]} groups that it is in
 * @param {(id: string) => string} nameOf @param {(peer: string) => void} open
 */
export function conversations(view, messages, groups, nameOf, open) {
  /** @type {Map<string, {last: Message, unread: number}>} */
  const chats = new Map();
  for (const message of messages) {
    const unread = (chats.get(message.peer)?.unread ?? 0) + (message.direction === 'in' && message.status !== 'read' ? 1 : 0);
    chats.set(message.peer, { last: message, unread });
  }
  const lines = [...chats]
    .sort(([, a], [, b]) => b.last.n - a.last.n)
    .map(([peer, { last, unread }]) =>
      line({ title: nameOf(peer), note: preview(last), badge: unread ? String(unread) : clock(last.t), on: unread > 0, onclick: () => open(peer) }),
    );
  const silent = groups
    .filter(({ id }) => !chats.has(id))
    .map(({ id, participants }) => line({ title: nameOf(id), note: `${participants.length} members`, onclick: () => open(id) }));
  const start = el(
    'form',
    { className: 'row', onsubmit: submitted(async (form) => open(new FormData(form).get('peer')?.toString().replace(/\D/g, '') + '@c.us')) },
    el('input', { name: 'peer', placeholder: 'Write to a number …', inputMode: 'tel', required: true, minLength: 5, ariaLabel: 'Number to write to' }),
    el('button', {}, 'Chat'),
  );
  view.className = 'view';
  view.replaceChildren(el('div', { className: 'page' }, el('h3', {}, 'New conversation'), start), el('ul', { className: 'list' }, ...lines, ...silent));
}

/** @param {Phone} phone @param {Codes} codes */
function offers(phone, codes) {
  const own = codes.codes.filter((one) => one.phone === phone.phone);
  return [
    ...codes.refs.map((ref) =>
      el('div', { className: 'code' }, el('code', { title: ref }, ref), button('Scan', '', () => api.scan(phone.phone, ref))),
    ),
    ...own.map(({ code }) =>
      el('div', { className: 'code' }, el('code', { className: 'big' }, code.slice(0, 4) + '-' + code.slice(4)), button('Type', '', () => api.enter(phone.phone, code))),
    ),
  ];
}

/** @param {Phone} phone */
function linked(phone) {
  if (phone.links.length === 0) return [el('p', { className: 'hint' }, 'No page is linked to this phone.')];
  const links = phone.links.map((link) => {
    const waiting = link.pending ? `, ${link.pending} waiting` : '';
    return el('div', { className: 'code' }, el('code', { className: 'big' }, link.id), (link.online ? 'online' : 'away') + waiting);
  });
  return [...links, el('p', {}, button('Unlink all pages', 'danger', () => api.unlink(phone.phone)))];
}

/**
 * The settings keep what is being typed when something changes elsewhere: only their lists are drawn again.
 *
 * @param {HTMLElement} view @param {Phone} phone @param {Codes} codes
 */
export function settings(view, phone, codes) {
  const before = view.querySelector('[data-settings]');
  if (!(before instanceof HTMLElement) || before.dataset.settings !== phone.phone) {
    view.className = 'view';
    view.replaceChildren(settingsPage(phone));
  }
  const now = offers(phone, codes);
  view.querySelector('#offers')?.replaceChildren(
    ...(now.length ? now : [el('p', { className: 'hint' }, 'No page shows a code at the moment.')]),
  );
  view.querySelector('#linked')?.replaceChildren(...linked(phone));
  const auto = view.querySelector('#auto');
  if (auto instanceof HTMLInputElement) auto.checked = phone.auto;
}

/** @param {Phone} phone */
function settingsPage(phone) {
  const auto = el('input', { id: 'auto', type: 'checkbox' });
  auto.onchange = () => void api.put({ phone: phone.phone, auto: /** @type {HTMLInputElement} */ (auto).checked });
  const page = el(
    'div',
    { className: 'page' },
    el('h3', {}, 'Codes being shown now'),
    el('div', { id: 'offers' }),
    el('h3', {}, 'Or enter one'),
    entry('qr', 'Text of a QR code', 'Scan', (text) => api.scan(phone.phone, text)),
    entry('code', 'Pairing code, such as ABCD-1234', 'Link', (text) => api.enter(phone.phone, text)),
    el('h3', {}, 'Linked pages'),
    el('div', { id: 'linked' }),
    el('h3', {}, 'This phone'),
    entry('name', `Name (${phone.name})`, 'Rename', (name) => api.put({ phone: phone.phone, name })),
    el('label', { className: 'switch' }, auto, 'Receives and reads messages by itself'),
    el('p', { className: 'hint' }, `+${phone.phone} · ${digits(phone.lid)} (LID)`),
  );
  page.dataset.settings = phone.phone;
  return page;
}

/** @param {string} name @param {string} hint @param {string} label @param {(text: string) => Promise<unknown>} deed */
function entry(name, hint, label, deed) {
  const input = el('input', { name, placeholder: hint, ariaLabel: hint, autocomplete: 'off', required: true });
  const onsubmit = submitted(async (form) => {
    await deed(String(new FormData(form).get(name)));
    form.reset();
  });
  return el('form', { className: 'row', onsubmit }, input, el('button', { className: 'quiet' }, label));
}
