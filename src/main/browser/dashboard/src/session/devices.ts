import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query';
import { useThrottleFn } from '@vueuse/core';
import type { components } from '@generated/contract';
import { onEvents } from '@/event/feed';
import { answer, http } from '@/http/client';
import type { Tone } from '@/ui/StatusBadge.vue';

export type Device = components['schemas']['Device'];

/** A list's answer is read again at most so often, however much happens: callers have 100 requests a minute. */
const REREAD_MS = 2_000;

/** A page of the devices that the caller can reach, kept up by events. */
export function useDevices(page: MaybeRefOrGetter<number> = 1, search: MaybeRefOrGetter<string> = '', pageSize = 20) {
  const queries = useQueryClient();
  const reread = useThrottleFn(() => void queries.invalidateQueries({ queryKey: ['devices'] }), REREAD_MS, true);
  onEvents(['device-status'], () => void reread());
  return useQuery({
    queryKey: computed(() => ['devices', toValue(page), toValue(search), pageSize]),
    queryFn: () =>
      answer(
        http.GET('/api/whatsapp-multi-device/devices', {
          params: { query: { page: toValue(page), pageSize, ...(toValue(search) === '' ? {} : { search: toValue(search) }) } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function toneOf(state: Device['state']): Tone {
  switch (state) {
    case 'connected':
      return 'good';
    case 'connecting':
    case 'pairing':
    case 'syncing':
    case 'recovering':
    case 'qr_required':
      return 'warn';
    case 'logged_out':
    case 'auth_failed':
    case 'error':
      return 'bad';
    case 'created':
    case 'disconnected':
    case 'cancelled':
      return 'plain';
  }
}
