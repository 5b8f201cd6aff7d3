import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query';
import { useThrottleFn } from '@vueuse/core';
import type { components } from '@generated/contract';
import { useAccess } from '@/access/access';
import { onEvents } from '@/event/feed';
import { answer, http } from '@/http/client';
import type { Tone } from '@/ui/StatusBadge.vue';

export type Device = components['schemas']['Device'];
export type State = Device['state'];

/** All states, as a filter offers them. */
export const STATES = [
  'connected',
  'created',
  'qr_required',
  'pairing',
  'connecting',
  'syncing',
  'recovering',
  'disconnected',
  'logged_out',
  'auth_failed',
  'cancelled',
  'error',
] as const satisfies readonly State[];

/** A list's answer is read again at most so often, however much happens: callers have 100 requests a minute. */
const REREAD_MS = 2_000;

/** A page of the devices that the caller can reach, kept up by events. */
export function useDevices(
  page: MaybeRefOrGetter<number> = 1,
  search: MaybeRefOrGetter<string> = '',
  pageSize = 20,
  state: MaybeRefOrGetter<State | undefined> = undefined,
) {
  const queries = useQueryClient();
  const reread = useThrottleFn(() => void queries.invalidateQueries({ queryKey: ['devices'] }, { cancelRefetch: false }), REREAD_MS, true);
  onEvents(['device-status'], () => void reread());
  return useQuery({
    queryKey: computed(() => ['devices', toValue(page), toValue(search), pageSize, toValue(state) ?? '']),
    queryFn: () => {
      const [sought, wanted] = [toValue(search).trim(), toValue(state)];
      return answer(
        http.GET('/api/whatsapp-multi-device/devices', {
          params: {
            query: {
              page: toValue(page),
              pageSize,
              ...(sought === '' ? {} : { search: sought }),
              ...(wanted === undefined ? {} : { state: wanted }),
            },
          },
        }),
      );
    },
    placeholderData: keepPreviousData,
  });
}

/** One device; what an event says of it is shown at once, what it does not say (name, node) is read again. */
export function useDevice(deviceId: MaybeRefOrGetter<string>) {
  const queries = useQueryClient();
  const key = computed(() => ['device', toValue(deviceId)]);
  const reread = useThrottleFn(() => void queries.invalidateQueries({ queryKey: key.value }, { cancelRefetch: false }), REREAD_MS, true);
  onEvents(['device-status'], (event) => {
    if (event.deviceId !== toValue(deviceId)) return;
    queries.setQueryData<Device>(
      key.value,
      (before) =>
        before && {
          ...before,
          status: event.status,
          state: event.state,
          stateReason: event.reason,
          isConnected: event.isConnected,
          isLinked: event.linked,
          phoneNumber: event.phoneNumber,
          connectionAttempts: event.connectionAttempts,
        },
    );
    void reread();
  });
  return useQuery({
    queryKey: key,
    enabled: computed(() => toValue(deviceId) !== ''),
    queryFn: async () =>
      (await answer(http.GET('/api/whatsapp-multi-device/devices/{deviceId}', { params: { path: { deviceId: toValue(deviceId) } } }))).data,
  });
}

/** Whose a device may be: for administrators, who alone see others. */
export function useOwners() {
  const access = useAccess();
  return useQuery({
    queryKey: ['users', 'owners'],
    queryFn: async () => (await answer(http.GET('/api/admin/users', { params: { query: { pageSize: 100, sort: 'username', order: 'asc' } } }))).data,
    enabled: () => access.isAdmin,
    staleTime: 60_000,
  });
}

export function toneOf(state: State): Tone {
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
