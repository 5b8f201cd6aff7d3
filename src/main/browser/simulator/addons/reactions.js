// @ts-check
import { define, module } from '../registry.js';
import { account, isMe } from '../account.js';
import { find } from '../history.js';
import { MsgKey } from '../msgkey.js';
import { submit } from './submitting.js';
import { change } from './targets.js';

/**
 * Reactions to messages: of one person the last counts, and an empty one takes it back. A message keeps them as `reactions`.
 *
 * @typedef {import('../wid.js').Wid} Wid
 * @typedef {{from: string, key: string, text: string, t: number}} Reaction
 */

/** @param {MsgKey} target @param {MsgKey} key @param {Wid} from @param {string} text @param {number} t in seconds */
export async function applyReaction(target, key, from, text, t) {
  const row = { id: key, reactionParentKey: target, reactionText: text, reactionTimestamp: t * 1000, from, author: from };
  await module('WAWebAddonReactionTableMode').reactionTableMode.bulkUpsert([{ ...row, orphan: 0, read: false, ack: 1 }]);
  // Through the registry: wa-js makes its event from the call.
  module('WAWebReactionsCollectionUtils').addOrUpdateReactionsModelCollection(
    {
      msgKey: key.toString(), parentMsgKey: target.toString(), reactionText: text, senderUserJid: from.toString(), t,
      timestamp: t * 1000, read: false, orphan: 0, orphanReason: null,
    },
    true,
  );
  const add = (/** @type {Reaction[]} */ before = []) => [
    ...before.filter((one) => one.from !== from.toString()),
    ...(text ? [{ from: from.toString(), key: key.toString(), text, t }] : []),
  ];
  await change(target, (wire) => {
    const reactions = add(/** @type {Reaction[] | undefined} */ (wire.reactions));
    return { reactions, hasReaction: reactions.length > 0 };
  });
}

/** @param {import('../messages.js').Msg} msg @param {string} text */
async function sendReaction(msg, text) {
  const { key, t } = await submit(msg.id, { type: 'reaction', emoji: text });
  const me = msg.id.remote.isGroup() || msg.id.remote.isLid() ? account.lid : account.pn;
  if (me) await applyReaction(msg.id, key, me, text, t);
  return { messageSendResult: 'OK', t };
}

/** @param {string} key */
async function reactionsTo(key) {
  const record = await find(String(key));
  /** @type {Map<string, Record<string, any>[]>} */
  const byEmoji = new Map();
  for (const one of /** @type {Reaction[]} */ (record?.wire.reactions ?? [])) {
    const sender = {
      msgKey: MsgKey.fromString(one.key), parentMsgKey: MsgKey.fromString(String(key)), reactionText: one.text,
      senderUserJid: one.from, timestamp: one.t * 1000, orphan: 0, read: false, isByMe: isMe(one.from),
    };
    byEmoji.set(one.text, [...(byEmoji.get(one.text) ?? []), sender]);
  }
  const reactions = [...byEmoji].map(([emoji, senders]) => {
    const [own] = senders.filter(({ isByMe }) => isByMe);
    return { id: emoji, aggregateEmoji: emoji, hasReactionByMe: !!own, senders, own };
  });
  return { reactionByMe: reactions.find(({ own }) => own)?.own, reactions };
}

define('WAWebSendReactionMsgAction', { sendReactionToMsg: sendReaction });
define('WAWebReactionsCollectionUtils', { addOrUpdateReactionsModelCollection() {} });
define('WAWebAddonReactionTableMode', { reactionTableMode: { bulkUpsert: async () => {} } });
define('WAWebGetReactions', { getReactions: reactionsTo });
