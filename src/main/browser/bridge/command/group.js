// @ts-check
/** Groups: reading and changing them. What WhatsApp says of each person is a code; 200 is done. */
import { lidOf, outside, plain } from '../address.js';
import { needReady } from '../event/connection.js';
import { adminGroup, describeGroup, groupOf, member, mine } from '../group.js';
import { Refusal } from '../refusal.js';
import { onWhatsApp } from './check-numbers.js';
import { wpp } from '../wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid */
/** @typedef {'ADD' | 'REMOVE' | 'PROMOTE' | 'DEMOTE'} Action */
/** @typedef {{ person: string, code: number, inviteCode?: string }} Change */

const DONE = 200;
const ABSENT = 404;
const ALREADY = 409;

export async function listGroups() {
  needReady();
  const chats = wpp('ChatStore').getModelsArray().filter(({ id }) => id.isGroup());
  const groups = await Promise.all(chats.map(({ id }) => groupOf(id.toString()).catch(() => undefined)));
  return { groups: groups.filter((group) => group !== undefined).map(({ chat, metadata }) => describeGroup(chat, metadata)) };
}

/** @param {{ group: string }} command */
export async function readGroup({ group }) {
  needReady();
  const { chat, metadata } = await groupOf(group);
  return describeGroup(chat, metadata);
}

/** @param {{ subject: string, members: string[] }} command */
export async function createGroup({ subject, members }) {
  needReady();
  const people = await Promise.all(members.map(async (jid) => ({ jid, wid: await found(jid) })));
  const wids = people.map(({ wid }) => wid).filter((wid) => wid !== undefined);
  if (wids.length === 0) throw new Refusal('NOT_ON_WHATSAPP', 'none of the members is on WhatsApp');
  const { gid, participants } = await wpp('createGroup')(subject, wids, /** @type {any} */ (undefined));
  const changes = people.map(({ jid, wid }) => (wid ? result(jid, wid, participants) : { person: jid, code: ABSENT }));
  return { group: gid.toString(), members: changes };
}

/** @param {{ group: string, action: Action, people: string[] }} command */
export async function changeMembers({ group, action, people }) {
  needReady();
  const { chat, metadata } = await adminGroup(group);
  /** @type {Change[]} */
  const changes = [];
  for (const jid of people) {
    const wid = await found(jid);
    const code = wid ? settled(action, member(metadata, wid)) : ABSENT;
    const done = code || !wid ? { person: jid, code: code ?? ABSENT } : await change(chat.id, action, jid, wid);
    changes.push(done);
    if (wid && done.code === DONE) await shown(() => settled(action, member(metadata, wid)) !== undefined);
  }
  return { changes };
}

const LOOK_MS = 20;
const LOOKS = 100;

/** The page learns of a change a little after the server's answer; a question right behind must not be answered from before it. @param {() => boolean} there */
async function shown(there) {
  for (let look = 0; look < LOOKS && !there(); look++) await new Promise((done) => setTimeout(done, LOOK_MS));
}

/** What needs no change. @param {Action} action @param {{ isAdmin: boolean } | undefined} one @returns {number | undefined} */
function settled(action, one) {
  switch (action) {
    case 'ADD':
      return one ? ALREADY : undefined;
    case 'REMOVE':
      return one ? undefined : ABSENT;
    case 'PROMOTE':
      return one ? (one.isAdmin ? ALREADY : undefined) : ABSENT;
    case 'DEMOTE':
      return one ? (one.isAdmin ? undefined : ALREADY) : ABSENT;
  }
}

/** @param {Wid} group @param {Action} action @param {string} jid @param {Wid} wid @returns {Promise<Change>} */
async function change(group, action, jid, wid) {
  switch (action) {
    case 'ADD':
      return result(jid, wid, await wpp('addParticipants')(group, wid));
    case 'REMOVE':
      await wpp('removeParticipants')(group, wid);
      break;
    case 'PROMOTE':
      await wpp('promoteParticipants')(group, wid);
      break;
    case 'DEMOTE':
      await wpp('demoteParticipants')(group, wid);
      break;
  }
  return { person: jid, code: DONE };
}

/** Somebody whom WhatsApp knows. @param {string} jid @returns {Promise<Wid | undefined>} */
async function found(jid) {
  const wid = plain(jid);
  if (!wid?.isUser()) return undefined;
  return wid.isLid() || (await onWhatsApp(wid)) ? wid : undefined;
}

/** WhatsApp may answer with the other name of a person. @param {string} jid @param {Wid} wid @param {Record<string, any>} answers @returns {Change} */
function result(jid, wid, answers) {
  const names = [wid.toString(), lidOf(wid)?.toString(), outside(wid)];
  const name = Object.keys(answers).find((one) => names.includes(one));
  const answer = name === undefined ? undefined : answers[name];
  return { person: jid, code: Number(answer?.code ?? DONE), inviteCode: answer?.invite_code ?? undefined };
}

/** @param {{ group: string }} command */
export async function readInviteLink({ group }) {
  needReady();
  const { chat } = await adminGroup(group);
  const answer = /** @type {any} */ (await wpp('inviteCode')(chat.id));
  return { url: `https://chat.whatsapp.com/${answer?.code ?? answer}` };
}

/** @param {{ group: string }} command */
export async function leaveGroup({ group }) {
  needReady();
  const { chat, metadata } = await groupOf(group);
  if (mine(metadata) === 'none') return {};
  await wpp('leaveGroup')(chat.id);
  await shown(() => mine(metadata) === 'none');
  return {};
}
