import { settle, wallClock } from '@/schedule/localtime';

/** Of a pause at random, 2 to 5 s. */
const MEAN_S = 3.5;

export interface Window {
  /** As HH:mm. */
  from: string;
  to: string;
  zone: string;
}

/** Seconds that so many messages take, without pauses of a window; 0 for `delay` 0, where the device's own budget decides. */
export function workSeconds(count: number, delay: number | undefined): number {
  return Math.max(0, count - 1) * (delay ?? MEAN_S);
}

/** When work that begins at `start` and may go on in the window only is done. */
export function finish(start: Date, seconds: number, window: Window | undefined): Date {
  if (window === undefined || window.from === window.to) {
    return new Date(start.getTime() + seconds * 1000);
  }
  const [from, to] = [minutes(window.from), minutes(window.to)];
  const today = Math.floor(wallClock(start, window.zone) / 86_400_000);
  let left = seconds * 1000;
  let at = start.getTime();
  // a year of days; yesterday's window may reach into today
  for (let day = today - 1; day < today + 366; day++) {
    const opens = settle(day * 86_400_000 + from * 60_000, window.zone).instant.getTime();
    const closes = settle((from < to ? day : day + 1) * 86_400_000 + to * 60_000, window.zone).instant.getTime();
    const begin = Math.max(at, opens);
    if (begin >= closes) {
      continue;
    }
    if (begin + left <= closes) {
      return new Date(begin + left);
    }
    left -= closes - begin;
    at = closes;
  }
  return new Date(at + left);
}

function minutes(clock: string): number {
  const [hours = 0, rest = 0] = clock.split(':').map(Number);
  return hours * 60 + rest;
}

export interface Sample {
  /** In ms. */
  at: number;
  /** Items that have an outcome. */
  done: number;
}

const LOOK_BACK_MS = 60_000;

/** The samples with one more, without those that are too old to tell how fast it goes now. A count that falls begins anew. */
export function sampled(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && next.done < last.done) {
    return [next];
  }
  return [...samples.filter(({ at }) => next.at - at <= LOOK_BACK_MS), next];
}

/** Seconds that are left, by what was measured; by `delay` where too little was. */
export function remaining(samples: readonly Sample[], left: number, delay: number): number {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first !== undefined && last !== undefined && last.done - first.done >= 2 && last.at - first.at >= 2_000) {
    return (left * (last.at - first.at)) / 1000 / (last.done - first.done);
  }
  return left * delay;
}
