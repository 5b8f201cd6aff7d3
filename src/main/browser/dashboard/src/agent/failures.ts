import type { components } from '@generated/contract';

/** A message that an AI was to answer, and did not. */
export interface Failure {
  id: string;
  at: string;
  chat: string;
  agent: string;
  reason: string;
  traceId: string;
}

type Stored = Omit<components['schemas']['Event'], 'data'> & { data: Readonly<Record<string, unknown>> };

function text(data: Stored['data'], member: string): string {
  const value = data[member];
  return typeof value === 'string' ? value : '';
}

/** Of the stored log; the contract of events says what `data` has. */
export function failureOf(event: Stored): Failure {
  const { data } = event;
  return {
    id: event.id,
    at: event.at,
    chat: text(data, 'chat'),
    agent: text(data, 'agent'),
    reason: text(data, 'reason'),
    traceId: text(data, 'traceId'),
  };
}

/** Newest first, each once, so many at most: the stream may tell what the log has told. */
export function newest(failures: readonly Failure[], most: number): Failure[] {
  const byId = new Map(failures.map((failure) => [failure.id, failure]));
  return [...byId.values()].sort((a, b) => (a.at === b.at ? compareIds(b.id, a.id) : a.at < b.at ? 1 : -1)).slice(0, most);
}

/** Positions in the log are numbers of up to 18 digits. */
function compareIds(a: string, b: string): number {
  return a.length === b.length ? a.localeCompare(b) : a.length - b.length;
}
