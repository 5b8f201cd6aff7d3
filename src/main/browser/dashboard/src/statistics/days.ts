/** Calendar days as `yyyy-mm-dd`, which are compared as texts; both ends belong to a range. */
export interface Range {
  from: string;
  to: string;
}

/** How many days the server counts at once, of one device and of all together. */
export const MOST_DAYS = { one: 366, all: 92 } as const;

const DAY_MS = 86_400_000;

/** Noon in UTC: a day that is counted on from there is the next, whatever clocks do. */
function noon(day: string): number {
  return Date.parse(`${day}T12:00:00Z`);
}

/** What day it is there. */
export function todayIn(zone: string, now = new Date()): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(now);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

export function plusDays(day: string, days: number): string {
  return new Date(noon(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days it has; 0 or less when it ends before it begins. */
export function lengthOf({ from, to }: Range): number {
  return Math.round((noon(to) - noon(from)) / DAY_MS) + 1;
}

/** The last `days` until `today`, with it. */
export function lastDays(today: string, days: number): Range {
  return { from: plusDays(today, 1 - days), to: today };
}

/** As many days, just before. */
export function before(range: Range): Range {
  return { from: plusDays(range.from, -lengthOf(range)), to: plusDays(range.from, -1) };
}

export function isDay(text: unknown): text is string {
  return typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(noon(text)) && plusDays(text, 0) === text;
}
