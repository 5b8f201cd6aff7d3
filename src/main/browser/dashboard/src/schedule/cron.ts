import { Cron } from 'croner';
import cronstrue from 'cronstrue';
import 'cronstrue/locales/id';
import type { Language } from '@/words/words';
import { settle, wallClock } from './localtime';

/** What the server knows; croner and cronstrue know more (L, W, #, ?, seconds, @daily), which it would refuse. */
const MONTH = 'JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC';
const WEEKDAY = 'SUN|MON|TUE|WED|THU|FRI|SAT';
const FIELDS = ['', '', '', MONTH, WEEKDAY].map((names) => {
  const value = names === '' ? '\\d{1,2}' : `(?:\\d{1,2}|${names})`;
  const item = `(?:\\*|${value}(?:-${value})?)?(?:/\\d{1,2})?`;
  return new RegExp(`^(?!,|$)${item}(?:,(?!,|$)${item})*$`, 'i');
});

/** The expression as it is calculated with; undefined for what is none of five fields. */
function read(expression: string): string | undefined {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5 || !fields.every((field, i) => FIELDS[i]?.test(field))) {
    return undefined;
  }
  // to the server each step of one is every one; croner takes it for a choice of days
  const plain = fields.map((field) => (field === '*/1' || field === '/1' ? '*' : field)).join(' ');
  try {
    clock(plain, 'UTC');
    return plain;
  } catch {
    return undefined;
  }
}

function clock(expression: string, zone: string): Cron {
  return new Cron(expression, { timezone: zone, mode: '5-part', sloppyRanges: true });
}

export function isCron(expression: string): boolean {
  return read(expression) !== undefined;
}

/** In words; undefined for what is no expression. */
export function cronWords(expression: string, language: Language): string | undefined {
  const plain = read(expression);
  if (plain === undefined) {
    return undefined;
  }
  try {
    return cronstrue.toString(plain, { locale: language, use24HourTimeFormat: true, verbose: false });
  } catch {
    return undefined;
  }
}

/** Its next times; fewer than `count` where it comes about no more, none for what is no expression. */
export function nextTimes(expression: string, zone: string, count: number, after = new Date()): Date[] {
  const plain = read(expression);
  if (plain === undefined) {
    return [];
  }
  const times: Date[] = [];
  const [zoned, wall] = [clock(plain, zone), clock(plain, 'UTC')];
  for (let at = after; times.length < count;) {
    const next = nextTime(zoned, wall, zone, at);
    if (next === undefined) {
      break;
    }
    times.push(next);
    at = next;
  }
  return times;
}

/** In a night whose clock goes forward croner runs at the end of what is skipped, the server as much later as is skipped. */
function nextTime(zoned: Cron, wall: Cron, zone: string, after: Date): Date | undefined {
  let regular = zoned.nextRun(after);
  while (regular !== null && !wall.match(new Date(wallClock(regular, zone)))) {
    regular = zoned.nextRun(regular);
  }
  const local = wallClock(after, zone);
  const moved = [local, local - 3_600_000]
    .flatMap((from) => wall.nextRun(new Date(from)) ?? [])
    .map((time) => settle(time.getTime(), zone))
    .filter(({ kind, instant }) => kind === 'skipped' && instant > after)
    .map(({ instant }) => instant);
  const all = [...moved, ...(regular === null ? [] : [regular])].sort((a, b) => a.getTime() - b.getTime());
  return all[0];
}
