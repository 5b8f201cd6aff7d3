import type { components } from '@generated/contract';
import type { KurirEvent } from '@/event/feed';

type Schemas = components['schemas'];
export type HistoryMessage = Schemas['HistoryMessage'];

/** What is done with a message of a chat: how it looks depends on nothing else. */
export type Kind = 'text' | 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker' | 'location' | 'contacts' | 'poll' | 'ciphertext' | 'notice';

/** A message as it is shown, from the history of its chat or from an event. */
export interface ChatMessage {
  /** Our number; null for one that only WhatsApp has, which nothing can be done to. */
  id: number | null;
  messageId: string;
  outgoing: boolean;
  author: string | null;
  authorName: string | null;
  kind: Kind;
  /** WhatsApp's word, which is shown where we know no better. */
  type: string;
  text: string;
  quoted: string | null;
  status: Schemas['MessageStatus'];
  failure: string | null;
  at: string;
  media?: Omit<Schemas['Media'], 'fileName'> & { fileName?: string | null };
  location?: Schemas['Location'];
  contacts?: Schemas['Card'][];
  poll?: Schemas['Poll'];
  edited: boolean;
  revoked: boolean;
  reactions: { from: string; fromMe: boolean; emoji: string }[];
  votes: { from: string; options: string[] }[];
}

/** What changes a message that is there. */
export type ChangeEvent = KurirEvent<
  'message.status' | 'message.media' | 'message.edited' | 'message.revoked' | 'message.reaction' | 'poll.vote'
>;

const KINDS: Record<string, Kind> = {
  chat: 'text',
  text: 'text',
  image: 'image',
  video: 'video',
  gif: 'video',
  ptv: 'video',
  audio: 'audio',
  ptt: 'voice',
  voice: 'voice',
  document: 'document',
  sticker: 'sticker',
  location: 'location',
  vcard: 'contacts',
  multi_vcard: 'contacts',
  contacts: 'contacts',
  poll_creation: 'poll',
  poll: 'poll',
  ciphertext: 'ciphertext',
};

/** From WhatsApp's word or ours; what we do not know but can read is a text. */
export function kindOf(type: string, text: string): Kind {
  return KINDS[type] ?? (text === '' || type.startsWith('gp2') || type === 'e2e_notification' ? 'notice' : 'text');
}

export const FILES: ReadonlySet<Kind> = new Set<Kind>(['image', 'video', 'audio', 'voice', 'document', 'sticker']);

export function ofHistory(message: HistoryMessage): ChatMessage {
  const revoked = message.type === 'revoked' || (message.revokedAt ?? null) !== null;
  return {
    id: message.id,
    messageId: message.messageId,
    outgoing: message.direction === 'outgoing',
    author: message.author,
    authorName: message.authorName,
    kind: revoked ? 'text' : kindOf(message.type, message.message),
    type: message.type,
    text: message.message,
    quoted: message.quotedMessageId,
    status: message.status,
    failure: message.failure ?? null,
    at: message.timestamp,
    media: message.media,
    location: message.location,
    contacts: message.contacts,
    poll: message.poll,
    edited: (message.editedAt ?? null) !== null,
    revoked,
    reactions: (message.reactions ?? []).map(({ from, fromMe, emoji }) => ({ from, fromMe, emoji })),
    votes: (message.votes ?? []).map(({ from, options }) => ({ from, options })),
  };
}

export function ofMessage(message: Schemas['Message']): ChatMessage {
  return {
    ...ofHistory({ ...message, id: message.id, authorName: null, timestamp: message.sentAt ?? message.createdAt }),
    kind: kindOf(message.type, message.message),
  };
}

export function ofEvent(event: KurirEvent<'message.received'>): ChatMessage {
  return {
    id: event.id,
    messageId: event.messageId,
    outgoing: event.fromMe,
    author: event.author,
    authorName: event.senderName === '' ? null : event.senderName,
    kind: kindOf(event.messageType, event.message),
    type: event.messageType,
    text: event.message,
    quoted: event.quotedMessageId,
    status: event.fromMe ? 'sent' : 'delivered',
    failure: null,
    at: event.sentAt,
    media: event.media && { ...event.media, state: 'wanted' },
    location: event.location,
    contacts: event.contacts,
    poll: event.poll,
    edited: false,
    revoked: event.messageType === 'revoked',
    reactions: [],
    votes: [],
  };
}

const STEPS: readonly ChatMessage['status'][] = ['pending', 'sent', 'delivered', 'read'];

/** Ticks only rise; "failed" is the end, unless the server has it after all. */
export function further(now: ChatMessage['status'], told: ChatMessage['status']): ChatMessage['status'] {
  if (now === 'failed' || told === 'failed') {
    return told === 'failed' && STEPS.indexOf(now) > 0 ? now : told;
  }
  return STEPS.indexOf(told) > STEPS.indexOf(now) ? told : now;
}

export function changed(message: ChatMessage, event: ChangeEvent): ChatMessage {
  switch (event.type) {
    case 'message.status':
      return { ...message, status: further(message.status, event.status), failure: event.status === 'failed' ? (event.failure ?? null) : null };
    case 'message.media':
      return { ...message, media: { ...event.media, state: event.mediaState } };
    case 'message.edited':
      return { ...message, text: event.message, edited: true };
    case 'message.revoked':
      return { ...message, revoked: true, kind: 'text', reactions: [] };
    case 'message.reaction': {
      const others = message.reactions.filter((each) => (event.fromMe ? !each.fromMe : each.from !== event.from));
      const { from, fromMe, emoji } = event;
      return { ...message, reactions: emoji === '' ? others : [...others, { from, fromMe, emoji }] };
    }
    case 'poll.vote': {
      const others = message.votes.filter((each) => each.from !== event.from);
      return { ...message, votes: event.options.length === 0 ? others : [...others, { from: event.from, options: event.options }] };
    }
  }
}

/** Each once, by its id, the later told wins over the earlier but ticks stay; by time, and within one second as they were told. */
export function inOrder(messages: readonly ChatMessage[]): ChatMessage[] {
  const byId = new Map<string, ChatMessage>();
  for (const message of messages) {
    const before = byId.get(message.messageId);
    byId.set(message.messageId, before === undefined ? message : { ...message, status: further(before.status, message.status) });
  }
  return [...byId.values()]
    .map((message) => ({ message, second: Math.floor(Date.parse(message.at) / 1000) }))
    .sort((a, b) => a.second - b.second)
    .map(({ message }) => message);
}

/** How often each emoji was given, the most given first. */
export function tally(reactions: ChatMessage['reactions']): { emoji: string; count: number; mine: boolean }[] {
  const counts = new Map<string, { emoji: string; count: number; mine: boolean }>();
  for (const { emoji, fromMe } of reactions) {
    const before = counts.get(emoji) ?? { emoji, count: 0, mine: false };
    counts.set(emoji, { emoji, count: before.count + 1, mine: before.mine || fromMe });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

/** What stands between messages and beside them: a new day above, and whether it goes on from the same writer. */
export interface Row {
  message: ChatMessage;
  day: string | undefined;
  first: boolean;
}

const TOGETHER_MS = 5 * 60_000;

export function rowsOf(messages: readonly ChatMessage[]): Row[] {
  return messages.map((message, i) => {
    const before = messages[i - 1];
    const day = new Date(message.at).toDateString();
    const newDay = before === undefined || new Date(before.at).toDateString() !== day;
    const goesOn =
      !newDay &&
      before.kind !== 'notice' &&
      before.outgoing === message.outgoing &&
      before.author === message.author &&
      Date.parse(message.at) - Date.parse(before.at) < TOGETHER_MS;
    return { message, day: newDay ? message.at : undefined, first: !goesOn };
  });
}
