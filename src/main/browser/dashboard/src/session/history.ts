import { computed, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue';
import { useInfiniteQuery } from '@tanstack/vue-query';
import type { components } from '@generated/contract';
import type { EventData } from '@generated/events';
import { onEvents } from '@/event/feed';
import { answer, http } from '@/http/client';

export const HAPPENINGS = ['device-status', 'device.healing', 'device.restricted'] as const;
type HappeningType = (typeof HAPPENINGS)[number];

/** Something that happened to a device itself. */
export type Happening = { [T in HappeningType]: { type: T; seq: number; at: string; data: EventData[T] } }[HappeningType];

const PAGE = 40;

/** From the log, where the contract promises each type its data. */
export function happeningOf(event: components['schemas']['Event']): Happening | undefined {
  return (HAPPENINGS as readonly string[]).includes(event.type) ? (event as Happening & typeof event) : undefined;
}

/** Newest first, each once. */
export function merged(one: readonly Happening[], other: readonly Happening[]): Happening[] {
  const bySeq = new Map([...one, ...other].map((happening) => [happening.seq, happening]));
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
}

interface Piece {
  happenings: Happening[];
  /** Where older ones are read on; undefined at the beginning of the log. */
  before: number | undefined;
}

async function stored(deviceId: string, before: number): Promise<Piece> {
  const query = { deviceId: [deviceId], type: [...HAPPENINGS], before, limit: PAGE };
  const { data } = await answer(http.GET('/api/events/log', { params: { query } }));
  return {
    happenings: data.events.flatMap((event) => happeningOf(event) ?? []),
    before: data.events.length < PAGE ? undefined : Number(data.next),
  };
}

/** What happened to a device, newest first, kept up by events. */
export function useHistory(deviceId: MaybeRefOrGetter<string>) {
  const live = shallowRef<Happening[]>([]);
  const query = useInfiniteQuery({
    queryKey: computed(() => ['device-history', toValue(deviceId)]),
    queryFn: ({ pageParam }) => stored(toValue(deviceId), pageParam),
    initialPageParam: Number.MAX_SAFE_INTEGER,
    getNextPageParam: (last: Piece) => last.before,
    staleTime: 60_000,
  });
  watch(
    () => toValue(deviceId),
    () => (live.value = []),
  );

  onEvents(HAPPENINGS, (event) => {
    if (event.deviceId !== toValue(deviceId) || event.seq === undefined) return;
    const { type: _type, deviceId: _deviceId, position: _position, seq, at, ...data } = event;
    live.value = [{ type: event.type, seq, at, data } as Happening, ...live.value];
  });

  return {
    happenings: computed(() => query.data.value && merged(query.data.value.pages.flatMap((page) => page.happenings), live.value)),
    more: query.hasNextPage,
    reading: query.isFetchingNextPage,
    readMore: () => void query.fetchNextPage(),
    error: query.error,
    refetch: query.refetch,
  };
}
