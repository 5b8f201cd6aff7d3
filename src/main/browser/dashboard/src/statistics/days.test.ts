import { describe, expect, it } from 'vitest';
import { before, isDay, lastDays, lengthOf, plusDays, todayIn } from './days';

describe('days', () => {
  it('are those of the zone, not of the browser', () => {
    const evening = new Date('2026-01-15T18:30:00Z');
    expect(todayIn('Asia/Jakarta', evening)).toBe('2026-01-16');
    expect(todayIn('America/New_York', evening)).toBe('2026-01-15');
    expect(todayIn('Pacific/Apia', new Date('2026-12-31T12:00:00Z'))).toBe('2027-01-01');
  });

  it('go over months, leap years and changes of the clock', () => {
    expect(plusDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(plusDays('2026-03-01', -1)).toBe('2026-02-28');
    expect(plusDays('2026-10-24', 2)).toBe('2026-10-26');
    expect(lengthOf({ from: '2026-03-01', to: '2026-03-31' })).toBe(31);
    expect(lengthOf({ from: '2026-03-02', to: '2026-03-01' })).toBe(0);
  });

  it('make ranges, and the ranges before them', () => {
    expect(lastDays('2026-01-15', 7)).toEqual({ from: '2026-01-09', to: '2026-01-15' });
    expect(lengthOf(lastDays('2026-01-15', 90))).toBe(90);
    expect(before({ from: '2026-01-09', to: '2026-01-15' })).toEqual({ from: '2026-01-02', to: '2026-01-08' });
    expect(before({ from: '2026-01-15', to: '2026-01-15' })).toEqual({ from: '2026-01-14', to: '2026-01-14' });
  });

  it('are told from other texts', () => {
    expect(isDay('2026-02-28')).toBe(true);
    expect(isDay('2026-02-30')).toBe(false);
    expect(isDay('')).toBe(false);
    expect(isDay(undefined)).toBe(false);
  });
});
