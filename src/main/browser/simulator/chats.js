// @ts-check
import { define, module } from './registry.js';
import { BaseCollection } from './collection.js';
import { plainModel, recognisable, withAttributes } from './model.js';
import { account, lidOf, phoneNumberOf } from './account.js';
import { contactOf, nameOf } from './contacts.js';
import { around, find, saveChat } from './history.js';
import { fromRecord, messages, Msg } from './messages.js';
import { network } from './network.js';
import { presences } from './presence.js';
import { toMaybeWid, toWid } from './wid.js';
import { groupMetadata } from './groups/model.js';

/**
 * @typedef {import('./wid.js').Wid} Wid
 * @typedef {import('./wid.js').WidLike} WidLike
 * @typedef {import('./msgkey.js').MsgKey} MsgKey
 *
 * @typedef {object} ChatAttributes
 * @property {Wid} id
 * @property {string} [name]
 * @property {number} t time of the last message, in seconds
 * @property {number} unreadCount -1 when marked as unread by hand
 * @property {boolean} active
 * @property {MsgKey} [lastReceivedKey] despite its name the last message of either direction
 * @property {import('./groups/model.js').GroupMetadata} [groupMetadata]
 * @property {number} endOfHistoryTransferType 0: the phone has older messages; 1: it has none
 */

export const Mute = plainModel('Mute');
const MsgLoadState = plainModel('MsgLoadState');

/** @extends {BaseCollection<Msg>} */
class ChatMsgsCollection extends BaseCollection {
  static model = Msg;
  msgLoadState = new MsgLoadState({ noEarlierMsgs: false, isLoadingEarlierMsgs: false, contextLoaded: true });
}

/** Must not define isGroup, isUser or hasUnread: wa-js does. */
export class Chat extends /** @type {typeof withAttributes<ChatAttributes>} */ (withAttributes)() {
  static children = ['groupMetadata', 'mute', 'contact'];
  static defaults = () => ({
    unreadCount: 0, archive: false, isReadOnly: false, active: false, canSend: true, labels: [], t: 0, pin: 0, isLocked: false,
    lastReceivedKey: undefined, pausedTimerId: undefined, endOfHistoryTransferType: 0,
  });

  initialize() {
    this.msgs = new ChatMsgsCollection(null, { parent: this });
    this.promises = {};
    const { id } = this;
    const mute = new Mute({ id, expiration: 0, isMuted: false });
    this.set({ presence: presences.gadd(id), mute, contact: contactOf(id) }, { silent: true });
    if (id.isGroup()) this.set({ groupMetadata: groupMetadata.gadd(id) }, { silent: true });
  }

  get formattedTitle() {
    return this.id && (this.name ?? this.groupMetadata?.subject ?? nameOf(this.id));
  }
  // wa-js sets it along with the name, which is where it comes from.
  set formattedTitle(_title) {}
  get isParentGroup() {
    return false;
  }
  get kind() {
    return this.id && (this.id.isGroup() ? 'group' : 'chat');
  }
  title() {
    return this.formattedTitle;
  }
  iAmAdmin() {
    return !!this.groupMetadata?.participants?.iAmAdmin();
  }
  getAllMsgs() {
    return this.msgs;
  }
  getAllCMCs() {
    return [this.msgs];
  }
  getCollection() {
    return chats;
  }
  getLastReceivedMsg() {
    return this.msgs?.last();
  }
  getParticipantCount() {
    return this.groupMetadata?.participants?.length || 2;
  }
  notifyMsgCollectionMerge() {}
  isTrusted() {
    return true;
  }
  canPin() {
    return true;
  }
  canArchive() {
    return true;
  }
  serialize() {
    const msgs = this.msgs?.map(({ id }) => ({ id }));
    return { ...super.serialize(), msgs, formattedTitle: this.formattedTitle };
  }

  /** Adds messages that came or are about to go, new ones at the end. @param {Record<string, any>[]} attributes @returns {Msg[]} */
  addMessages(attributes) {
    return attributes.map((each) => {
      const present = messages.get(each.id);
      if (present) {
        if (present.type === 'ciphertext') present.set(each); // it came again, readable
        return present;
      }
      const msg = each instanceof Msg ? each : new Msg(each);
      this.msgs?.add(msg);
      const unread = msg.isNewMsg && !msg.id.fromMe && !msg.isNotification ? Math.max(0, this.unreadCount) + 1 : this.unreadCount;
      this.set({ t: msg.t, lastReceivedKey: msg.id, unreadCount: unread });
      this.#save();
      messages.add(msg);
      return msg;
    });
  }

  /** Takes over a message that was there before the page. @param {Msg} msg */
  received(msg) {
    this.set({ t: msg.t, lastReceivedKey: msg.id });
    this.#save();
  }

  #save() {
    saveChat({ id: this.id.toString(), unread: this.unreadCount, t: this.t });
  }

  /** Marks all as read and tells the senders, when there is a connection. */
  async sendSeen() {
    if (this.unreadCount === 0) return;
    const incoming = this.msgs?.filter((msg) => !msg.id.fromMe && !msg.isNotification) ?? [];
    const unread = this.unreadCount > 0 ? incoming.slice(-this.unreadCount) : [];
    this.unreadCount = 0;
    this.#save();
    /** @type {Map<string | undefined, string[]>} */
    const idsByAuthor = new Map();
    for (const { author, id } of unread) {
      const key = author?.toString();
      idsByAuthor.set(key, [...(idsByAuthor.get(key) ?? []), id.id]);
    }
    for (const [author, ids] of idsByAuthor) {
      network.untilReady().then(() => network.tell('receipt', { chat: this.id.toString(), ids, type: 'read', author }));
    }
  }

  markUnread() {
    this.unreadCount = -1;
    this.#save();
  }
}
recognisable(Chat, 'chat');

/** @extends {BaseCollection<Chat>} */
class ChatCollectionImpl extends BaseCollection {
  static model = Chat;
  /** @param {Chat} a @param {Chat} b */
  static comparator = (a, b) => b.t - a.t;

  getActive() {
    return this.findFirst((chat) => chat.active);
  }
  getUnreadCount() {
    return this._models.reduce((sum, { unreadCount }) => sum + Math.max(0, unreadCount), 0);
  }
}
export const chats = new ChatCollectionImpl();

/**
 * Fills chats and messages from the store, silently: none of it is news.
 *
 * @param {import('./history.js').MessageRecord[]} records
 * @param {import('./history.js').ChatRecord[]} known
 */
export function addHistory(records, known) {
  for (const { id, unread, t } of known) chats.add({ id: toWid(id), unreadCount: unread, t });
  for (const record of records) {
    const msg = new Msg(fromRecord(record));
    const chat = chats.gadd(msg.id.remote);
    chat.msgs?.add(msg, { silent: true });
    messages.add(msg, { silent: true });
    chat.set({ t: msg.t, lastReceivedKey: msg.id });
  }
  chats.sort();
}

/**
 * The chat with somebody. The account decides whether 1:1 chats go by LID or by phone number, whichever was asked for.
 *
 * @param {WidLike} wanted
 */
async function findOrCreateLatestChat(wanted) {
  const present = chats.get(wanted);
  if (present) return { chat: present, created: false };
  const id = await addressOf(toWid(wanted));
  const known = chats.get(id);
  return { chat: known ?? chats.add({ id }), created: !known };
}

/** @param {Wid} id */
async function addressOf(id) {
  if (!id.isUser()) return id;
  if (!account.config.lidChats) return phoneNumberOf(id) ?? id;
  if (!lidOf(id)) await module('WAWebQueryExistsJob').queryWidExists(id);
  return lidOf(id) ?? id;
}

/** Stored messages before or after another one. @param {{anchor: MsgKey, count: number, direction?: string}} query */
async function findByDirection({ anchor, count, direction }) {
  const start = await find(String(anchor));
  if (!start) return { messages: [] };
  const found = await around(start.chat, start.order, direction === 'after' ? 'after' : 'before', count);
  return { messages: found.map((record) => messages.get(record.key)?.attributes ?? fromRecord(record)) };
}

/** Loads a message that is not in memory into its chat; wa-js awaits `loadAroundPromise`. @param {{chat: Chat, msgKey: MsgKey}} where */
function getSearchContext({ chat, msgKey }) {
  const collection = new ChatMsgsCollection(null, { parent: chat });
  const load = async () => {
    const record = await find(String(msgKey));
    if (record) collection.add(fromRecord(record));
  };
  return { collection: Object.assign(collection, { loadAroundPromise: load() }), key: msgKey, highlightMsg: true };
}

define('WAWebMuteModel', { Mute });
define('WAWebSuperChatMsgs', { default: Chat });
define('WAWebChatModel', { Chat });
define('WAWebChatCollection', { ChatCollectionImpl, ChatCollection: chats });
define('WAWebChatMsgsCollection', { ChatMsgsCollection });
define('WAWebFindChatAction', {
  findOrCreateLatestChat,
  findExistingChat: async (/** @type {WidLike} */ id) => chats.get(id),
  findChat: async (/** @type {WidLike} */ id) => chats.get(id),
});
define('WAWebDBMessageFindLocal', {
  msgFindByDirection: findByDirection,
  msgFindBefore: (/** @type {any} */ query) => findByDirection({ ...query, direction: 'before' }),
  msgFindAfter: (/** @type {any} */ query) => findByDirection({ ...query, direction: 'after' }),
});
define('WAWebMsgFindMedia', {
  msgFindMedia: async (/** @type {any} */ query) => {
    const found = await findByDirection(query);
    return { messages: found.messages.filter(({ filehash }) => filehash) };
  },
});
define('WAWebMsgFindCallLog', { msgFindCallLog: async () => [] });
define('WAWebChatSearchContext', { getSearchContext });
define('WAWebUpdateUnreadChatAction', {
  // The real one takes `{chat}`; older callers pass the chat itself.
  sendSeen: (/** @type {any} */ what) => (what.chat ?? what).sendSeen(),
  markUnread: async (/** @type {any} */ what) => (what.chat ?? what).markUnread(),
});
define('WAWebGetters', {
  getShouldAppearInList: () => true,
  getPreviewMessage: (/** @type {Chat} */ chat) => chat.msgs?.last(),
  getShowChangeNumberNotification: () => false,
  getShouldShowUnreadDivider: () => false,
  getHasUnread: (/** @type {Chat} */ chat) => chat.unreadCount !== 0,
});
define('WAWebChatGetters', {
  getIsNewsletter: (/** @type {Chat} */ chat) => toMaybeWid(chat.id)?.isNewsletter(),
  getIsBroadcast: (/** @type {Chat} */ chat) => chat.id.isBroadcast(),
  getIsGroup: (/** @type {Chat} */ chat) => chat.id.isGroup(),
  getIsUser: (/** @type {Chat} */ chat) => chat.id.isUser(),
});
