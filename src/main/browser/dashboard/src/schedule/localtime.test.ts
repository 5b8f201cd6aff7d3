import { expect, test } from 'vitest';
import { forServer, readLocal, settle, wallClock, writeLocal } from './localtime';

const at = (written: string, zone: string) => {
  const settled = settle(readLocal(written) ?? NaN, zone);
  return `${settled.kind} ${settled.instant.toISOString()}`;
};

test('settles local times as java.time does', () => {
  expect(at('2026-02-01T08:30', 'Asia/Jakarta')).toBe('plain 2026-02-01T01:30:00.000Z');
  expect(at('2026-03-29T02:30', 'Europe/Berlin')).toBe('skipped 2026-03-29T01:30:00.000Z');
  expect(at('2026-10-25T02:30', 'Europe/Berlin')).toBe('twice 2026-10-25T00:30:00.000Z');
  expect(at('2026-10-25T03:30', 'Europe/Berlin')).toBe('plain 2026-10-25T02:30:00.000Z');
  expect(at('2026-11-01T01:30', 'America/New_York')).toBe('twice 2026-11-01T05:30:00.000Z');
  expect(at('2026-10-04T02:15', 'Australia/Lord_Howe')).toBe('skipped 2026-10-03T15:45:00.000Z');
});

test('reads and writes what inputs and the server have', () => {
  expect(forServer('2026-02-01T08:30')).toBe('2026-02-01 08:30:00');
  expect(readLocal('2026-02-01')).toBeUndefined();
  expect(writeLocal(wallClock(new Date('2026-02-01T01:30:00Z'), 'Asia/Jakarta'))).toBe('2026-02-01T08:30');
});
