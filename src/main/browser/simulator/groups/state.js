// @ts-check
import { define, module } from '../registry.js';
import { learnLid } from '../account.js';
import { chats } from '../chats.js';
import { contactOf } from '../contacts.js';
import { saveGroup } from '../history.js';
import { toWid } from '../wid.js';
import { groupMetadata } from './model.js';

/**
 * Groups as the network tells them: after the start, when the page asks, and with each notice of a change.
 *
 * @typedef {import('../protocol.js').Group} Group
 * @typedef {import('../protocol.js').WireMessage} WireMessage
 */

/** Which notices are a change of the members, and which one; `join` and `leave` are told by who did it. */
const MEMBER_CHANGES = new Map([
  ['add', 'add'], ['invite', 'add'], ['remove', 'remove'], ['leave', 'remove'], ['promote', 'promote'], ['demote', 'demote'],
]);

/** @param {Group} group */
export function takeGroup(group) {
  const metadata = showGroup(group);
  saveGroup(group);
  metadata.set({ stale: false }); // last: wa-js waits for it
}

/** Fills groups from the store. @param {Group[]} groups */
export function addGroups(groups) {
  for (const group of groups) showGroup(group).set({ stale: false });
}

/** @param {Group} group */
function showGroup({ id, subject, description, owner, creation, participants }) {
  const metadata = groupMetadata.gadd(toWid(id));
  for (const { pn, lid, name } of participants) {
    if (pn) learnLid(pn, lid);
    contactOf(pn ?? lid, { pushname: name });
  }
  const members = metadata.participants;
  const lids = new Set(participants.map(({ lid }) => lid));
  members?.remove(members.filter((one) => !lids.has(one.id.toString())));
  for (const one of participants) {
    members?.add({ id: toWid(one.lid), isAdmin: one.admin, isSuperAdmin: one.owner }, { merge: true });
  }
  metadata.set({ subject, desc: description, owner: toWid(owner), creation, size: participants.length });
  const chat = chats.get(id) ?? chats.add({ id: toWid(id), t: creation });
  chat.set({ name: subject, isReadOnly: !members?.iAmMember() });
  return metadata;
}

/** What a notice says: the group as it is then, and, of members, the change. @param {WireMessage} wire */
export async function takeNotice(wire) {
  if (!wire.group) return;
  takeGroup(wire.group);
  const action = MEMBER_CHANGES.get(wire.subtype ?? '');
  if (!action || !wire.author) return;
  const admins = new Set(wire.group.participants.filter(({ admin }) => admin).map(({ lid }) => lid));
  const participants = (wire.recipients ?? []).map((lid) => ({ id: toWid(lid), isAdmin: admins.has(lid), isSuperAdmin: false }));
  const change = {
    action, actionType: action, participants, isInvite: wire.subtype === 'invite', isLidAddressingMode: true,
    reason: wire.subtype === 'invite' ? 'invite' : '', version: 1, prevVersion: 0,
  };
  const meta = {
    actions: [change], author: toWid(wire.author), chatId: toWid(wire.group.id), externalId: wire.id.id, offline: null,
    pushname: wire.notifyName ?? '', ts: wire.t,
  };
  // Through the registry: wa-js makes its event from the call.
  await module('WAWebGroupDBActions').updateDBForGroupAction(meta, change);
}

groupMetadata.take = takeGroup;

define('WAWebGroupDBActions', { updateDBForGroupAction: async () => {} });
