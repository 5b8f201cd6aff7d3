// @ts-check
import { nextRatchet } from '../history.js';
import { MsgKey } from '../msgkey.js';
import { Disconnected, network } from '../network.js';

/** @typedef {import('../protocol.js').WireMessage} WireMessage */

/**
 * Hands the network what changes an earlier message; waits while there is no connection. A page that dies in between forgets it.
 *
 * @param {MsgKey} target
 * @param {{type: string, id?: string, [attribute: string]: unknown}} change
 * @returns {Promise<{key: MsgKey, t: number}>} rejects with `Refused`
 */
export async function submit(target, { id, ...change }) {
  const { fromMe, remote, participant } = target;
  const key = new MsgKey({ fromMe: true, remote, id: id ?? (await MsgKey.newId()) });
  const chat = remote.toString();
  const wire = /** @type {any} */ ({
    ...change,
    id: { id: key.id, fromMe: true, remote: chat },
    target: { id: target.id, fromMe, remote: chat, participant: participant?.toString() },
  });
  for (;;) {
    const ratchet = await nextRatchet(chat);
    await network.untilReady();
    try {
      const { t } = await network.call('send', { chat, msg: wire, ratchet });
      return { key, t };
    } catch (error) {
      if (!(error instanceof Disconnected)) throw error;
    }
  }
}
