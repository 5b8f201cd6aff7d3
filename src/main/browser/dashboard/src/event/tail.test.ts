import { describe, expect, it } from 'vitest';
import { ofLog, ofStream, Tail, type Entry } from './tail';

function event(position: number): Entry {
  return ofLog({ id: String(position), type: 'poll.vote', deviceId: 'shop-1', at: '2026-01-15T08:30:00.000Z', seq: position, data: {} });
}

function keys(tail: Tail): string[] {
  return tail.rows().map((row) => row.key);
}

describe('Tail', () => {
  it('shows what arrived above what was read, each once', () => {
    const tail = new Tail(10);
    tail.arrive(event(5));
    tail.arrive(event(6));
    tail.append([event(5), event(4), event(3)], '3', true);
    expect(keys(tail)).toEqual(['5', '4', '3']);
    expect(tail.waiting).toBe(1);
    expect(tail.take()).toBe(true);
    expect(keys(tail)).toEqual(['6', '5', '4', '3']);
    tail.arrive(event(6));
    expect(tail.take()).toBe(false);
    expect(tail.cursor).toBe('3');
  });

  it('keeps the newest and reads on from the oldest of them', () => {
    const tail = new Tail(4);
    tail.append([event(3), event(2), event(1)], '1', false);
    [4, 5, 6].forEach((position) => tail.arrive(event(position)));
    tail.take();
    expect(keys(tail)).toEqual(['6', '5', '4', '3']);
    expect(tail.full).toBe(true);
    expect(tail.cursor).toBeUndefined();
  });

  it('loses the oldest of what nobody looks at, and counts them', () => {
    const tail = new Tail(4);
    for (let position = 1; position <= 9; position++) tail.arrive(event(position));
    expect(tail.overrun).toBe(5);
    tail.take();
    expect(keys(tail)).toEqual(['9', '8', '7', '6']);
  });

  it('ends where the log begins', () => {
    const tail = new Tail(10);
    tail.append([event(2)], '2', true);
    expect(tail.cursor).toBe('2');
    tail.append([event(1)], '1', false);
    expect(tail.cursor).toBeUndefined();
  });
});

describe('ofStream', () => {
  it('keeps the members of the event apart, also its own id', () => {
    const entry = ofStream({ type: 'message.revoked', deviceId: 'shop-1', at: '2026-01-15T08:30:00.000Z', seq: 7, position: '99', id: 42, chat: 'x' });
    expect(entry).toMatchObject({ key: '99', position: '99', seq: 7, data: { id: 42, chat: 'x' } });
  });
});
