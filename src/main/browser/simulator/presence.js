// @ts-check
import { define, module } from './registry.js';
import { BaseCollection, Collection } from './collection.js';
import { plainModel, recognisable, withAttributes } from './model.js';
import { network } from './network.js';
import { toWid } from './wid.js';

/** @typedef {import('./wid.js').WidLike} WidLike */
/** @typedef {import('./wid.js').Wid} Wid */
/** @typedef {import('./protocol.js').ChatStateType} ChatStateType */

const Chatstate = plainModel('Chatstate');

class ChatstateCollection extends Collection {
  static model = Chatstate;
}

/**
 * Whether a chat's other side is online, and what it is doing (`chatstate.type`). Client libraries listen to
 * `change:chatstate.type` and expect `hasData` to be true by then.
 *
 * @typedef {object} PresenceAttributes
 * @property {Wid} id
 * @property {InstanceType<typeof Chatstate> & {type?: ChatStateType}} chatstate
 * @property {boolean} isOnline
 * @property {boolean} hasData
 * @property {boolean} isSubscribed
 */
export class Presence extends /** @type {typeof withAttributes<PresenceAttributes>} */ (withAttributes)() {
  static children = ['chatstate'];

  initialize() {
    this.chatstates = new ChatstateCollection(null, { parent: this });
    const chatstate = new Chatstate({ id: this.id, type: undefined, deny: false });
    this.set({ chatstate, isOnline: false, hasData: false, isSubscribed: false }, { silent: true });
  }
  async subscribe() {
    if (this.isSubscribed) return;
    this.isSubscribed = true;
    await module('WAWebContactPresenceBridge').subscribeUserPresence(this.id);
  }
  unsubscribe() {
    this.isSubscribed = false;
  }
  get isGroup() {
    return !!this.id?.isGroup();
  }
  get isUser() {
    return !!this.id?.isUser();
  }
}
recognisable(Presence, 'presence');

/** @extends {BaseCollection<Presence>} */
class PresenceCollectionImpl extends BaseCollection {
  static model = Presence;
}
export const presences = new PresenceCollectionImpl();

network.on('presence', (/** @type {import('./protocol.js').Pushes['presence']} */ push) => {
  const presence = presences.gadd(toWid(push.chat));
  presence.set({ hasData: true, isOnline: push.online });
  if (push.participant) {
    presence.chatstates?.add({ id: toWid(push.participant), type: push.type }, { merge: true });
  }
  presence.chatstate.set({ type: push.type ?? (push.online ? 'available' : 'unavailable'), t: Math.floor(Date.now() / 1000) });
});

// The network forgets with the socket who wanted to know.
network.on('ready', () => {
  for (const { id, isSubscribed } of presences.getModelsArray()) {
    if (isSubscribed) network.tell('subscribe', { id: id.toString() });
  }
});

/** @param {ChatStateType} type */
const tell = (type) => async (/** @type {any} */ chat) => {
  await network.call('chatstate', { chat: String(chat.id ?? chat), type });
};

/** @param {boolean} v */
export const tellAvailable = (v) => network.tell('available', { v });

define('WAWebPresenceModel', { Presence, Chatstate });
// Only the instance: an exported class would shadow it in wa-js.
define('WAWebPresenceCollection', { PresenceCollection: presences });
define('WAWebContactPresenceBridge', {
  subscribeUserPresence: async (/** @type {WidLike} */ id) => network.tell('subscribe', { id: toWid(id).toString() }),
  subscribeGroupPresence: async () => {},
});
define('WAWebChatPresence', {
  markComposing: tell('composing'),
  markPaused: tell('paused'),
  markRecording: tell('recording'),
  sendPresenceAvailable: () => tellAvailable(true),
  sendPresenceUnavailable: () => tellAvailable(false),
  clearPresence() {},
});
define('WAWebChatStateBridge', {
  sendChatStateComposing: tell('composing'),
  sendChatStatePaused: tell('paused'),
  sendChatStateRecording: tell('recording'),
});
define('WAWebPresenceChatAction', {
  sendPresenceAvailable: () => tellAvailable(true),
  sendPresenceUnavailable: () => tellAvailable(false),
});
