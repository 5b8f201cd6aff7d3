import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query';
import { useThrottleFn } from '@vueuse/core';
import { onEvents } from '@/event/feed';
import { answer, http } from '@/http/client';
import { lengthOf, MOST_DAYS, type Range } from './days';

/** What is counted is shown anew so often at most, however much is written. */
const REREAD_MS = 15_000;
const PAST_STALE_MS = 10 * 60_000;

function countable(days: number, deviceId: string | undefined): boolean {
  return days > 0 && days <= (deviceId === undefined ? MOST_DAYS.all : MOST_DAYS.one);
}

/** The days of one device, or of all that the caller can reach. `past`: days that are over are not read again as messages come. */
export function useReport(deviceId: MaybeRefOrGetter<string | undefined>, range: MaybeRefOrGetter<Range>, past = false) {
  return useQuery({
    queryKey: computed(() => [past ? 'past statistics' : 'statistics', toValue(deviceId) ?? null, toValue(range).from, toValue(range).to]),
    queryFn: async () => {
      const [device, { from, to }] = [toValue(deviceId), toValue(range)];
      const query = { startDate: from, endDate: to, ...(device === undefined ? {} : { deviceId: device }) };
      return (await answer(http.GET('/api/whatsapp-multi-device/statistics', { params: { query } }))).data;
    },
    enabled: computed(() => countable(lengthOf(toValue(range)), toValue(deviceId))),
    placeholderData: keepPreviousData,
    ...(past ? { staleTime: PAST_STALE_MS } : {}),
  });
}

/** Reads what is shown again as messages come and go. */
export function useLiveReports(): void {
  const queries = useQueryClient();
  const reread = useThrottleFn(() => void queries.invalidateQueries({ queryKey: ['statistics'] }), REREAD_MS, true, false);
  onEvents(['message.received', 'message.status'], () => void reread());
}

/** With whom a number wrote; those who wrote last come first. */
export function usePartners(number: MaybeRefOrGetter<string | undefined>, range: MaybeRefOrGetter<Range>, page: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: computed(() => ['statistics', 'partners', toValue(number) ?? null, toValue(range).from, toValue(range).to, toValue(page)]),
    queryFn: () =>
      answer(
        http.GET('/api/whatsapp/messages/number/{phone_number}/contacts', {
          params: {
            path: { phone_number: toValue(number) ?? '' },
            query: { start_date: toValue(range).from, end_date: toValue(range).to, page: toValue(page), pageSize: 10 },
          },
        }),
      ),
    enabled: computed(() => toValue(number) !== undefined && lengthOf(toValue(range)) > 0),
    placeholderData: keepPreviousData,
  });
}
