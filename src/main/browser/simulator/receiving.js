// @ts-check
import { define, module } from './registry.js';
import { applyAddon } from './addons/receiving.js';
import { account, learnLid } from './account.js';
import { contactOf } from './contacts.js';
import { takeNotice } from './groups/state.js';
import { CHANGES, raiseAck, receive, saveContacts } from './history.js';
import { ACK, fromWire, messages, toRecord } from './messages.js';
import { MsgKey } from './msgkey.js';
import { network } from './network.js';
import { toMaybeWid, toWid } from './wid.js';

/**
 * How messages and receipts come in. Messages are stored first, then shown, then confirmed to the network: a page that dies
 * before the confirmation gets them again and drops what it has, one that dies after it has them only in its store.
 *
 * @typedef {import('./wid.js').Wid} Wid
 * @typedef {import('./protocol.js').WireMessage} WireMessage
 * @typedef {import('./protocol.js').Receipt} Receipt
 */

/** @type {Record<string, number>} */
const LEVELS = { sent: ACK.SENT, delivered: ACK.RECEIVED, read: ACK.READ };
/** Stored in one transaction at most. */
const BATCH = 100;

/** @type {WireMessage[]} */
let queue = [];
let open = false;
/** Messages and receipts are taken one after the other. */
let work = Promise.resolve();

/** @param {() => Promise<void>} step */
function inTurn(step) {
  work = work.then(step).catch((error) => console.error('[simulator] receiving failed', error));
}

/** Keeps what is pushed back until {@link release}, as what was pending comes first. */
export function hold() {
  open = false;
  queue = [];
}

/**
 * Takes what `sync` brought, and from now on what is pushed.
 *
 * @param {WireMessage[]} pending
 * @param {Receipt[]} receipts
 */
export function release(pending, receipts) {
  queue.unshift(...pending);
  open = true;
  inTurn(takeAll);
  receipts.forEach(queueReceipt);
}

/** @param {Receipt} receipt */
function queueReceipt(receipt) {
  const { connection } = network;
  inTurn(async () => {
    // Not awaited: the store keeps the order, and a burst of receipts goes into one transaction.
    takeReceipt(receipt)
      // They are confirmed by their number, which only counts on the connection that brought them.
      .then(() => connection === network.connection && confirmReceipt())
      .catch((error) => console.error('[simulator] a receipt was not stored', error));
  });
}

network.on('message', (/** @type {WireMessage} */ wire) => {
  queue.push(wire);
  if (open && queue.length === 1) inTurn(takeAll);
});
network.on('receipt', queueReceipt);

async function takeAll() {
  while (open && queue.length > 0) {
    const batch = queue.splice(0, BATCH);
    const groups = new Map(batch.map(({ id, group }) => [id.id, group]));
    const fresh = await receive(batch.map(({ group: _, ...wire }) => toRecord(wire, wire.id.fromMe ? ACK.SENT : ACK.CLOCK)));
    learnPeople(batch);
    for (const { wire, ack } of fresh) {
      if (CHANGES.has(wire.type)) {
        await applyAddon(wire);
        continue;
      }
      if (wire.type === 'gp2') await takeNotice({ ...wire, group: groups.get(wire.id.id) });
      const attributes = fromWire(wire, { ack, isNewMsg: true, recvFresh: true, invis: false, star: false });
      await module('WAWebHandleSingleMsg').handleSingleMsg(attributes.id.remote, attributes);
    }
    network.tell('got', { ids: batch.map(({ id }) => id.id), receipts: 0 });
    tellDelivered(fresh.map(({ wire }) => wire));
  }
}

/** @param {WireMessage[]} batch */
function learnPeople(batch) {
  /** @type {Map<string, import('./protocol.js').Contact>} */
  const learnt = new Map();
  for (const { lidMap, id, author, from, notifyName } of batch) {
    if (lidMap?.pn) learnLid(lidMap.pn, lidMap.lid);
    if (id.fromMe || !notifyName) continue;
    contactOf(author ?? from, { pushname: notifyName });
    if (!lidMap) continue;
    const { pn, lid } = lidMap;
    learnt.set(lid, { pn, lid, name: contactOf(pn ?? lid).name, pushname: notifyName });
  }
  saveContacts([...learnt.values()]);
}

/** @param {WireMessage[]} fresh */
function tellDelivered(fresh) {
  /** @type {Map<string, {chat: string, ids: string[], author?: string}>} */
  const receipts = new Map();
  for (const { id, author, type } of fresh) {
    if (id.fromMe || type === 'ciphertext' || type === 'gp2' || CHANGES.has(type)) continue;
    const key = `${id.remote}|${author ?? ''}`;
    const receipt = receipts.get(key) ?? { chat: id.remote, ids: [], author };
    receipt.ids.push(id.id);
    receipts.set(key, receipt);
  }
  for (const receipt of receipts.values()) network.tell('receipt', { ...receipt, type: 'delivered' });
}

let confirmed = 0;

/** Confirms one more receipt, together with those that were stored in the same transaction. */
function confirmReceipt() {
  if (confirmed++ > 0) return;
  const { connection } = network;
  setTimeout(() => {
    if (connection === network.connection) network.tell('got', { ids: [], receipts: confirmed });
    confirmed = 0;
  });
}

/** @param {Receipt} receipt @returns {Promise<void>} when it is stored */
async function takeReceipt({ chat, ids, type, participant, all, t }) {
  const from = toWid(chat);
  const plain = type === 'delivered';
  const receipt = {
    type: plain ? '' : type,
    stanzaId: ids[0],
    externalIds: ids,
    from,
    participant: toMaybeWid(participant) ?? null,
    recipient: null,
    ts: t,
    ack: plain ? ACK.RECEIVED : type === 'read' ? ACK.READ : ACK.PLAYED,
    ackString: plain ? 'delivery' : type,
    offline: null,
    biz: null,
    ...(all && { all: LEVELS[all] }),
  };
  // Through the registry: wa-js makes its ack events from the call.
  if (from.isGroup()) await module('WAWebHandleGroupReceipt').handleGroupSimpleReceipt(receipt);
  else await module('WAWebHandleChatReceipt').handleChatSimpleReceipt(receipt);
}

/** @param {{externalIds: string[], from: Wid, ack: number}} receipt */
async function applyReceipt({ externalIds, from, ack }) {
  const keys = externalIds.map((id) => new MsgKey({ fromMe: true, remote: from, id }).toString());
  for (const key of keys) messages.get(key)?.updateAck(ack);
  await Promise.all(keys.map((key) => raiseAck(key, ack)));
  return [];
}

/** A message to a group is as far as its slowest recipient. @param {{externalIds: string[], from: Wid, all?: number}} receipt */
async function applyGroupReceipt({ externalIds, from, all = ACK.SENT }) {
  for (const id of externalIds) {
    const key = new MsgKey({ fromMe: true, remote: from, id, participant: account.lid }).toString();
    messages.get(key)?.updateAck(all);
    await raiseAck(key, all);
  }
  return [];
}

define('WAWebHandleSingleMsg', {
  handleSingleMsg: (/** @type {Wid} */ chat, /** @type {Record<string, any>} */ attributes) =>
    messages.processMultipleMessages(chat, [attributes]),
});
define('WAWebHandleChatReceipt', { handleChatSimpleReceipt: applyReceipt });
define('WAWebHandleGroupReceipt', { handleGroupSimpleReceipt: applyGroupReceipt });
define('WAWebHandleStatusReceipt', { handleStatusSimpleReceipt: async () => [] });
