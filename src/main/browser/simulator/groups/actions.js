// @ts-check
import { define, module } from '../registry.js';
import { phoneNumberOf } from '../account.js';
import { network, Refused } from '../network.js';
import { toWid } from '../wid.js';
import { groupMetadata } from './model.js';
import { takeGroup } from './state.js';

/**
 * What the page does with groups.
 *
 * @typedef {import('../wid.js').Wid} Wid
 * @typedef {import('../wid.js').WidLike} WidLike
 * @typedef {{phoneNumber?: Wid, lid?: Wid, id?: Wid} | Wid} Person
 * @typedef {'add' | 'remove' | 'promote' | 'demote'} Action
 */

/** @param {any} person */
function idOf(person) {
  const id = toWid(person.phoneNumber ?? person.lid ?? person.id ?? person);
  return (phoneNumberOf(id) ?? id).toString();
}

/** @param {{title: string}} options @param {Person[]} people */
async function createGroup({ title }, people) {
  const { group, results } = await network.call('groupCreate', { subject: title, participants: people.map(idOf) });
  takeGroup(group);
  return {
    wid: toWid(group.id), subject: title, ts: group.creation,
    participants: results.map(({ id, status }) => ({
      wid: toWid(id), error: status === 200 ? undefined : status, invite_code: null, invite_code_exp: null,
    })),
  };
}

/** @param {Action} action */
const job = (action) => async (/** @type {WidLike} */ gid, /** @type {Person[]} */ people) => {
  try {
    const { results } = await network.call('groupModify', { gid: toWid(gid).toString(), action, participants: people.map(idOf) });
    const participants = results.map(({ id, status }) => ({
      userWid: toWid(id), code: String(status), invite_code: null, invite_code_exp: null,
    }));
    return { status: 207, participants };
  } catch (error) {
    if (error instanceof Refused) return { status: error.status ?? 500, participants: [] };
    throw error;
  }
};

/** @param {string} name of a job */
const action = (name) => async (/** @type {{id: Wid}} */ chat, /** @type {{id: Wid}[]} */ people) => {
  const { status, participants } = await module('WAWebGroupModifyParticipantsJob')[name](chat.id, people);
  const failed = participants.find((/** @type {{code: string}} */ { code }) => code !== '200');
  if (status >= 400 || failed) throw new Error(`the network answered ${failed?.code ?? status}`);
};

/** @param {WidLike} gid @param {boolean} reset */
async function inviteCode(gid, reset) {
  const { code } = await network.call('groupInvite', { gid: toWid(gid).toString(), reset });
  return code;
}

define('WAWebGroupCreateJob', { createGroup, GroupAlreadyExistsError: class extends Error {} });
define('WAWebGroupModifyParticipantsJob', {
  addGroupParticipants: job('add'),
  removeGroupParticipants: job('remove'),
  promoteGroupParticipants: job('promote'),
  demoteGroupParticipants: job('demote'),
});
define('WAWebModifyParticipantsGroupAction', {
  addParticipants: action('addGroupParticipants'),
  removeParticipants: action('removeGroupParticipants'),
  promoteParticipants: action('promoteGroupParticipants'),
  demoteParticipants: action('demoteGroupParticipants'),
  promoteCommunityParticipants: action('promoteGroupParticipants'),
  demoteCommunityParticipants: action('demoteGroupParticipants'),
});
define('WAWebQueryAllGroups', {
  async queryAllGroups() {
    const { groups } = await network.call('groups', {});
    groups.forEach(takeGroup);
    return groups.map(({ id, subject, participants }) => ({
      id: toWid(id), subject, size: participants.length, participants: participants.map(({ lid }) => toWid(lid)),
    }));
  },
});
define('WAWebGroupModifyInfoJob', {
  setGroupSubject: (/** @type {WidLike} */ gid, /** @type {string} */ text) =>
    network.call('groupSubject', { gid: toWid(gid).toString(), text }),
  setGroupDescription: (/** @type {WidLike} */ gid, /** @type {string} */ text) =>
    network.call('groupDescription', { gid: toWid(gid).toString(), text }),
  setGroupProperty: async () => {
    throw new Error('the simulated network has no settings of groups');
  },
});
define('WAWebGroupQueryJob', {
  queryAndUpdateGroupMetadataById: (/** @type {{id: WidLike}} */ { id }) => groupMetadata.update(toWid(id)),
});
define('WAWebExitGroupAction', {
  sendExitGroup: async (/** @type {{id: Wid}} */ chat) => {
    await network.call('groupLeave', { gid: chat.id.toString() });
  },
});
define('WAWebGroupInviteJob', {
  queryGroupInviteCode: async (/** @type {WidLike} */ gid) => ({ code: await inviteCode(gid, false) }),
  resetGroupInviteCode: async (/** @type {WidLike} */ gid) => ({ code: await inviteCode(gid, true) }),
  async sendQueryGroupInvite(/** @type {string} */ code) {
    const { group } = await network.call('groupOfCode', { code });
    const participants = group.participants.map(({ lid, admin, owner }) => ({ id: toWid(lid), isAdmin: admin, isSuperAdmin: owner }));
    const groupInfo = {
      id: toWid(group.id), subject: group.subject, desc: group.description, owner: toWid(group.owner), creation: group.creation,
      participants, size: participants.length, membershipApprovalMode: false, isLidAddressingMode: true,
    };
    return { groupInfo, status: 200 };
  },
  joinGroupViaInvite: async (/** @type {string} */ code) => {
    const { group } = await network.call('groupJoin', { code });
    takeGroup(group);
    return { gid: toWid(group.id) };
  },
});
define('WAWebMexFetchGroupInviteCodeJob', { fetchMexGroupInviteCode: (/** @type {WidLike} */ gid) => inviteCode(gid, false) });
