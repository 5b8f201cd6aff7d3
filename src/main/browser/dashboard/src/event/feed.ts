import { onScopeDispose, ref } from 'vue';
import { defineStore } from 'pinia';
import type { EventData } from '@generated/events';
import { bearer, renew } from '@/access/token';
import { FrameReader, type Frame } from './sse';

export type EventType = keyof EventData;

interface Envelope<T extends EventType> {
  type: T;
  deviceId: string;
  /** Counts a device's stored events without gaps; what is live only has none. */
  seq?: number;
  at: string;
  /** In the log, for what is stored; not the `id` that some events have of their own. */
  position?: string;
}

/** An event as the stream tells it. */
export type KurirEvent<T extends EventType = EventType> = { [K in T]: Envelope<K> & EventData[K] }[T];

type Listener = (event: KurirEvent) => void;

const PAUSES_MS = [500, 1_000, 2_000, 5_000, 10_000];

/** The server says something every 15 s: a line that is silent for much longer is dead, though nobody has told us. */
const SILENCE_MS = 40_000;

/** A page that nobody has seen for so long gives its line back: a browser has six for each server, and every page wants one. */
const UNSEEN_MS = 60_000;

/** What the stream says of itself at its end; it is opened anew then as after every break. */
const LAST_WORD = 'dropped';

/** Its older names for the same events, which the server tells to clients of systems before it. */
const OLDER = new Set(['whatsapp-status', 'message.delivered']);

/**
 * What happens, as it happens: one stream for the page, which resumes after the last event it had. `lapsed` listeners hear when events may have been
 * missed, so that what is shown must be read anew.
 */
export const useFeed = defineStore('feed', () => {
  const status = ref<'off' | 'connecting' | 'live' | 'broken'>('off');
  const brokenSince = ref<Date>();
  const listeners = new Set<Listener>();
  const lapsed = new Set<() => void>();
  let abort: AbortController | undefined;
  let position: string | undefined;

  function start(): void {
    if (abort === undefined) {
      abort = new AbortController();
      void follow(abort.signal);
    }
  }

  function stop(): void {
    abort?.abort();
    abort = undefined;
    position = undefined;
    status.value = 'off';
    brokenSince.value = undefined;
  }

  async function follow(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      status.value = failures === 0 ? 'connecting' : 'broken';
      try {
        await onLine(signal, (line, heard) => read(line, heard, () => (failures = -1)));
      } catch (cause) {
        if (!signal.aborted) {
          console.info('The event stream broke', cause);
        }
      }
      if (signal.aborted) return;
      if (document.hidden) {
        status.value = 'connecting';
        await seen(signal);
        failures = -1;
        continue;
      }
      brokenSince.value ??= new Date();
      status.value = 'broken';
      await pause(PAUSES_MS[Math.min(Math.max(failures, 0), PAUSES_MS.length - 1)] ?? 10_000, signal);
    }
  }

  async function read(signal: AbortSignal, heard: () => void, opened: () => void): Promise<void> {
    let response = await open(signal);
    if (response.status === 401 && (await renew())) {
      response = await open(signal);
    }
    if (!response.ok || response.body === null) {
      throw new Error(`the stream answered ${response.status}`);
    }
    const frames = new FrameReader();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      heard();
      for (const frame of frames.push(piece.value)) {
        take(frame, opened);
      }
    }
  }

  function open(signal: AbortSignal): Promise<Response> {
    const headers = new Headers({ Accept: 'text/event-stream', Authorization: `Bearer ${bearer() ?? ''}` });
    if (position !== undefined) {
      headers.set('Last-Event-ID', position);
    }
    return fetch('/api/events', { headers, signal });
  }

  function take(frame: Frame, opened: () => void): void {
    const told = JSON.parse(frame.data) as { type: string };
    if (told.type === 'connected') {
      opened();
      status.value = 'live';
      if (position === undefined) {
        lapsed.forEach((listener) => listener());
      }
      brokenSince.value = undefined;
    } else if (told.type === 'reset') {
      lapsed.forEach((listener) => listener());
    } else if (told.type !== LAST_WORD && !OLDER.has(told.type)) {
      position = frame.id ?? position;
      const event = { ...told, position: frame.id } as KurirEvent;
      listeners.forEach((listener) => listener(event));
    }
  }

  function listen(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function onLapse(listener: () => void): () => void {
    lapsed.add(listener);
    return () => lapsed.delete(listener);
  }

  return { status, brokenSince, start, stop, listen, onLapse };
});

/** Hears events of these types as long as the component is there. */
export function onEvents<T extends EventType>(types: readonly T[], hear: (event: KurirEvent<T>) => void): void {
  const wanted = new Set<EventType>(types);
  const stop = useFeed().listen((event) => {
    if (wanted.has(event.type)) {
      hear(event as KurirEvent<T>);
    }
  });
  onScopeDispose(stop);
}

/** Runs with a signal that cuts the line also when the browser loses its network, and when nothing was heard for too long. */
async function onLine(signal: AbortSignal, run: (line: AbortSignal, heard: () => void) => Promise<void>): Promise<void> {
  const line = new AbortController();
  const cut = () => line.abort(new Error('the line is dead'));
  let silence = setTimeout(cut, SILENCE_MS);
  let unseen: ReturnType<typeof setTimeout> | undefined;
  const looked = () => {
    clearTimeout(unseen);
    unseen = document.hidden ? setTimeout(cut, UNSEEN_MS) : undefined;
  };
  looked();
  document.addEventListener('visibilitychange', looked);
  window.addEventListener('offline', cut);
  try {
    await run(AbortSignal.any([signal, line.signal]), () => {
      clearTimeout(silence);
      silence = setTimeout(cut, SILENCE_MS);
    });
  } finally {
    clearTimeout(silence);
    clearTimeout(unseen);
    document.removeEventListener('visibilitychange', looked);
    window.removeEventListener('offline', cut);
  }
}

/** Waits until somebody sees the page. */
function seen(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!document.hidden || signal.aborted) {
        document.removeEventListener('visibilitychange', look);
        signal.removeEventListener('abort', look);
        resolve();
      }
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });
}

/** Ends early when the browser has its network back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener('online', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    window.addEventListener('online', end);
    signal.addEventListener('abort', end);
  });
}
