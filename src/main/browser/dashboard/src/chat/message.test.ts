import { describe, expect, it } from 'vitest';
import { changed, further, inOrder, kindOf, ofHistory, rowsOf, tally, type ChatMessage } from './message';

function message(messageId: string, more: Partial<ChatMessage> = {}): ChatMessage {
  const history = {
    id: 1,
    messageId,
    chatId: '628@c.us',
    author: null,
    authorName: null,
    direction: 'outgoing' as const,
    type: 'chat',
    message: 'Hello',
    quotedMessageId: null,
    status: 'pending' as const,
    ack: 'none' as const,
    timestamp: '2026-01-15T08:30:00.000Z',
  };
  return { ...ofHistory(history), ...more };
}
const event = { deviceId: 'd', at: '2026-01-15T08:30:00.000Z', id: 'e', messageId: 'A', chat: '628@c.us' };
const told = { ...event, id: '1' as never, changedAt: event.at };

describe('a message', () => {
  it('has ticks that only rise, whatever order they come in', () => {
    const read = changed(message('A'), { ...told, type: 'message.status', status: 'read', state: 'sent', ack: 3 });
    expect(changed(read, { ...told, type: 'message.status', status: 'sent', state: 'sent', ack: 1 }).status).toBe('read');
    expect(further('read', 'failed')).toBe('read');
    expect(further('pending', 'failed')).toBe('failed');
    expect(further('failed', 'delivered')).toBe('delivered');
    expect(inOrder([message('A', { status: 'read' }), message('A', { status: 'sent' })])).toMatchObject([{ status: 'read' }]);
  });

  it('has one reaction and one vote of each person', () => {
    const reaction = { ...told, type: 'message.reaction' as const, fromMe: false, from: '1@c.us' };
    let now = changed(message('A'), { ...reaction, emoji: '👍' });
    now = changed(now, { ...reaction, emoji: '❤️' });
    now = changed(now, { ...reaction, from: '', fromMe: true, emoji: '❤️' });
    expect(tally(now.reactions)).toEqual([{ emoji: '❤️', count: 2, mine: true }]);
    expect(changed(now, { ...reaction, emoji: '' }).reactions).toHaveLength(1);

    const vote = { ...told, type: 'poll.vote' as const, from: '1@c.us' };
    now = changed(changed(now, { ...vote, options: ['A'] }), { ...vote, options: ['B'] });
    expect(now.votes).toEqual([{ from: '1@c.us', options: ['B'] }]);
    expect(changed(now, { ...vote, options: [] }).votes).toEqual([]);
  });

  it('stands once, in the order of the seconds of WhatsApp', () => {
    const at = (second: string) => `2026-01-15T08:30:${second}Z`;
    const order = inOrder([message('B', { at: at('02.000') }), message('A', { at: at('01.900') }), message('C', { at: at('01.000') }), message('B', { at: at('02.000'), text: 'now' })]);
    expect(order.map((each) => each.messageId)).toEqual(['A', 'C', 'B']);
    expect(order[2]?.text).toBe('now');
  });

  it('is what its type says, and a text where it has words', () => {
    expect([kindOf('ptt', ''), kindOf('multi_vcard', ''), kindOf('list', 'Choose'), kindOf('gp2', ''), kindOf('call_log', '')]).toEqual([
      'voice',
      'contacts',
      'text',
      'notice',
      'notice',
    ]);
  });

  it('begins a day and a run of its writer', () => {
    const rows = rowsOf([
      message('A', { at: '2026-01-14T08:00:00.000Z' }),
      message('B', { at: '2026-01-15T08:00:00.000Z' }),
      message('C', { at: '2026-01-15T08:01:00.000Z' }),
      message('D', { at: '2026-01-15T08:02:00.000Z', outgoing: false }),
    ]);
    expect(rows.map((row) => [row.day !== undefined, row.first])).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [false, true],
    ]);
  });
});
