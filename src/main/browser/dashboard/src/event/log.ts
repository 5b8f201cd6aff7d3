import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { useThrottleFn } from '@vueuse/core';
import { answer, http } from '@/http/client';
import { Refusal } from '@/http/refusal';
import { useFeed } from './feed';
import { ofLog, ofStream, Tail, type Entry, type Row } from './tail';

export interface EventFilter {
  deviceId: string | undefined;
  /** None stands for all. */
  types: readonly string[];
}

/** What a page keeps of the log; more would be scrolled by nobody, and cost memory on a phone. */
export const KEPT = 5_000;
const FLUSH_MS = 200;
const PAGE = 100;

/**
 * The event log, live and backwards: `rows` newest first, shown anew at most each {@link FLUSH_MS}. While `held`, what comes is counted in `waiting` and
 * what is shown stays where it is.
 */
export function useEventLog(filter: Ref<EventFilter>, held: Ref<boolean>) {
  const tail = new Tail(KEPT);
  const feed = useFeed();
  const rows = shallowRef<readonly Row[]>([]);
  const waiting = ref(0);
  const overrun = ref(0);
  const loading = ref(true);
  const failure = shallowRef<unknown>();
  const expired = ref(false);
  const cursor = ref<string>();
  const full = ref(false);
  let reading: AbortController | undefined;
  let last: string | undefined;
  let broken = false;
  let notes = 0;

  function show(): void {
    rows.value = tail.rows();
    cursor.value = tail.cursor;
    full.value = tail.full;
  }

  const timer = setInterval(() => {
    overrun.value = tail.overrun;
    if (held.value || loading.value) {
      waiting.value = tail.waiting;
    } else {
      waiting.value = 0;
      if (tail.take()) show();
    }
  }, FLUSH_MS);

  function wants(entry: Entry): boolean {
    const { deviceId, types } = filter.value;
    return (deviceId === undefined || entry.deviceId === deviceId) && (types.length === 0 || types.includes(entry.type));
  }

  const stopListening = feed.listen((event) => {
    const entry = ofStream(event);
    last = entry.position ?? last;
    if (wants(entry)) tail.arrive(entry);
  });

  function noted(note: 'broken' | 'resumed' | 'gap'): void {
    tail.arrive({ key: `note-${++notes}`, note, at: new Date().toISOString(), position: last });
  }

  const stopLapses = feed.onLapse(() => {
    if (broken) {
      broken = false;
      void read(false).then(() => noted('gap'));
    }
  });
  watch(
    () => feed.status,
    (status) => {
      if (status === 'broken' && !broken) {
        broken = true;
        noted('broken');
      } else if (status === 'live' && broken) {
        broken = false;
        noted('resumed');
      }
    },
  );

  /** One page backwards; the newest one when nothing is kept. */
  async function read(on: boolean): Promise<void> {
    reading?.abort();
    const abort = (reading = new AbortController());
    loading.value = true;
    failure.value = undefined;
    if (!on) {
      tail.clear();
      expired.value = false;
      show();
    }
    const { deviceId, types } = filter.value;
    try {
      const { data } = await answer(
        http.GET('/api/events/log', {
          params: {
            query: {
              before: Number((on ? tail.cursor : undefined) ?? Number.MAX_SAFE_INTEGER),
              limit: PAGE,
              ...(deviceId === undefined ? {} : { deviceId: [deviceId] }),
              ...(types.length === 0 ? {} : { type: [...types] }),
            },
          },
          signal: abort.signal,
        }),
      );
      tail.append(
        data.events.map((event) => ofLog(event)),
        data.next,
        data.events.length === PAGE,
      );
    } catch (cause) {
      if (abort.signal.aborted) return;
      expired.value = Refusal.from(cause).status === 410;
      failure.value = expired.value ? undefined : cause;
    }
    loading.value = false;
    tail.take();
    show();
  }

  const more = useThrottleFn(() => (loading.value || cursor.value === undefined || expired.value ? undefined : read(true)), 1_000);

  watch(filter, () => void read(false), { immediate: true, deep: true });
  onScopeDispose(() => {
    clearInterval(timer);
    stopListening();
    stopLapses();
    reading?.abort();
  });

  /** Without anything to read on, and nothing that forbids it. */
  const atBeginning = computed(() => cursor.value === undefined && !full.value && !loading.value && failure.value === undefined);
  return { rows, waiting, overrun, loading, failure, expired, full, cursor, atBeginning, more, reload: () => read(false) };
}
