import { describe, expect, it } from 'vitest';
import { after, inOrder, sent, titleOf, type Conversation } from './conversation';
import { ofHistory } from './message';

function chat(chatId: string, minute: number, more: Partial<Conversation> = {}): Conversation {
  return { chatId, lid: null, name: null, isGroup: false, unread: 0, lastAt: `2026-01-15T08:${String(minute).padStart(2, '0')}:00.000Z`, pinned: false, last: undefined, ...more };
}

const received = {
  type: 'message.received' as const,
  deviceId: 'd',
  at: '2026-01-15T09:00:00.000Z',
  id: 7 as never,
  messageId: 'M',
  chat: '1@c.us',
  author: null,
  fromMe: false,
  messageType: 'chat',
  message: 'Hello',
  senderName: 'Ana',
  quotedMessageId: null,
  mentions: [],
  sentAt: '2026-01-15T09:00:00+00:00',
};
const merged = { type: 'contact.merged' as const, deviceId: 'd', at: '', contactId: '1@c.us', phone: '1', lid: '9@lid' };
const ids = (chats: Conversation[]) => chats.map((each) => each.chatId);

describe('the list of conversations', () => {
  it('moves a chat to the top by its message, below what is pinned, and counts it', () => {
    const before = [chat('p@g.us', 1, { pinned: true }), chat('2@c.us', 30), chat('1@c.us', 10, { unread: 1 })];
    const now = after(before, received);
    expect(ids(now)).toEqual(['p@g.us', '1@c.us', '2@c.us']);
    expect(now[1]).toMatchObject({ unread: 2, last: { text: 'Hello' } });
    expect(after(now, received)[1]).toMatchObject({ unread: 2 }); // told again, as what can be read now
  });

  it('takes up somebody new with the name that came along, but no notice', () => {
    expect(after([], received)).toMatchObject([{ chatId: '1@c.us', name: 'Ana', unread: 1 }]);
    expect(after([], { ...received, messageType: 'gp2', message: '' })).toEqual([]);
  });

  it('knows one person under both names', () => {
    const now = after([chat('1@c.us', 10, { lid: '9@lid' })], { ...received, chat: '9@lid' });
    expect(now).toMatchObject([{ chatId: '1@c.us', unread: 1 }]);
  });

  it('makes one chat of two when they turn out to be one person', () => {
    const two = [chat('9@lid', 20, { unread: 2 }), chat('1@c.us', 10, { name: 'Ana', unread: 1 })];
    expect(after(two, merged)).toMatchObject([{ chatId: '1@c.us', lid: '9@lid', name: 'Ana', unread: 3, lastAt: two[0]?.lastAt }]);
    expect(after([chat('9@lid', 20)], merged)).toMatchObject([{ chatId: '1@c.us' }]);
    const others = [chat('2@c.us', 1)];
    expect(after(others, merged)).toBe(others);
  });

  it('shows what we sent, unless something newer came', () => {
    const message = { ...ofHistory({ id: 1, messageId: 'S', chatId: '1@c.us', author: null, authorName: null, direction: 'outgoing', type: 'chat', message: 'Hi', quotedMessageId: null, status: 'sent', ack: 'server', timestamp: '2026-01-15T08:20:00.000Z' }) };
    expect(sent([chat('2@c.us', 15), chat('1@c.us', 10, { unread: 3 })], '1@c.us', message)[0]).toMatchObject({ chatId: '1@c.us', unread: 0 });
    const newer = [chat('1@c.us', 40)];
    expect(sent(newer, '1@c.us', message)).toBe(newer);
  });

  it('has each chat once, though the pages overlap', () => {
    expect(ids(inOrder([chat('1@c.us', 1), chat('2@c.us', 2), chat('1@c.us', 3)]))).toEqual(['1@c.us', '2@c.us']);
  });

  it('calls people by name, else by number', () => {
    expect(titleOf({ chatId: '6281234567890@c.us', name: null })).toBe('+6281234567890');
    expect(titleOf({ chatId: '99@lid', name: '' })).toBe('~99');
  });
});
