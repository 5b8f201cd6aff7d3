// @ts-check
import { account } from '../account.js';
import { messages } from '../messages.js';
import { MsgKey } from '../msgkey.js';
import { toMaybeWid, toWid } from '../wid.js';
import { applyEdit, applyRevoke } from './changes.js';
import { applyVote } from './polls.js';
import { applyReaction } from './reactions.js';

/** @typedef {import('../protocol.js').WireMessage} WireMessage */

/** Does to an earlier message what one that came says. @param {WireMessage} wire */
export async function applyAddon(wire) {
  if (!wire.target) return;
  const target = new MsgKey(wire.target);
  const key = new MsgKey(wire.id);
  const own = target.remote.isGroup() || target.remote.isLid() ? account.lid : account.pn;
  const from = wire.id.fromMe && own ? own : toWid(wire.author ?? wire.from);
  if (wire.type === 'reaction') await applyReaction(target, key, from, wire.emoji ?? '', wire.t);
  else if (wire.type === 'vote') await applyVote(target, key, from, wire.options ?? [], wire.t);
  else if (wire.type === 'edit') await applyEdit(target, new MsgKey({ ...wire.target, id: key.id }), wire.body ?? '', wire.t * 1000);
  else await revoke(wire, target, key);
}

/** @param {WireMessage} wire @param {MsgKey} target @param {MsgKey} key */
async function revoke(wire, target, key) {
  const { participant } = target;
  const bySender = participant ? participant.toString() === wire.author : target.fromMe === wire.id.fromMe;
  // wa-js makes its event from the call; it is no message of its own.
  await messages.processMultipleMessages(target.remote, [
    {
      id: key, type: 'protocol', subtype: bySender ? 'sender_revoke' : 'admin_revoke', protocolMessageKey: target, isNewMsg: true,
      from: toWid(wire.from), to: toWid(wire.to), author: toMaybeWid(wire.author), t: wire.t,
    },
  ]);
  await applyRevoke(target, bySender ? 'sender' : 'admin');
}
