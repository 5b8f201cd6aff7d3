/**
 * What the page and the simulated network say to each other: JSON text frames on the WebSocket `/ws` of the page's origin.
 *
 *   page → network   {id, op, a}                          an operation of {@link Operations} with its argument
 *   network → page   {re: id, r} | {re: id, err, status}  its answer
 *   network → page   {ev, d}                              a push of {@link Pushes}
 *
 * Ids are texts: `5511…@c.us` a phone number, `1…@lid` an account, `1203…@g.us` a group. Times `t` are seconds since the
 * epoch. In LID mode ({@link Config.lidChats}) 1:1 chats are addressed by LID everywhere: chat ids, `from`, `to`, `remote`,
 * receipts.
 *
 * Life of a socket: `hello` first. Without a token, or with one that is no longer linked, the network pushes `ref` after
 * `ref` until `ref_idle` and, once somebody scanned, `paired`. With a linked token the page calls `sync` and is then
 * online. What `sync` brought, and every pushed `message`, the page confirms by `got` when it is stored; what is not
 * confirmed the network keeps and brings again.
 */

export interface Account {
  pn: string;
  lid: string;
  name: string;
  platform?: string;
}

export interface Contact {
  /** Unknown of who hides it. */
  pn?: string;
  lid: string;
  name?: string;
  pushname?: string;
}

/** A group as a member sees it; once the page is no member any more, as it was when the page left. */
export interface Group {
  id: string;
  subject: string;
  description: string;
  /** The LID of who made it. */
  owner: string;
  creation: number;
  participants: Participant[];
}

export interface Participant extends Contact {
  admin: boolean;
  /** Made the group; stays an admin. */
  owner: boolean;
}

export interface Config {
  /** From MAIN to `Socket.hasSynced` and the delivery of what was pending, in ms; client libraries attach in between. */
  syncDelayMs?: number;
  /** 1:1 chats are addressed by LID instead of by phone number. */
  lidChats?: boolean;
  /** On logout the state becomes UNPAIRED before the page reloads; unknown which of both the real page does. */
  unpairBeforeReload?: boolean;
}

export interface WireKey {
  /** The stanza id: the same at sender and recipient. */
  id: string;
  fromMe: boolean;
  remote: string;
  participant?: string;
}

/** A message as it travels and as the page stores it: the attributes of the message's model, ids as text. */
export interface WireMessage {
  id: WireKey;
  type: string;
  body?: string;
  t: number;
  from: string;
  to: string;
  author?: string;
  notifyName?: string;
  quotedMsg?: Record<string, unknown>;
  quotedStanzaID?: string;
  quotedParticipant?: string;
  mentionedJidList?: string[];
  isForwarded?: boolean;
  /** Both ids of the sender, for the page's map between them. */
  lidMap?: { pn?: string; lid: string };
  /** Of a notice (type `gp2`): the group as it is after the change that `subtype` names, and whom it concerns, by LID. */
  group?: Group;
  subtype?: string;
  recipients?: string[];
  /** Of what changes an earlier message (types `reaction`, `edit`, `revoke`, `vote`): that message. */
  target?: WireKey;
  /** Of a `reaction`; empty takes it back. */
  emoji?: string;
  /** Of a `vote`: the names of the options. */
  options?: string[];
  /** Position in the sender's chain of messages to this account; strictly rising per peer. */
  ratchet?: number;
  [attribute: string]: unknown;
}

export type ReceiptType = 'delivered' | 'read' | 'played';
export type ChatStateType = 'composing' | 'paused' | 'recording';

export interface Receipt {
  chat: string;
  /** Stanza ids. */
  ids: string[];
  type: ReceiptType;
  /** In groups: who. */
  participant?: string;
  /** In groups: what all have reached with that. */
  all?: 'sent' | 'delivered' | 'read';
  t: number;
}

/** What became of one member: 200, 403, 404, 406, 409. */
export interface MemberResult {
  id: string;
  status: number;
}

export interface SyncResult {
  /** The whole address book of the phone, and whose number it was told. */
  contacts: Contact[];
  groups: Group[];
  pending: WireMessage[];
  receipts: Receipt[];
  /** Only after linking: what the phone gives of its memory, oldest first. */
  history: WireMessage[];
}

export interface Operations {
  /** No `me` in the answer although a token was given: the link was removed. */
  hello: { a: { token: string | null }; r: { me?: Account; cfg: Config } };
  refreshRef: { a: {}; r: unknown };
  linkcode: { a: { phone: string }; r: { code: string } };
  sync: { a: {}; r: SyncResult };
  /** The messages with these stanza ids, the first so many receipts of `sync`, and its history, are stored. */
  got: { a: { ids: string[]; receipts: number; history?: boolean }; r: unknown };
  /** Messages of a chat before the one with this stanza id, oldest first, as the phone has them. */
  history: { a: { chat: string; before?: string; count: number }; r: { messages: WireMessage[] } };
  /** `ratchet` rises strictly per chat. Refused with a status when the network cannot take it. */
  send: { a: { chat: string; msg: WireMessage; ratchet: number }; r: { t: number; count: number } };
  receipt: { a: { chat: string; ids: string[]; type: 'delivered' | 'read'; author?: string }; r: unknown };
  exists: { a: { id: string }; r: { pn?: string; lid: string; name?: string; biz?: boolean } | null };
  subscribe: { a: { id: string }; r: unknown };
  available: { a: { v: boolean }; r: unknown };
  chatstate: { a: { chat: string; type: ChatStateType }; r: unknown };
  logout: { a: {}; r: unknown };
  groupCreate: { a: { subject: string; participants: string[] }; r: { group: Group; results: MemberResult[] } };
  groupInfo: { a: { gid: string }; r: { group: Group } };
  groups: { a: {}; r: { groups: Group[] } };
  groupModify: {
    a: { gid: string; action: 'add' | 'remove' | 'promote' | 'demote'; participants: string[] };
    r: { results: MemberResult[] };
  };
  groupSubject: { a: { gid: string; text: string }; r: unknown };
  groupDescription: { a: { gid: string; text: string }; r: unknown };
  groupLeave: { a: { gid: string }; r: unknown };
  groupInvite: { a: { gid: string; reset: boolean }; r: { code: string } };
  groupOfCode: { a: { code: string }; r: { group: Group } };
  groupJoin: { a: { code: string }; r: { group: Group } };
}

export interface Pushes {
  ref: { ref: string; ttl: number };
  ref_idle: {};
  paired: { token: string; me: Account };
  message: WireMessage;
  receipt: Receipt;
  presence: { chat: string; participant?: string; type?: ChatStateType; online: boolean };
  logout: { reason?: string };
  /** Another socket of the same link took over. */
  replaced: {};
  /** The address book of the phone has changed: all of it. */
  contacts: { contacts: Contact[] };
  /** Somebody who was known by LID alone has told their number. */
  pairing: { pn: string; lid: string };
  /** Fault injection: the page's main thread stands still for `ms`. */
  freeze: { ms: number };
}
