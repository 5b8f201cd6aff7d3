// @ts-check
import { define, module } from '../registry.js';
import { account } from '../account.js';
import { find } from '../history.js';
import { MsgKey } from '../msgkey.js';
import { toWid } from '../wid.js';
import { submit } from './submitting.js';
import { change } from './targets.js';

/**
 * Votes in polls: of one person the last counts. A poll keeps them as `votes`.
 *
 * @typedef {import('../wid.js').Wid} Wid
 * @typedef {{from: string, key: string, options: string[], t: number}} Vote
 * @typedef {{name: string, localId: number}} Option
 */

/** @param {Option[]} options @param {string[]} names */
const idsOf = (options, names) => options.filter(({ name }) => names.includes(name)).map(({ localId }) => localId);

/** @param {MsgKey} poll @param {Vote} vote @param {Option[]} options */
const toData = (poll, vote, options) => ({
  ack: 1,
  msgKey: MsgKey.fromString(vote.key),
  parentMsgKey: poll,
  selectedOptionLocalIds: idsOf(options, vote.options),
  sender: toWid(vote.from),
  senderTimestampMs: vote.t * 1000,
});

/** @param {MsgKey} poll @param {MsgKey} key @param {Wid} from @param {string[]} options @param {number} t in seconds */
export async function applyVote(poll, key, from, options, t) {
  const vote = { from: from.toString(), key: key.toString(), options, t };
  const msg = await change(poll, (wire) => ({
    votes: [...(/** @type {Vote[]} */ (wire.votes ?? [])).filter((one) => one.from !== vote.from), vote],
  }));
  if (!msg) return;
  // Through the registry: wa-js makes its event from the call. It leaves out what is older than the page, to the millisecond.
  const data = { ...toData(poll, vote, msg.get('pollOptions') ?? []), senderTimestampMs: Math.max(t * 1000, Date.now()) };
  await module('WAWebDBUpsertVotes').upsertVotesDb([data]);
}

/** @param {import('../messages.js').Msg} msg @param {Iterable<number>} localIds */
async function sendVote(msg, localIds) {
  const chosen = new Set(localIds);
  const all = /** @type {Option[]} */ (msg.get('pollOptions') ?? []);
  const options = all.filter(({ localId }) => chosen.has(localId)).map(({ name }) => name);
  const { key, t } = await submit(msg.id, { type: 'vote', options });
  const me = msg.id.remote.isGroup() || msg.id.remote.isLid() ? account.lid : account.pn;
  if (me) await applyVote(msg.id, key, me, options, t);
}

/** @param {MsgKey[]} polls */
async function votesIn(polls) {
  const found = await Promise.all(polls.map((poll) => find(poll.toString())));
  return found.flatMap((record, i) =>
    /** @type {Vote[]} */ (record?.wire.votes ?? []).map((vote) =>
      toData(polls[i], vote, /** @type {Option[]} */ (record?.wire.pollOptions ?? [])),
    ),
  );
}

define('WAWebDBUpsertVotes', { upsertVotesDb: async () => {} });
define('WAWebAddonPollVoteTableMode', { pollVoteTableMode: { bulkUpsert: async () => {} } });
define('WAWebPollsGetVotes', { getVotes: votesIn, getVote: async (/** @type {MsgKey} */ poll) => (await votesIn([poll]))[0] });
define('WAWebPollsSendVoteMsgAction', { sendVote });
