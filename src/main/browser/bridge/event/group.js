// @ts-check
/** Changes of groups: of members as wa-js tells them, of everything else as the notes that WhatsApp shows in the chat. */
import { person, plain } from '../address.js';
import { emit } from '../emit.js';
import { wpp } from '../wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid */

/** Told by `group.participant_changed`. */
const OF_MEMBERS = new Set(['add', 'remove', 'leave', 'promote', 'demote', 'invite', 'join', 'linked_group_join']);

/** @type {Record<string, string>} */
const ACTIONS = { join: 'add', leaver: 'leave' };

export function watchGroups() {
  wpp('on')('group.participant_changed', ({ groupId, action, participants, author }) => {
    const people = participants.map(plain).filter((wid) => wid !== undefined);
    tell(groupId, ACTIONS[action] ?? action, people, plain(author), undefined, Date.now());
  });
  wpp('on')('chat.new_message', (/** @type {any} */ note) => {
    if (note.type !== 'gp2' || !note.subtype || OF_MEMBERS.has(note.subtype)) return;
    const people = (note.recipients ?? []).map(plain).filter(Boolean);
    tell(note.id.remote.toString(), note.subtype, people, plain(note.author), value(note), Number(note.t) * 1000);
  });
}

/** The note of a new description does not say it. @param {any} note @returns {string | undefined} */
function value({ id, subtype, body }) {
  if (subtype !== 'description') return body || undefined;
  return body || wpp('GroupMetadataStore').get(id.remote)?.desc || '';
}

/** @param {string} group @param {string} action @param {Wid[]} people @param {Wid | undefined} by @param {string | undefined} value @param {number} at */
function tell(group, action, people, by, value, at) {
  emit({ type: 'groupChanged', group, action, people: people.map(person), by: by && person(by), value, at });
}
