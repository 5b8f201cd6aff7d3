import type { components } from '@generated/contract';
import type { KurirEvent } from '@/event/feed';
import { phone } from '@/words/format';
import { kindOf, ofHistory, type ChatMessage } from './message';

export type Chat = components['schemas']['Chat'];

/** A chat of the list. */
export interface Conversation {
  /** The person by number where it is known, else by LID; or the group. */
  chatId: string;
  lid: string | null;
  name: string | null;
  isGroup: boolean;
  unread: number;
  lastAt: string | null;
  pinned: boolean;
  last: Pick<ChatMessage, 'messageId' | 'kind' | 'text' | 'outgoing' | 'status' | 'revoked' | 'authorName'> | undefined;
}

export function ofChat(chat: Chat): Conversation {
  return {
    chatId: chat.chatId,
    lid: chat.lid,
    name: chat.name,
    isGroup: chat.isGroup,
    unread: chat.unreadCount,
    lastAt: latest(chat.lastMessageAt, chat.lastMessage?.timestamp ?? null),
    pinned: chat.isPinned,
    last: chat.lastMessage && ofHistory(chat.lastMessage),
  };
}

function latest(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && Date.parse(b) > Date.parse(a)) ? b : a;
}

/** What our own table tells of a day's chats, where WhatsApp cannot be asked for all. */
export function ofDay(chat: components['schemas']['DayChat']): Conversation {
  return {
    chatId: chat.chatId,
    lid: null,
    name: chat.name,
    isGroup: chat.isGroup,
    unread: 0,
    lastAt: chat.lastMessage.timestamp,
    pinned: false,
    last: ofHistory(chat.lastMessage),
  };
}

/** One person, one conversation: the names that an event or a page may use for it. */
export function named(chat: Pick<Conversation, 'chatId' | 'lid'>, name: string): boolean {
  return chat.chatId === name || (chat.lid !== null && chat.lid === name);
}

export function isGroup(chatId: string): boolean {
  return chatId.endsWith('@g.us');
}

export function titleOf(chat: Pick<Conversation, 'chatId' | 'name'>): string {
  if (chat.name !== null && chat.name !== '') {
    return chat.name;
  }
  const [user = ''] = chat.chatId.split('@');
  return chat.chatId.endsWith('@lid') ? `~${user}` : isGroup(chat.chatId) ? user : phone(chat.chatId);
}

/** Each once (a page moves on while the next is read), pinned first, then the newest. */
export function inOrder(chats: readonly Conversation[]): Conversation[] {
  const once = new Map<string, Conversation>();
  for (const chat of chats) {
    const before = once.get(chat.chatId);
    once.set(chat.chatId, before === undefined ? chat : newer(before, chat));
  }
  return [...once.values()].sort((a, b) => Number(b.pinned) - Number(a.pinned) || time(b) - time(a));
}

function newer(a: Conversation, b: Conversation): Conversation {
  return time(b) > time(a) ? b : a;
}

function time(chat: Conversation): number {
  return chat.lastAt === null ? 0 : Date.parse(chat.lastAt);
}

export type ListEvent = KurirEvent<
  'message.received' | 'message.status' | 'message.edited' | 'message.revoked' | 'contact.merged' | 'group.changed'
>;

/** The list after an event; the same array where nothing of it is seen there. */
export function after(chats: Conversation[], event: ListEvent): Conversation[] {
  switch (event.type) {
    case 'message.received':
      return received(chats, event);
    case 'contact.merged':
      return merged(chats, event);
    case 'group.changed':
      return event.action === 'subject' && event.value !== null
        ? replaced(chats, event.groupId, (chat) => ({ ...chat, name: event.value }))
        : chats;
    case 'message.status':
      return ofLast(chats, event.chat, event.messageId, (last) => ({ ...last, status: event.status }));
    case 'message.edited':
      return ofLast(chats, event.chat, event.messageId, (last) => ({ ...last, text: event.message }));
    case 'message.revoked':
      return ofLast(chats, event.chat, event.messageId, (last) => ({ ...last, revoked: true, kind: 'text' }));
  }
}

function received(chats: Conversation[], event: KurirEvent<'message.received'>): Conversation[] {
  const known = chats.find((chat) => named(chat, event.chat));
  const kind = kindOf(event.messageType, event.message);
  if (kind === 'notice') {
    return chats;
  }
  const again = known?.last?.messageId === event.messageId; // it can be read now
  const now: Conversation = {
    ...(known ?? {
      chatId: event.chat,
      lid: null,
      name: !isGroup(event.chat) && !event.fromMe && event.senderName !== '' ? event.senderName : null,
      isGroup: isGroup(event.chat),
      unread: 0,
      pinned: false,
    }),
    lastAt: event.sentAt,
    last: {
      messageId: event.messageId,
      kind,
      text: event.message,
      outgoing: event.fromMe,
      status: event.fromMe ? 'sent' : 'delivered',
      revoked: event.messageType === 'revoked',
      authorName: event.senderName === '' ? null : event.senderName,
    },
  };
  if (event.fromMe) {
    now.unread = 0;
  } else if (!again) {
    now.unread = Math.max(now.unread, 0) + 1;
  }
  return inOrder([now, ...chats.filter((chat) => chat !== known)]);
}

/** What we sent ourselves, which no event tells the words of. */
export function sent(chats: Conversation[], chatId: string, message: ChatMessage): Conversation[] {
  const known = chats.find((chat) => named(chat, chatId));
  if (known !== undefined && time(known) > Date.parse(message.at) && known.last?.messageId !== message.messageId) {
    return chats;
  }
  const now: Conversation = {
    ...(known ?? { chatId, lid: null, name: null, isGroup: isGroup(chatId), pinned: false }),
    unread: 0,
    lastAt: message.at,
    last: message,
  };
  return inOrder([now, ...chats.filter((chat) => chat !== known)]);
}

function merged(chats: Conversation[], event: KurirEvent<'contact.merged'>): Conversation[] {
  const both = chats.filter((chat) => chat.chatId === event.contactId || named(chat, event.lid));
  if (both.length === 0) {
    return chats;
  }
  const kept = both.reduce(newer);
  const one: Conversation = {
    ...kept,
    chatId: event.contactId,
    lid: event.lid,
    name: both.find((chat) => chat.chatId === event.contactId)?.name ?? kept.name,
    pinned: both.some((chat) => chat.pinned),
    unread: both.reduce((sum, chat) => sum + Math.max(chat.unread, 0), 0),
  };
  return inOrder([one, ...chats.filter((chat) => !both.includes(chat))]);
}

function replaced(chats: Conversation[], name: string, change: (chat: Conversation) => Conversation): Conversation[] {
  return chats.map((chat) => (named(chat, name) ? change(chat) : chat));
}

function ofLast(
  chats: Conversation[],
  name: string,
  messageId: string,
  change: (last: NonNullable<Conversation['last']>) => NonNullable<Conversation['last']>,
): Conversation[] {
  return replaced(chats, name, (chat) => (chat.last?.messageId === messageId ? { ...chat, last: change(chat.last) } : chat));
}
