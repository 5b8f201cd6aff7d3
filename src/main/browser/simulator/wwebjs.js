// @ts-check
/**
 * What only whatsapp-web.js asks for, by name. Comes last: these exports repeat others, and wa-js takes the first that fits.
 */
import { define, module } from './registry.js';
import { chats } from './chats.js';
import { groupMetadata } from './groups/model.js';
import { messages } from './messages.js';
import { toWid } from './wid.js';

/** @typedef {import('./wid.js').WidLike} WidLike */

const later = async () => {};
/** @param {string} name @param {string} [exported] */
const instance = (name, exported = `${name}Collection`) => module(`WAWeb${name}Collection`)[exported];

define('WAWebCollections', {
  Msg: messages,
  Chat: chats,
  Contact: instance('Contact'),
  GroupMetadata: groupMetadata,
  WAWebGroupMetadataCollection: groupMetadata,
  Blocklist: instance('Blocklist'),
  Label: instance('Label'),
  BusinessProfile: instance('BusinessProfile'),
  ProfilePicThumb: instance('ProfilePicThumb'),
  Status: instance('Status'),
  Presence: instance('Presence'),
  Reactions: Object.assign(instance('Reactions'), {
    /** @param {string} key */
    find: async (key) => ({ reactions: (await module('WAWebGetReactions').getReactions(key)).reactions }),
  }),
  PollVote: { getForParent: later },
  WAWebNewsletterCollection: instance('Newsletter', 'default'),
});
define('WAWebSyncGatingUtils', { isPlaceholderMessageResendEnabled: () => false });
define('WAWebNonMessageDataRequestPlaceholderMessageResendUtils', { handlePlaceholderMsgsSeen() {} });
define('WAWebOfflineHandler', { OfflineMessageHandler: { getOfflineDeliveryProgress: () => 100 } });
define('WAWebAdvSignatureApi', { ADV_PREFIX: {} });
define('WAWebCompanionRegClientUtils', { DEVICE_PLATFORM: 'CHROME' });
define('WAWebApiMessageInfoStore', {
  queryMsgInfo: async () => ({ delivery: [], deliveryRemaining: 0, read: [], readRemaining: 0, played: [], playedRemaining: 0 }),
});
define('WAWebContactProfilePicThumbBridge', {
  requestProfilePicFromServer: async () => null,
  profilePicFind: async () => null,
  sendSetPicture: async () => ({ status: 501 }),
  requestDeletePicture: async () => ({ status: 501 }),
});
define('WASmaxGroupsAddParticipantsRPC', {
  /** @param {{participantArgs: {participantJid: string}[], iqTo: WidLike}} what */
  async sendAddParticipantsRPC({ participantArgs, iqTo }) {
    const people = participantArgs.map(({ participantJid }) => ({ phoneNumber: toWid(participantJid) }));
    const { status, participants } = await module('WAWebGroupModifyParticipantsJob').addGroupParticipants(toWid(iqTo), people);
    if (status >= 400) {
      const value = { errorAddParticipantsClientErrors: { value: { code: status } } };
      return { name: 'AddParticipantsResponseClientError', value };
    }
    const addParticipant = participants.map((/** @type {{code: string}} */ { code }) => ({
      addParticipantsParticipantAddedOrNonRegisteredWaUserParticipantErrorLidResponseMixinGroup: {
        value: { addParticipantsParticipantMixins: { name: 'status', value: { error: code === '200' ? undefined : code } } },
      },
    }));
    return { name: 'AddParticipantsResponseSuccess', value: { addParticipant } };
  },
});
