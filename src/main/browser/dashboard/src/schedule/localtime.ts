/** Local times in zones, settled as the server does: what a zone skips is as much later as it skips, of what it has twice the first is meant. */
export interface Settled {
  instant: Date;
  kind: 'plain' | 'skipped' | 'twice';
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of a zone, as if it were UTC, in ms. Throws RangeError for what is no zone. */
export function wallClock(at: Date, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function offset(at: number, zone: string): number {
  return wallClock(new Date(at), zone) - Math.floor(at / 1000) * 1000;
}

/** @param wall as {@link wallClock} answers it */
export function settle(wall: number, zone: string): Settled {
  const before = wall - offset(wall - 86_400_000, zone);
  const after = wall - offset(wall + 86_400_000, zone);
  const fits = [before, after].filter((at) => wallClock(new Date(at), zone) === wall);
  const [first, second] = fits;
  if (first === undefined) {
    return { instant: new Date(before), kind: 'skipped' };
  }
  return { instant: new Date(Math.min(first, second ?? first)), kind: second !== undefined && second !== first ? 'twice' : 'plain' };
}

/** Of a `datetime-local` input, which has no zone and mostly no seconds; undefined while it is not whole. */
export function readLocal(written: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(written) ? Date.parse(`${written}Z`) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** For a `datetime-local` input. */
export function writeLocal(wall: number): string {
  return new Date(wall).toISOString().slice(0, 16);
}

/** As the server takes it: yyyy-MM-dd HH:mm:ss. */
export function forServer(written: string): string {
  const at = readLocal(written);
  return at === undefined ? written : new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** All that the browser knows, and those of `more` that it calls otherwise. */
export function zones(...more: (string | null | undefined)[]): string[] {
  return [
    ...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', ...more.filter((zone) => zone != null && zone !== '')]),
  ].sort() as string[];
}
