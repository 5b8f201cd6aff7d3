import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { components } from '@generated/contract';
import type { EventData } from '@generated/events';
import { onEvents } from '@/event/feed';
import { answer, http } from '@/http/client';

export const HAPPENINGS = ['device-status', 'device.healing', 'device.restricted'] as const;
type HappeningType = (typeof HAPPENINGS)[number];

/** Something that happened to a device itself. */
export type Happening = { [T in HappeningType]: { type: T; seq: number; at: string; data: EventData[T] } }[HappeningType];

const PAGE = 1_000;
/** The log is read from its oldest end; what a device has beyond this is not looked for. */
const PAGES = 10;

/** From the log, where the contract promises each type its data. */
export function happeningOf(event: components['schemas']['Event']): Happening | undefined {
  return (HAPPENINGS as readonly string[]).includes(event.type) ? (event as Happening & typeof event) : undefined;
}

/** Newest first, each once. */
export function merged(one: readonly Happening[], other: readonly Happening[]): Happening[] {
  const bySeq = new Map([...one, ...other].map((happening) => [happening.seq, happening]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
}

async function stored(deviceId: string): Promise<Happening[]> {
  const found: Happening[] = [];
  let after: number | undefined;
  for (let page = 0; page < PAGES; page++) {
    const query = { deviceId: [deviceId], type: [...HAPPENINGS], limit: PAGE, ...(after === undefined ? {} : { after }) };
    const { data } = await answer(http.GET('/api/events/log', { params: { query } }));
    found.push(...data.events.flatMap((event) => happeningOf(event) ?? []));
    if (data.events.length < PAGE) break;
    after = Number(data.next);
  }
  return merged(found, []);
}

/** What happened to a device, newest first, kept up by events; `more` shows older ones. */
export function useHistory(deviceId: MaybeRefOrGetter<string>, step = 20) {
  const queries = useQueryClient();
  const key = computed(() => ['device-history', toValue(deviceId)]);
  const shown = ref(step);
  const query = useQuery({ queryKey: key, queryFn: () => stored(toValue(deviceId)), staleTime: 60_000 });

  onEvents(HAPPENINGS, (event) => {
    if (event.deviceId !== toValue(deviceId) || event.seq === undefined) return;
    const { type: _type, deviceId: _deviceId, seq, at, position: _position, ...data } = event;
    const happening = { type: event.type, seq, at, data } as Happening;
    queries.setQueryData<Happening[]>(key.value, (before) => before && merged(before, [happening]));
  });

  return {
    happenings: computed(() => query.data.value?.slice(0, shown.value)),
    more: computed(() => (query.data.value?.length ?? 0) > shown.value),
    showMore: () => (shown.value += step),
    error: query.error,
    refetch: query.refetch,
  };
}
