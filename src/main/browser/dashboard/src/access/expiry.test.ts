import { expect, test } from 'vitest';
import { endOf } from './expiry';

const now = new Date('2026-01-15T08:30:00Z');

test('A key ends after so many days, at the end of a day, or never', () => {
  expect(endOf('never', '', now)).toBeUndefined();
  expect(endOf('d30', '', now)?.toISOString()).toBe('2026-02-14T08:30:00.000Z');
  expect(endOf('day', '2026-02-14', now)).toEqual(new Date(2026, 1, 14, 23, 59, 59));
});

test('No day is no date', () => {
  expect(endOf('day', '', now)?.getTime()).toBeNaN();
});
