import type { InfiniteData, QueryClient } from '@tanstack/vue-query';
import { answer, http } from '@/http/client';
import type { KurirEvent } from '@/event/feed';
import { after, inOrder as chatsInOrder, ofChat, ofDay, sent, type Conversation, type ListEvent } from './conversation';
import { changed, inOrder, ofHistory, type ChangeEvent, type ChatMessage } from './message';

/** One read part of the list of chats; what came in since stands in the first. */
export interface ListPage {
  chats: Conversation[];
  page: number;
  totalPages: number;
  /** Of a device that is not connected: what our own table knows of the last days. */
  remembered: boolean;
}

/** One read part of a chat; the first has the newest, each next what is before it. */
export interface HistoryPage {
  /** The name of the chat from now on: by number where it is known. */
  chatId: string;
  messages: ChatMessage[];
  nextBefore: string | null;
}

export type ListData = InfiniteData<ListPage, number>;
export type HistoryData = InfiniteData<HistoryPage, string | undefined>;

export const listKey = (deviceId: string, search?: string) => ['chats', deviceId, ...(search === undefined ? [] : [search])];
export const historyKey = (deviceId: string, chatId: string) => ['history', deviceId, chatId];

const LIST_PAGE = 100;
const HISTORY_PAGE = 50;
const REMEMBERED_DAYS = 7;

export async function readList(deviceId: string, search: string, page: number, connected: boolean): Promise<ListPage> {
  if (!connected) {
    return remembered(deviceId, search);
  }
  const query = { page, pageSize: LIST_PAGE, ...(search === '' ? {} : { search }) };
  const path = '/api/whatsapp-multi-device/devices/{deviceId}/chats';
  const { data, pagination } = await answer(http.GET(path, { params: { path: { deviceId }, query } }));
  const chats = data.chats.map(ofChat).map((chat) => (looked(deviceId, chat) ? { ...chat, unread: 0 } : chat));
  return { chats, page, totalPages: pagination.totalPages, remembered: false };
}

/** When the newest message came that was looked at here, by device and chat: WhatsApp counts as unread what was read here only. */
const seen = new Map<string, string>();

function looked(deviceId: string, { chatId, lastAt }: Conversation): boolean {
  const until = seen.get(`${deviceId} ${chatId}`);
  return until !== undefined && lastAt !== null && Date.parse(lastAt) <= Date.parse(until);
}

async function remembered(deviceId: string, search: string): Promise<ListPage> {
  const path = '/api/whatsapp-multi-device/devices/{deviceId}/daily-chat-list';
  const days = Array.from({ length: REMEMBERED_DAYS }, (_, ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10));
  const read = await Promise.all(
    days.map((date) => answer(http.GET(path, { params: { path: { deviceId }, query: { date, includeGroups: true, limit: 1000 } } }))),
  );
  const wanted = search.toLowerCase();
  const chats = chatsInOrder(read.flatMap(({ data }) => data.chats.map(ofDay)));
  return {
    chats: chats.filter((chat) => `${chat.name ?? ''} ${chat.chatId}`.toLowerCase().includes(wanted)),
    page: 1,
    totalPages: 1,
    remembered: true,
  };
}

export async function readHistory(deviceId: string, chatId: string, before: string | undefined): Promise<HistoryPage> {
  const query = { limit: HISTORY_PAGE, waitSeconds: 0, source: 'auto' as const, ...(before === undefined ? {} : { before }) };
  const base = '/api/whatsapp-multi-device/devices/{deviceId}';
  const call = chatId.endsWith('@g.us')
    ? http.GET(`${base}/group-chat-history/{groupId}`, { params: { path: { deviceId, groupId: chatId }, query } })
    : http.GET(`${base}/chat-history/{jid}`, { params: { path: { deviceId, jid: chatId }, query } });
  const { data } = await answer(call);
  return { chatId: data.chatId, messages: data.messages.map(ofHistory), nextBefore: data.nextBefore };
}

export function shownChats(data: InfiniteData<ListPage, unknown> | undefined): Conversation[] {
  return chatsInOrder(data?.pages.flatMap((page) => page.chats) ?? []);
}

export function shownMessages(data: InfiniteData<HistoryPage, unknown> | undefined): ChatMessage[] {
  return inOrder([...(data?.pages ?? [])].reverse().flatMap((page) => page.messages));
}

/** Changes the lists of a device that have been read; where they are searched, nothing new comes in. */
function changeLists(queries: QueryClient, deviceId: string, change: (chats: Conversation[]) => Conversation[]): void {
  for (const [key, data] of queries.getQueriesData<ListData>({ queryKey: listKey(deviceId) })) {
    if (data === undefined) continue;
    const before = shownChats(data);
    const now = change(before);
    const known = new Set(before.map((chat) => chat.chatId));
    const kept = key[2] === '' ? now : now.filter((chat) => known.has(chat.chatId));
    queries.setQueryData<ListData>(key, { ...data, pages: data.pages.map((page, i) => ({ ...page, chats: i === 0 ? kept : [] })) });
  }
}

export function hearList(queries: QueryClient, event: ListEvent): void {
  changeLists(queries, event.deviceId, (chats) => after(chats, event));
}

export function markRead(queries: QueryClient, deviceId: string, chatId: string): void {
  changeLists(queries, deviceId, (chats) =>
    chats.map((chat) => {
      if (chat.chatId !== chatId) return chat;
      seen.set(`${deviceId} ${chatId}`, chat.lastAt ?? '');
      return { ...chat, unread: 0 };
    }),
  );
}

export function messagesOf(queries: QueryClient, deviceId: string, chatId: string): ChatMessage[] | undefined {
  const data = queries.getQueryData<HistoryData>(historyKey(deviceId, chatId));
  return data && data.pages.flatMap((page) => page.messages);
}

/** A read that is under way ends by writing what it began with: what came meanwhile is written once more behind it. */
function lasting(queries: QueryClient, key: readonly unknown[], write: () => void): void {
  write();
  const query = queries.getQueryCache().find({ queryKey: key });
  if (query?.state.fetchStatus === 'fetching') {
    void query.promise?.then(() => setTimeout(write)).catch(() => {});
  }
}

/** Puts a message where it belongs, or the newer word on it in its place. */
export function put(queries: QueryClient, deviceId: string, chatId: string, message: ChatMessage): void {
  const key = historyKey(deviceId, chatId);
  lasting(queries, key, () =>
    queries.setQueryData<HistoryData>(key, (data) => {
      if (data === undefined) return undefined;
      const at = Math.max(0, data.pages.findIndex((page) => page.messages.some((each) => each.messageId === message.messageId)));
      return { ...data, pages: data.pages.map((page, i) => (i === at ? { ...page, messages: inOrder([...page.messages, message]) } : page)) };
    }),
  );
  if (message.outgoing) {
    changeLists(queries, deviceId, (chats) => sent(chats, chatId, message));
  }
}

/** Changes one message where it has been read; false where it has not. */
export function change(
  queries: QueryClient,
  deviceId: string,
  chatId: string,
  messageId: string,
  how: (message: ChatMessage) => ChatMessage,
): boolean {
  const known = messagesOf(queries, deviceId, chatId)?.some((each) => each.messageId === messageId) ?? false;
  if (known) {
    const key = historyKey(deviceId, chatId);
    lasting(queries, key, () =>
      queries.setQueryData<HistoryData>(
        key,
        (data) =>
          data && {
            ...data,
            pages: data.pages.map((page) => ({
              ...page,
              messages: page.messages.map((each) => (each.messageId === messageId ? how(each) : each)),
            })),
          },
      ),
    );
  }
  return known;
}

export function hearChange(queries: QueryClient, event: ChangeEvent): boolean {
  return change(queries, event.deviceId, event.chat, event.messageId, (message) => changed(message, event));
}

/** The chat has another name from now on; what was read of it under the old one is read again under the new one. */
export function hearMerged(queries: QueryClient, event: KurirEvent<'contact.merged'>): void {
  queries.removeQueries({ queryKey: historyKey(event.deviceId, event.lid) });
  void queries.invalidateQueries({ queryKey: historyKey(event.deviceId, event.contactId) });
}

/** What a part that only grows may have, and what stays of it then. */
const MOST_MESSAGES = 200;
const KEPT_MESSAGES = 150;

/** Only the newest parts stay, and of the newest its newest messages, so that neither scrolling nor a day of talk fills the page. */
export function trim(queries: QueryClient, deviceId: string, chatId: string, pages: number): void {
  queries.setQueryData<HistoryData>(
    historyKey(deviceId, chatId),
    (data) => {
      const newest = data?.pages[0];
      if (data === undefined || newest === undefined) return data;
      const kept = newest.messages.slice(-KEPT_MESSAGES);
      const oldest = kept[0];
      if (newest.messages.length > MOST_MESSAGES && oldest !== undefined) {
        return { pages: [{ ...newest, messages: kept, nextBefore: oldest.messageId }], pageParams: data.pageParams.slice(0, 1) };
      }
      return data.pages.length <= pages ? data : { pages: data.pages.slice(0, pages), pageParams: data.pageParams.slice(0, pages) };
    },
  );
}
