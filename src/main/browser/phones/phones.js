/** The simulated phones: a list of them, and the screen of the one that was chosen. The address after # says which, and what of it. */
import { api, listen } from './api.js';
import { $, submitted } from './dom.js';
import { show as showKnobs } from './knobs.js';
import { conversation, conversations, line, settings } from './views.js';

/** @import {Codes, Group, Message, Phone} from './api.js' */

/** @type {Map<string, Phone>} */
const phones = new Map();
/** @type {Map<string, Group>} */
const groups = new Map();
/** @type {Codes} */
let codes = { refs: [], codes: [] };
/** @type {Map<string, Message>} of the chosen phone */
let messages = new Map();
let loaded = '';
/** @type {Map<string, number>} until when (ms) the screen says that somebody is typing */
const typing = new Map();

/** `#phone`, `#phone/links`, `#phone/peer@c.us` or `#phone/group@g.us`. */
const place = () => {
  const [phone = '', part = ''] = location.hash.slice(1).split('/');
  return { phone, links: part === 'links', peer: part.includes('@') ? part : '' };
};
const go = (/** @type {string[]} */ ...parts) => (location.hash = parts.join('/'));
const key = (/** @type {Message} */ message) => message.direction + message.peer + message.id;
const digits = (/** @type {string} */ id) => id.split('@')[0];
const nameOf = (/** @type {string} */ id) => groups.get(id)?.subject ?? phones.get(digits(id))?.name ?? '+' + digits(id);
/** What the control plane calls a chat. */
const chatOf = (/** @type {string} */ peer) => (peer.endsWith('@g.us') ? peer : digits(peer));
/** Who is in a group; the number of a person. */
function about(/** @type {string} */ peer) {
  const group = groups.get(peer);
  return group ? group.participants.map(({ phone }) => nameOf(phone)).join(', ') : '+' + digits(peer);
}

/** One drawing per frame, however much has happened. */
let drawing = 0;
const draw = () => (drawing ||= requestAnimationFrame(() => ((drawing = 0), drawNow())));

function drawNow() {
  const here = place();
  $('phones').replaceChildren(
    ...[...phones.values()].map((phone) =>
      line({
        title: phone.name,
        note: '+' + phone.phone,
        badge: phone.links.length ? (phone.online ? 'linked' : 'away') : '',
        on: phone.online > 0,
        current: phone.phone === here.phone,
        onclick: () => go(phone.phone),
      }),
    ),
  );
  const phone = phones.get(here.phone);
  $('none').hidden = !!phone;
  $('phone').hidden = !phone;
  if (phone) drawScreen(phone, here);
}

/** @param {Phone} phone @param {{links: boolean, peer: string}} here */
function drawScreen(phone, { links, peer }) {
  $('back').hidden = !peer && !links;
  $('link').hidden = !!peer || links;
  $('write').hidden = !peer;
  $('title').textContent = links ? 'Linked pages' : peer ? nameOf(peer) : phone.name;
  const types = (typing.get(peer) ?? 0) > Date.now();
  $('subtitle').textContent = peer ? (types ? 'typing …' : about(peer)) : '+' + phone.phone;
  const all = loaded === phone.phone ? [...messages.values()].sort((a, b) => a.n - b.n) : [];
  if (links) settings($('view'), phone, codes);
  else if (peer) conversation($('view'), phone.phone, all.filter((message) => message.peer === peer), nameOf);
  else if (!$('view').contains(document.activeElement) || document.activeElement?.tagName !== 'INPUT')
    conversations($('view'), all, [...groups.values()].filter(({ participants }) => participants.some((one) => one.phone === phone.phone)), nameOf, (other) =>
      go(phone.phone, other),
    );
}

/** Goes where the address says: loads the phone's messages and reads the conversation that is open. */
async function arrive() {
  const { phone, peer } = place();
  $('view').replaceChildren();
  if (phone && phones.has(phone)) {
    const found = await api.messages(phone);
    messages = new Map(found.map((message) => [key(message), message]));
    loaded = phone;
    if (peer) await api.read(phone, peer);
  }
  draw();
  if (peer) $('write').elements.text.focus();
}

async function load() {
  const state = await api.state();
  phones.clear();
  for (const phone of state.phones) phones.set(phone.phone, phone);
  groups.clear();
  for (const group of state.groups) groups.set(group.id, group);
  codes = state.codes;
  showKnobs($('knobs'), state.knobs);
  $('offline').hidden = true;
  await arrive();
}

listen({
  hello: () => void load(),
  reset: () => void load(),
  error: () => ($('offline').hidden = false),
  phone: (/** @type {Phone} */ phone) => (phones.set(phone.phone, phone), draw()),
  group: (/** @type {Group} */ group) => (groups.set(group.id, group), draw()),
  codes: (/** @type {Codes} */ shown) => ((codes = shown), draw()),
  knobs: (knobs) => showKnobs($('knobs'), knobs),
  message: (/** @type {{phone: string, message: Message}} */ { phone, message }) => {
    const here = place();
    if (phone !== here.phone) return;
    messages.set(key(message), message);
    if (message.direction === 'in') typing.delete(message.peer);
    if (message.peer === here.peer && message.direction === 'in' && message.status !== 'read') void api.read(phone, here.peer);
    draw();
  },
  typing: (/** @type {{from: string, to: string, type: string}} */ { from, to, type }) => {
    if (to !== place().phone) return;
    typing.set(from + '@c.us', type === 'paused' ? 0 : Date.now() + 6000);
    setTimeout(draw, 6100);
    draw();
  },
});

$('add').onsubmit = submitted(async (form) => {
  const phone = await api.put({ phone: String(new FormData(form).get('phone')) });
  form.reset();
  phones.set(phone.phone, phone);
  go(phone.phone);
});
$('write').onsubmit = submitted(async (form) => {
  const { phone, peer } = place();
  const text = String(new FormData(form).get('text'));
  form.reset();
  await api.write(phone, chatOf(peer), text);
});
let told = 0;
$('write').oninput = () => {
  const { phone, peer } = place();
  if (Date.now() - told > 3000) void api.typing(phone, chatOf(peer), 'composing');
  told = Date.now();
};
$('back').onclick = () => go(place().phone);
$('link').onclick = () => go(place().phone, 'links');
window.onhashchange = () => void arrive();
