import { describe, expect, it } from 'vitest';
import { change, csv, csvName, isEmpty, type Counts } from './report';

const counts = (some: Partial<Counts>): Counts => ({
  incomingMessages: 0,
  outgoingMessages: 0,
  failedMessages: 0,
  activeChats: 0,
  incomingChats: 0,
  answeredChats: 0,
  responseRate: null,
  ...some,
});

describe('a report', () => {
  it('says how much more or less there was', () => {
    expect(change('incomingMessages', counts({ incomingMessages: 150 }), counts({ incomingMessages: 100 }))).toEqual({ kind: 'ratio', by: 0.5 });
    expect(change('activeChats', counts({ activeChats: 3 }), counts({ activeChats: 4 }))).toEqual({ kind: 'ratio', by: -0.25 });
    expect(change('outgoingMessages', counts({ outgoingMessages: 3 }), counts({}))).toEqual({ kind: 'new' });
    expect(change('outgoingMessages', counts({}), counts({}))).toEqual({ kind: 'same' });
    expect(change('outgoingMessages', counts({}), undefined)).toEqual({ kind: 'unknown' });
  });

  it('compares rates by points, and none with nothing', () => {
    expect(change('responseRate', counts({ responseRate: 75 }), counts({ responseRate: 80.5 }))).toEqual({ kind: 'points', by: -5.5 });
    expect(change('responseRate', counts({ responseRate: 75 }), counts({}))).toEqual({ kind: 'unknown' });
  });

  it('is empty when nothing came, went or failed', () => {
    expect(isEmpty(counts({}))).toBe(true);
    expect(isEmpty(counts({ failedMessages: 1 }))).toBe(false);
  });

  it('is written as CSV', () => {
    const day = { ...counts({ incomingMessages: 2, activeChats: 1 }), date: '2026-01-15' };
    const rated = { ...counts({ responseRate: 66.67 }), date: '2026-01-16' };
    const report = { devices: 1, timezone: 'UTC', startDate: day.date, endDate: rated.date, days: [day, rated], total: counts({}) };
    expect(csv(report).split('\r\n')).toEqual([
      'date,incoming_messages,outgoing_messages,failed_messages,active_chats,response_rate',
      '2026-01-15,2,0,0,1,',
      '2026-01-16,0,0,0,0,66.67',
    ]);
    expect(csvName(undefined, { from: '2026-01-15', to: '2026-01-16' })).toBe('kurir-all-2026-01-15-2026-01-16.csv');
  });
});
