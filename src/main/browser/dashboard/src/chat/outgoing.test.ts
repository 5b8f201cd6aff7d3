import { describe, expect, it } from 'vitest';
import { Refusal } from '@/http/refusal';
import { daysAgo } from './day';
import { LARGEST, mediaTypeOf, refusalOf } from './file';
import { undecided } from './outgoing';

describe('what is sent', () => {
  it('may have gone out when no answer came, but not when the server says that it did not', () => {
    expect(undecided(new Refusal(0, 'UNREACHABLE', ''))).toBe(true);
    expect(undecided(new Refusal(504, 'UNREADABLE', ''))).toBe(true);
    expect(undecided(new Refusal(503, 'NOT_AVAILABLE', ''))).toBe(false);
    expect(undecided(new Refusal(502, 'SEND_FAILED', ''))).toBe(false);
    expect(undecided(new Refusal(409, 'SESSION_NOT_READY', ''))).toBe(false);
  });

  it('is shown as what WhatsApp can show', () => {
    expect(['image/jpeg', 'image/svg+xml', 'video/mp4', 'audio/ogg; codecs=opus', ''].map(mediaTypeOf)).toEqual([
      'image',
      'document',
      'video',
      'audio',
      'document',
    ]);
    expect([refusalOf({ size: 0 }), refusalOf({ size: LARGEST }), refusalOf({ size: LARGEST + 1 })]).toEqual(['empty', undefined, 'tooLarge']);
  });
});

it('counts days by the calendar', () => {
  const now = new Date(2026, 0, 15, 0, 5);
  expect(daysAgo(new Date(2026, 0, 14, 23, 59).toISOString(), now)).toBe(1);
  expect(daysAgo(new Date(2026, 0, 15, 0, 1).toISOString(), now)).toBe(0);
});
