import { computed, toValue, watch, type MaybeRefOrGetter } from 'vue';
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/vue-query';
import { onEvents } from '@/event/feed';
import { historyKey, listKey, readHistory, readList, shownChats, shownMessages, type HistoryPage, type ListPage } from './caches';

/** The chats of a device, kept up by {@link useLiveChats}. `connected` is undefined until it is known. */
export function useChatList(deviceId: MaybeRefOrGetter<string>, search: MaybeRefOrGetter<string>, connected: MaybeRefOrGetter<boolean | undefined>) {
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: computed(() => listKey(toValue(deviceId), toValue(search))),
    queryFn: ({ pageParam }) => readList(toValue(deviceId), toValue(search), pageParam, toValue(connected) !== false),
    initialPageParam: 1,
    getNextPageParam: (last: ListPage) => (last.page < last.totalPages ? last.page + 1 : undefined),
    enabled: computed(() => toValue(deviceId) !== '' && toValue(connected) !== undefined),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  watch(
    () => toValue(connected),
    (now, before) => {
      // of a device that goes away what is shown stays
      if (before === false && now === true) {
        void queries.invalidateQueries({ queryKey: listKey(toValue(deviceId)) });
      }
    },
  );
  return {
    ...query,
    chats: computed(() => shownChats(query.data.value)),
    remembered: computed(() => query.data.value?.pages.some((page) => page.remembered) ?? false),
  };
}

/** The messages of a chat, newest part first, older ones when they are asked for. */
export function useHistory(deviceId: MaybeRefOrGetter<string>, chatId: MaybeRefOrGetter<string>) {
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: computed(() => historyKey(toValue(deviceId), toValue(chatId))),
    queryFn: ({ pageParam }) => readHistory(toValue(deviceId), toValue(chatId), pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: HistoryPage) => last.nextBefore ?? undefined,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  // what WhatsApp kept while the device was away is asked for once it is back
  onEvents(['device-status'], (event) => {
    if (event.deviceId === toValue(deviceId) && event.state === 'connected') {
      void queries.invalidateQueries({ queryKey: historyKey(event.deviceId, toValue(chatId)) });
    }
  });
  return { ...query, messages: computed(() => shownMessages(query.data.value)) };
}
