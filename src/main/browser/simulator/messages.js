// @ts-check
import { define, module } from './registry.js';
import { BaseCollection } from './collection.js';
import { EventEmitter } from './emitter.js';
import { recognisable, withAttributes } from './model.js';
import { account, isMe } from './account.js';
import { contactOf, nameOf } from './contacts.js';
import { find, nextOrder } from './history.js';
import { mediaOf } from './media/model.js';
import { MsgKey } from './msgkey.js';
import { toWid } from './wid.js';

/**
 * @typedef {import('./wid.js').Wid} Wid
 * @typedef {import('./protocol.js').WireMessage} WireMessage
 * @typedef {import('./store.js').MessageRecord} MessageRecord
 *
 * @typedef {object} MessageAttributes
 * @property {MsgKey} id
 * @property {string} type
 * @property {string} [body]
 * @property {number} t
 * @property {Wid} from
 * @property {Wid} to
 * @property {Wid} [author]
 * @property {number} ack
 * @property {boolean} isNewMsg
 * @property {import('./media/model.js').MediaData} mediaData only of a message with a file
 * @property {import('./media/cache.js').MediaObject} [mediaObject] no attribute, a plain property
 * @property {string} [caption]
 * @property {Record<string, any>} [quotedMsg]
 * @property {string} [quotedStanzaID] must be undefined when the message is no reply
 * @property {Wid} [quotedParticipant]
 * @property {Wid} [quotedRemoteJid]
 * @property {Wid[]} [mentionedJidList]
 */

/** How far a message got, as WhatsApp counts. */
export const ACK = {
  MD_DOWNGRADE: -7, INACTIVE: -6, CONTENT_UNUPLOADABLE: -5, CONTENT_TOO_BIG: -4, CONTENT_GONE: -3, EXPIRED: -2, FAILED: -1,
  CLOCK: 0, SENT: 1, RECEIVED: 2, READ: 3, PLAYED: 4,
};

const MEDIA = new Set(['image', 'video', 'document', 'audio', 'ptt', 'sticker', 'ptv']);
const NOTIFICATIONS = new Set(['gp2', 'notification_template', 'e2e_notification']);
/** What a quote takes along of the message it quotes. */
const QUOTED = ['type', 'body', 'caption', 'mimetype', 'filename', 'directPath', 'filehash', 'encFilehash', 'mediaKey', 'size', 'width', 'height'];

export class Msg extends /** @type {typeof withAttributes<MessageAttributes>} */ (withAttributes)() {
  static defaults = () => ({ ack: 0, star: false, isNewMsg: false, isForwarded: false, invis: false, labels: [] });
  static children = ['mediaData'];

  initialize() {
    if (!this.id || !this.isMedia || this.mediaData) return;
    const mediaData = mediaOf(this);
    this.set({ mediaData }, { silent: true });
    const object = module('WAWebMediaStorage').getOrCreateMediaObject(mediaData.filehash ?? this.id.id);
    this.mediaObject = Object.assign(object, { type: this.type.toUpperCase() });
  }

  // Getters answer undefined without an id: wa-js evaluates them on the prototype.
  get sender() {
    return this.id && (this.id.fromMe ? account.pn : this.author ?? this.from);
  }
  get senderObj() {
    return this.sender && contactOf(this.sender);
  }
  get isSentByMe() {
    return !!this.id?.fromMe;
  }
  get isStatusV3() {
    return !!this.id?.remote.isStatus();
  }
  get isMedia() {
    return MEDIA.has(this.type);
  }
  get isNotification() {
    return NOTIFICATIONS.has(this.type);
  }
  get isFailed() {
    return this.ack < 0;
  }
  get isEphemeral() {
    return false;
  }
  get isUnsentMedia() {
    return false;
  }
  get rtl() {
    return false;
  }
  safe() {
    return this;
  }
  unsafe() {
    return this;
  }
  getCollection() {
    return messages;
  }
  avParams() {
    return {};
  }
  async downloadMedia() {
    await module('WAWebDownloadManager').fetchFile(this);
  }
  isDownloadable() {
    return this.isMedia;
  }
  displayName() {
    return this.sender && nameOf(this.sender);
  }

  /** An ack only rises, but a failure always counts. @param {number} ack */
  updateAck(ack) {
    if (ack > this.ack || ack < 0) this.ack = ack;
  }

  /** What a reply to this message carries of it. */
  msgContextInfo() {
    const { remote, fromMe, id } = this.id;
    const own = remote.isUser() && !remote.isLid() ? account.pn : account.lid;
    return {
      quotedMsg: Object.fromEntries(QUOTED.map((name) => [name, this.get(name)]).filter(([, value]) => value !== undefined)),
      quotedStanzaID: id,
      quotedParticipant: fromMe ? own : this.author ?? this.from,
      ...(remote.isGroup() && { quotedRemoteJid: remote }),
    };
  }
}
recognisable(Msg, 'msg');

/** @extends {BaseCollection<Msg>} */
class MsgCollectionImpl extends BaseCollection {
  static model = Msg;

  /** Where received messages enter; wa-js replaces it. @param {Wid | string} chatId @param {Record<string, any>[]} attributes */
  async processMultipleMessages(chatId, attributes) {
    const shown = attributes.filter(({ type }) => type !== 'protocol');
    return module('WAWebChatCollection').ChatCollection.gadd(toWid(chatId)).addMessages(shown);
  }

  /** From memory, else from the store. @param {(MsgKey | string)[]} keys @returns {Promise<{messages: Msg[]}>} */
  async getMessagesById(keys) {
    const found = await Promise.all(keys.map((key) => loadMessage(String(key))));
    return { messages: found.filter((message) => message !== undefined) };
  }
  hasSynced() {
    return true;
  }
}
export const messages = new MsgCollectionImpl();

/** @param {string} key @returns {Promise<Msg | undefined>} */
export async function loadMessage(key) {
  const present = messages.get(key);
  if (present) return present;
  const record = await find(key);
  return record && messages.get(key) || (record && new Msg(fromRecord(record)));
}

/** Not stored and not sent: they belong to this page's life, or to the place where the message is. */
const LOCAL = new Set(['id', 'local', 'self', 'isNewMsg', 'recvFresh', 'star', 'labels', 'invis', 'ack', 'mediaData', 'lidMap', 'ratchet']);

/** @param {Msg} msg @returns {WireMessage} */
export function toWire(msg) {
  const { id, fromMe, remote, participant } = msg.id;
  /** @type {Record<string, any>} */
  const wire = { id: { id, fromMe, remote: remote.toString(), participant: participant?.toString() } };
  for (const [name, value] of Object.entries(msg.attributes)) {
    if (!LOCAL.has(name) && value !== undefined && !(value instanceof EventEmitter)) wire[name] = plain(value);
  }
  return /** @type {WireMessage} */ (wire);
}

/** Ids and keys as text, bytes as `{$b: […]}`. @param {any} value @returns {any} */
function plain(value) {
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  if (value._serialized) return value._serialized;
  if (value instanceof Uint8Array) return { $b: [...value] };
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

const IDS = ['from', 'to', 'author', 'quotedParticipant', 'quotedRemoteJid'];
const KEYS = ['latestEditMsgKey'];
const ID_LISTS = ['mentionedJidList', 'recipients'];

/** The attributes of a message's model. @param {WireMessage} wire @param {Record<string, any>} more @returns {Record<string, any>} */
export function fromWire(wire, more) {
  const { lidMap: _, ratchet: __, ...rest } = wire;
  /** @type {Record<string, any>} */
  const attributes = { ...rest, ...more, id: new MsgKey(wire.id), self: wire.id.fromMe ? 'out' : 'in' };
  for (const name of IDS) if (attributes[name]) attributes[name] = toWid(attributes[name]);
  for (const name of KEYS) if (attributes[name]) attributes[name] = MsgKey.fromString(attributes[name]);
  for (const name of ID_LISTS) if (attributes[name]) attributes[name] = attributes[name].map(toWid);
  for (const [name, value] of Object.entries(attributes)) if (value?.$b) attributes[name] = new Uint8Array(value.$b);
  return attributes;
}

/** The attributes of a message of the history. @param {MessageRecord} record */
export const fromRecord = (record) => fromWire(record.wire, { ack: record.ack, isNewMsg: false });

/** A wire message as it is to be stored. @param {WireMessage} wire @param {number} ack @returns {MessageRecord} */
export function toRecord(wire, ack) {
  return { key: new MsgKey(wire.id).toString(), chat: toWid(wire.id.remote).toString(), order: nextOrder(), ack, wire };
}

/** The message that another one quotes: the real one if it is in memory, else built from the quote. @param {Msg} msg */
function quotedMessage(msg) {
  if (!msg.quotedStanzaID || !msg.quotedParticipant) return null;
  const fromMe = isMe(msg.quotedParticipant);
  const remote = msg.quotedRemoteJid ?? msg.id.remote;
  const participant = remote.isGroup() ? msg.quotedParticipant : undefined;
  const id = new MsgKey({ fromMe, remote, id: msg.quotedStanzaID, participant });
  const from = fromMe ? account.pn : msg.quotedParticipant;
  return messages.get(id) ?? new Msg({ ...msg.quotedMsg, id, from, to: fromMe ? remote : account.pn });
}

define('WAWebMsgModel', { Msg });
define('WAWebMsgCollection', { MsgCollection: messages });
define('WAWebQuotedMsgModelUtils', { getQuotedMsgObj: quotedMessage });
define('WAWebMsgDataFromModel', { msgDataFromMsgModel: (/** @type {Msg} */ msg) => msg.serialize() });
define('WAWebAck', {
  ACK,
  ACK_STRING: { SENDER: 'sender', DELIVERY: 'delivery', READ: 'read', PLAYED: 'played' },
  EDIT_ATTR: {},
});
define('WAWebMsgType', {
  MSG_TYPE: {
    CHAT: 'chat', IMAGE: 'image', VIDEO: 'video', AUDIO: 'audio', PTT: 'ptt', DOCUMENT: 'document', STICKER: 'sticker',
    LOCATION: 'location', VCARD: 'vcard', REVOKED: 'revoked', CALL_LOG: 'call_log', PROTOCOL: 'protocol', GP2: 'gp2',
    CIPHERTEXT: 'ciphertext',
  },
  SYSTEM_MESSAGE_TYPES: {},
});
define('WAWebMsgReply', {
  canReplyMsg: (/** @type {Msg} */ msg) => msg.type !== 'revoked' && !(msg.id.fromMe && msg.ack === ACK.CLOCK),
});
/** @param {Msg} msg */
const ownText = (msg) => msg.id.fromMe && msg.type === 'chat';
define('WAWebMsgActionCapability', {
  canReplyMsg: () => true,
  canEditText: ownText,
  canEditMsg: ownText,
  canEditCaption: (/** @type {Msg} */ msg) => msg.id.fromMe,
  canSenderRevokeMsg: (/** @type {Msg} */ msg) => msg.id.fromMe,
  canAdminRevokeMsg: (/** @type {Msg} */ msg) => !!module('WAWebChatCollection').ChatCollection.get(msg.id.remote)?.iAmAdmin(),
  canStarMsg: () => true,
});
