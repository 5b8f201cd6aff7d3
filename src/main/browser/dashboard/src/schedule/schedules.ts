import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import type { components } from '@generated/contract';
import { answer, http } from '@/http/client';
import type { Tone } from '@/ui/StatusBadge.vue';

export type Schedule = components['schemas']['Schedule'];
export type ScheduleStatus = Schedule['status'];

export const STATUSES: readonly ScheduleStatus[] = ['active', 'done', 'skipped', 'cancelled'];

/** No event tells of a schedule's run, so what may have run is asked for. */
const POLL_MS = 15_000;

export function useSchedules(
  deviceId: MaybeRefOrGetter<string | undefined>,
  status: MaybeRefOrGetter<ScheduleStatus | undefined>,
  page: MaybeRefOrGetter<number>,
) {
  return useQuery({
    queryKey: computed(() => ['schedules', toValue(deviceId), toValue(status), toValue(page)]),
    queryFn: () =>
      answer(
        http.GET('/api/whatsapp-multi-device/devices/{deviceId}/schedules', {
          params: { path: { deviceId: toValue(deviceId) ?? '' }, query: { status: toValue(status), page: toValue(page) } },
        }),
      ),
    enabled: computed(() => toValue(deviceId) !== undefined),
    placeholderData: keepPreviousData,
    refetchInterval: POLL_MS,
  });
}

export function toneOf(status: ScheduleStatus): Tone {
  switch (status) {
    case 'active':
      return 'info';
    case 'done':
      return 'good';
    case 'skipped':
      return 'warn';
    case 'cancelled':
      return 'plain';
  }
}
