// @ts-check
/** Groups as the page knows them. */
import { isMe, names, person, plain } from './address.js';
import { Refusal } from './refusal.js';
import { wpp } from './wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.ChatModel} ChatModel */
/** @typedef {import('@wppconnect/wa-js').whatsapp.GroupMetadataModel} GroupMetadataModel */
/** @typedef {import('@wppconnect/wa-js').whatsapp.ParticipantModel} ParticipantModel */
/** @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid */
/** @typedef {'none' | 'member' | 'admin' | 'super_admin'} Standing */

/** @param {string} jid @returns {Promise<{ chat: ChatModel, metadata: GroupMetadataModel }>} fresh from the server where the page's copy is stale */
export async function groupOf(jid) {
  const wid = plain(jid);
  const chat = wid?.isGroup() ? wpp('ChatStore').get(wid) : undefined;
  const metadata = chat && (await wpp('GroupMetadataStore').find(chat.id).catch(() => undefined));
  if (!chat || !metadata) throw new Refusal('GROUP_NOT_FOUND', `${jid} is not a group of this account`);
  return { chat, metadata };
}

/** The group, if we are in it. @param {string} jid */
export async function ourGroup(jid) {
  const group = await groupOf(jid);
  if (mine(group.metadata) === 'none') throw new Refusal('NOT_A_MEMBER', `this account is not in ${jid}`);
  return group;
}

/** The group, if we are its admin. @param {string} jid */
export async function adminGroup(jid) {
  const group = await ourGroup(jid);
  if (mine(group.metadata) === 'member') throw new Refusal('NOT_GROUP_ADMIN', `this account is not an admin of ${jid}`);
  return group;
}

/** Throws where only the group's rules forbid writing; a chat with a person never does. @param {ChatModel} chat */
export function mayWrite(chat) {
  if (!chat.id.isGroup() || !chat.groupMetadata) return;
  const standing = mine(chat.groupMetadata);
  if (standing === 'none') throw new Refusal('NOT_ALLOWED', 'this account is not in the group');
  if (standing === 'member' && chat.groupMetadata.announce) throw new Refusal('NOT_ALLOWED', 'only admins may write to the group');
}

/** @param {GroupMetadataModel} metadata @returns {Standing} */
export function mine(metadata) {
  const me = metadata.participants.getModelsArray().find(({ id }) => isMe(id));
  return me ? standing(me) : 'none';
}

/** @param {ParticipantModel} participant @returns {Standing} */
export function standing({ isAdmin, isSuperAdmin }) {
  return isSuperAdmin ? 'super_admin' : isAdmin ? 'admin' : 'member';
}

/** Who of the group somebody is, by either name. @param {GroupMetadataModel} metadata @param {Wid} wid */
export function member(metadata, wid) {
  const known = names(wid).map(String);
  return metadata.participants.getModelsArray().find(({ id }) => known.includes(String(plain(id))));
}

/** @param {ChatModel} chat @param {GroupMetadataModel} metadata */
export function describeGroup(chat, metadata) {
  const owner = plain(metadata.owner);
  return {
    id: chat.id.toString(),
    subject: metadata.subject ?? chat.formattedTitle ?? '',
    description: metadata.desc ?? '',
    owner: owner && person(owner),
    createdAt: metadata.creation ? Number(metadata.creation) * 1000 : undefined,
    announce: Boolean(metadata.announce),
    members: metadata.participants.getModelsArray().map((one) => ({
      person: person(/** @type {Wid} */ (plain(one.id))),
      standing: standing(one),
    })),
    mine: mine(metadata),
  };
}
