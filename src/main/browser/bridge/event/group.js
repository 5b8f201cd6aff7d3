// @ts-check
/**
 * Changes of groups, as the notes that WhatsApp shows in the chat: they have an id, so that one that is told again is known. A change of members
 * that WhatsApp shows no note of is told as wa-js tells it, which is only while the page is fully loaded.
 */
import { outside, person, plain } from '../address.js';
import { emit } from '../emit.js';
import { wpp } from '../wpp.js';

/**
 * @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid
 * @typedef {{ noteId?: string, group: string, action: string, people: Wid[], by?: Wid, value?: string, at: number }} Change
 */

/** @type {Record<string, string>} */
const ACTIONS = { join: 'add', invite: 'add', linked_group_join: 'add', leaver: 'leave' };

/** How long wa-js' word of a change waits for the note of the same; which of them comes first is WhatsApp's affair. */
const NOTE_MS = 2_000;

/** When a note last told what became of somebody. @type {Map<string, number>} in the order of insertion */
const noted = new Map();
const LIMIT = 5_000;

export function watchGroups() {
  wpp('on')('group.participant_changed', ({ groupId, action, participants, author }) => {
    const people = participants.map(plain).filter((wid) => wid !== undefined);
    const change = { group: groupId, action: ACTIONS[action] ?? action, people, by: plain(author), at: Date.now() };
    setTimeout(() => tellUnnoted(change), NOTE_MS);
  });
  wpp('on')('chat.new_message', (/** @type {any} */ message) => {
    if (isGroupNote(message)) tellNote(message);
  });
}

/** @param {{ type?: string, subtype?: string }} message a model or its plain attributes */
export function isGroupNote({ type, subtype }) {
  return type === 'gp2' && Boolean(subtype);
}

/** @param {any} note a model or its plain attributes */
export function tellNote(note) {
  const group = note.id.remote.toString();
  const action = ACTIONS[note.subtype] ?? note.subtype;
  const people = (note.recipients ?? []).map(plain).filter(Boolean);
  for (const one of people) remember(word(group, action, one));
  tell({ noteId: note.id.id, group, action, people, by: plain(note.author), value: value(note), at: Number(note.t) * 1000 });
}

/** @param {Change} change */
function tellUnnoted(change) {
  const since = Date.now() - 2 * NOTE_MS;
  const people = change.people.filter((one) => (noted.get(word(change.group, change.action, one)) ?? 0) < since);
  if (people.length > 0) tell({ ...change, people });
}

/** @param {string} group @param {string} action @param {Wid} who */
function word(group, action, who) {
  return `${group} ${action} ${outside(who)}`;
}

/** @param {string} said */
function remember(said) {
  noted.delete(said);
  noted.set(said, Date.now());
  if (noted.size > LIMIT) noted.delete(/** @type {string} */ (noted.keys().next().value));
}

/** The note of a new description does not say it. @param {any} note @returns {string | undefined} */
function value({ id, subtype, body }) {
  if (subtype !== 'description') return body || undefined;
  return body || wpp('GroupMetadataStore').get(id.remote)?.desc || '';
}

/** @param {Change} change */
function tell({ people, by, ...rest }) {
  emit({ type: 'groupChanged', ...rest, people: people.map(person), by: by && person(by) });
}
