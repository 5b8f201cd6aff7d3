import type { QueryClient } from '@tanstack/vue-query';
import { answer, http } from '@/http/client';
import { change } from './caches';
import type { ChatMessage } from './message';

const MESSAGE = '/api/whatsapp-multi-device/devices/{deviceId}/messages/{messageId}';

/** The emoji that are offered; a keyboard has all others. */
export const EMOJI = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** Shown at once, and taken back if it is refused. An empty emoji takes our reaction back. */
export async function react(queries: QueryClient, deviceId: string, chatId: string, message: ChatMessage, emoji: string): Promise<void> {
  const { messageId, reactions } = message;
  const others = reactions.filter((each) => !each.fromMe);
  change(queries, deviceId, chatId, messageId, (each) => ({
    ...each,
    reactions: emoji === '' ? others : [...others, { from: '', fromMe: true, emoji }],
  }));
  try {
    await answer(
      http.POST('/api/whatsapp-multi-device/devices/{deviceId}/send-reaction', { params: { path: { deviceId } }, body: { messageId, emoji } }),
    );
  } catch (cause) {
    change(queries, deviceId, chatId, messageId, (each) => ({ ...each, reactions }));
    throw cause;
  }
}

export async function edit(queries: QueryClient, deviceId: string, chatId: string, { messageId }: ChatMessage, text: string): Promise<void> {
  await answer(http.PUT(MESSAGE, { params: { path: { deviceId, messageId } }, body: { message: text } }));
  change(queries, deviceId, chatId, messageId, (each) => ({ ...each, text, edited: true }));
}

/** Deletes it for everyone. */
export async function revoke(queries: QueryClient, deviceId: string, chatId: string, { messageId }: ChatMessage): Promise<void> {
  await answer(http.DELETE(MESSAGE, { params: { path: { deviceId, messageId } } }));
  change(queries, deviceId, chatId, messageId, (each) => ({ ...each, revoked: true, kind: 'text', reactions: [] }));
}

const EDIT_MS = 15 * 60_000;
const REVOKE_MS = 48 * 3_600_000;

/** WhatsApp's own limits; within them it may still refuse. */
export function canEdit(message: ChatMessage, now = Date.now()): boolean {
  const words = message.kind === 'text' || message.kind === 'image' || message.kind === 'video';
  return own(message) && words && now - Date.parse(message.at) < EDIT_MS;
}
export function canRevoke(message: ChatMessage, now = Date.now()): boolean {
  return own(message) && now - Date.parse(message.at) < REVOKE_MS;
}
function own(message: ChatMessage): boolean {
  return message.outgoing && message.id !== null && !message.revoked && message.status !== 'failed' && message.status !== 'pending';
}
