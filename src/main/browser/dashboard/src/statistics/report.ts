import Papa from 'papaparse';
import type { components } from '@generated/contract';
import type { Range } from './days';

export type Report = components['schemas']['StatisticsTogether'];
export type Counts = components['schemas']['StatisticsTotal'];
export type Figure = 'incomingMessages' | 'outgoingMessages' | 'failedMessages' | 'activeChats' | 'responseRate';

/** How a figure stands to that of the range before. */
export type Change =
  | { kind: 'unknown' }
  /** There was nothing, and there is something now. */
  | { kind: 'new' }
  | { kind: 'same' }
  /** By so much of what it was: 0.25 is a quarter more. */
  | { kind: 'ratio'; by: number }
  /** A percentage by so many points. */
  | { kind: 'points'; by: number };

export function change(figure: Figure, now: Counts, earlier: Counts | undefined): Change {
  const [is, was] = [now[figure], earlier?.[figure]];
  if (is === null || was === null || was === undefined) {
    return { kind: 'unknown' };
  }
  if (is === was) {
    return { kind: 'same' };
  }
  if (figure === 'responseRate') {
    return { kind: 'points', by: is - was };
  }
  return was === 0 ? { kind: 'new' } : { kind: 'ratio', by: (is - was) / was };
}

/** Whether anything went on at all. */
export function isEmpty(total: Counts): boolean {
  return total.incomingMessages + total.outgoingMessages + total.failedMessages === 0;
}

/** A table for spreadsheets and for programs: plain numbers, days as ISO has them; nothing where no rate is. */
export function csv(report: Report): string {
  return Papa.unparse(
    report.days.map((day) => ({
      date: day.date,
      incoming_messages: day.incomingMessages,
      outgoing_messages: day.outgoingMessages,
      failed_messages: day.failedMessages,
      active_chats: day.activeChats,
      response_rate: day.responseRate ?? '',
    })),
  );
}

export function csvName(deviceId: string | undefined, { from, to }: Range): string {
  return `kurir-${deviceId ?? 'all'}-${from}-${to}.csv`;
}
