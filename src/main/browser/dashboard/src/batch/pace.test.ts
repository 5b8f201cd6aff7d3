import { expect, test } from 'vitest';
import { finish, remaining, sampled, workSeconds, type Sample } from './pace';

const start = new Date('2026-01-15T01:00:00Z'); // 08:00 in Jakarta

test('says when a broadcast is done, windows and nights included', () => {
  const zone = 'Asia/Jakarta';
  expect(workSeconds(11, 3)).toBe(30);
  expect(finish(start, 60, undefined).toISOString()).toBe('2026-01-15T01:01:00.000Z');
  expect(finish(start, 3600, { from: '09:00', to: '17:00', zone }).toISOString()).toBe('2026-01-15T03:00:00.000Z');
  expect(finish(start, 9 * 3600, { from: '09:00', to: '17:00', zone }).toISOString()).toBe('2026-01-16T03:00:00.000Z');
  expect(finish(start, 3600, { from: '22:00', to: '08:30', zone }).toISOString()).toBe('2026-01-15T15:30:00.000Z');
});

test('measures how fast it goes', () => {
  let samples: Sample[] = [];
  for (let i = 0; i <= 100; i++) {
    samples = sampled(samples, { at: i * 1000, done: i * 2 });
  }
  expect(samples).toHaveLength(61);
  expect(remaining(samples, 100, 9)).toBe(50);
  expect(remaining([], 10, 3.5)).toBe(35);
  expect(sampled(samples, { at: 200_000, done: 1 })).toEqual([{ at: 200_000, done: 1 }]);
});
