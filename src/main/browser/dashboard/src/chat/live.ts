import { onScopeDispose, reactive } from 'vue';
import { useQueryClient } from '@tanstack/vue-query';
import { useThrottleFn } from '@vueuse/core';
import { onEvents, type KurirEvent } from '@/event/feed';
import { answer, http } from '@/http/client';
import { hearChange, hearList, hearMerged, listKey, messagesOf, put } from './caches';
import { ofEvent, ofMessage } from './message';
import { renamed, sendingTo } from './outgoing';
import { renamedUnsent } from './unsent';

/** How long "typing…" stands when nobody says that it is over. */
const TYPING_MS = 12_000;
/** For our own answer to a send to come first: it knows what was sent, the event does not. */
const OURS_FIRST_MS = 1_500;
const REREAD_MS = 10_000;

/** Who is typing or recording now, by device and chat. */
export type Typing = ReadonlyMap<string, 'composing' | 'recording'>;

export const typingKey = (deviceId: string, chat: string): string => `${deviceId} ${chat}`;

/**
 * Keeps what has been read of chats up with what happens. Nothing is read again for it, but for messages that others send in a chat that is open:
 * events tell of them without their words.
 */
export function useLiveChats(merged: (event: KurirEvent<'contact.merged'>) => void): { typing: Typing } {
  const queries = useQueryClient();
  const typing = reactive(new Map<string, 'composing' | 'recording'>());
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const fetching = new Set<string>();
  const reread = useThrottleFn((deviceId: string) => void queries.invalidateQueries({ queryKey: listKey(deviceId) }), REREAD_MS, true);

  onEvents(['message.received'], (event) => {
    if (event.messageType !== 'revoked') {
      put(queries, event.deviceId, event.chat, ofEvent(event));
    }
    hearList(queries, event);
    stopTyping(typingKey(event.deviceId, event.chat));
  });
  onEvents(['message.status', 'message.media', 'message.edited', 'message.revoked', 'message.reaction', 'poll.vote'], (event) => {
    const known = hearChange(queries, event);
    if (event.type === 'message.status' && !known) {
      unknown(event);
    }
  });
  onEvents(['message.status', 'message.edited', 'message.revoked', 'group.changed'], (event) => hearList(queries, event));
  onEvents(['contact.merged'], (event) => {
    hearList(queries, event);
    hearMerged(queries, event);
    renamed(event.deviceId, event.lid, event.contactId);
    renamedUnsent(event.deviceId, event.lid, event.contactId);
    merged(event);
  });
  onEvents(['presence'], (event) => {
    const key = typingKey(event.deviceId, event.chat);
    stopTyping(key);
    if (event.state === 'composing' || event.state === 'recording') {
      typing.set(key, event.state);
      timers.set(key, setTimeout(() => stopTyping(key), TYPING_MS));
    }
  });
  onScopeDispose(() => {
    timers.forEach((timer) => clearTimeout(timer));
    // events of the time until the view comes back are not heard
    queries.removeQueries({ queryKey: ['history'] });
    queries.removeQueries({ queryKey: ['chats'] });
  });

  function stopTyping(key: string): void {
    clearTimeout(timers.get(key));
    timers.delete(key);
    typing.delete(key);
  }

  /** Somebody else sent it: a job, an agent, another window. */
  function unknown(event: KurirEvent<'message.status'>): void {
    if (event.status !== 'sent' && event.status !== 'failed') {
      return;
    }
    if (messagesOf(queries, event.deviceId, event.chat) === undefined) {
      void reread(event.deviceId);
    } else if (!fetching.has(event.messageId)) {
      fetching.add(event.messageId);
      setTimeout(() => void bring(event), sendingTo(event.deviceId, event.chat) ? OURS_FIRST_MS : 0);
    }
  }

  async function bring({ deviceId, chat, messageId }: KurirEvent<'message.status'>): Promise<void> {
    try {
      if (messagesOf(queries, deviceId, chat)?.some((each) => each.messageId === messageId) === false) {
        const path = '/api/whatsapp-multi-device/devices/{deviceId}/messages/{messageId}';
        const { data } = await answer(http.GET(path, { params: { path: { deviceId, messageId } } }));
        put(queries, deviceId, chat, ofMessage(data));
      }
    } catch (cause) {
      console.info('A message that another sent is not shown', cause);
    } finally {
      fetching.delete(messageId);
    }
  }

  return { typing };
}
