import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query';
import { useThrottleFn } from '@vueuse/core';
import type { components } from '@generated/contract';
import { onEvents } from '@/event/feed';
import { answer, http } from '@/http/client';
import type { Tone } from '@/ui/StatusBadge.vue';

export type Webhook = components['schemas']['Webhook'];
export type Delivery = components['schemas']['WebhookDelivery'];
export type Replay = components['schemas']['WebhookReplay'];
export type Tested = components['schemas']['WebhookTestAnswer']['data'];
export type DeliveryState = Delivery['state'];

const REREAD_MS = 2_000;

/** All that shows webhooks is read again soon after Kurir tells that an endpoint went down, came back, or was given up. */
function followWebhooks(): void {
  const queries = useQueryClient();
  const reread = useThrottleFn(() => void queries.invalidateQueries({ queryKey: ['webhooks'] }), REREAD_MS, true);
  onEvents(['webhook.down', 'webhook.up', 'webhook.disabled'], () => void reread());
}

export function useWebhooks(page: MaybeRefOrGetter<number>) {
  followWebhooks();
  return useQuery({
    queryKey: computed(() => ['webhooks', 'list', toValue(page)]),
    queryFn: () => answer(http.GET('/api/webhooks', { params: { query: { page: toValue(page), pageSize: 20 } } })),
    placeholderData: keepPreviousData,
  });
}

export function useWebhook(id: MaybeRefOrGetter<string>) {
  followWebhooks();
  return useQuery({
    queryKey: computed(() => ['webhooks', 'one', toValue(id)]),
    queryFn: async () => (await answer(http.GET('/api/webhooks/{id}', { params: { path: { id: toValue(id) } } }))).data,
  });
}

export interface DeliveryFilter {
  state: DeliveryState | undefined;
  type: string | undefined;
  deviceId: string | undefined;
}

/** Newest first, page by page; the first page is looked at again every 5 s, since no event tells of deliveries. */
export function useDeliveries(id: MaybeRefOrGetter<string>, filter: MaybeRefOrGetter<DeliveryFilter>) {
  return useInfiniteQuery({
    queryKey: computed(() => ['webhooks', 'deliveries', toValue(id), toValue(filter)]),
    queryFn: async ({ pageParam }) => {
      const { state, type, deviceId } = toValue(filter);
      const query = {
        limit: 50,
        ...(state === undefined ? {} : { state }),
        ...(type === undefined ? {} : { type }),
        ...(deviceId === undefined ? {} : { deviceId }),
        ...(pageParam === undefined ? {} : { before: pageParam }),
      };
      return (await answer(http.GET('/api/webhooks/{id}/deliveries', { params: { path: { id: toValue(id) }, query } }))).data;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextBefore ?? undefined,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : 5_000),
  });
}

/** Where a replay stopped at the server's bound of events at once, it goes on behind the last; answers how many will be delivered. */
export async function replayAll(id: string, wanted: Replay): Promise<number> {
  let replayed = 0;
  for (let after = wanted.after; ; ) {
    const body: Replay = after === undefined ? wanted : { ...wanted, after };
    const { data } = await answer(http.POST('/api/webhooks/{id}/replay', { params: { path: { id } }, body }));
    replayed += data.replayed;
    if (data.complete || data.lastEventId === null) {
      return replayed;
    }
    after = data.lastEventId;
  }
}

export function toneOf(state: Webhook['state']): Tone {
  switch (state) {
    case 'well':
      return 'good';
    case 'down':
      return 'bad';
    case 'disabled':
      return 'plain';
  }
}

export function toneOfDelivery(state: DeliveryState): Tone {
  switch (state) {
    case 'delivered':
      return 'good';
    case 'pending':
      return 'warn';
    case 'dead':
      return 'bad';
    case 'expired':
      return 'plain';
  }
}
