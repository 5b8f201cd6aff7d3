import { reactive, ref } from 'vue';
import type { QueryClient } from '@tanstack/vue-query';
import type { components } from '@generated/contract';
import { answer, http } from '@/http/client';
import { newKey } from '@/http/key';
import { Refusal } from '@/http/refusal';
import { put } from './caches';
import type { MediaType } from './file';
import type { ChatMessage } from './message';

type Schemas = components['schemas'];

/** What is to be sent. */
export type Draft =
  | { kind: 'text'; text: string }
  | { kind: 'media'; file: File; mediaType: MediaType; caption: string }
  | { kind: 'location'; location: Schemas['Location'] }
  | { kind: 'contacts'; contacts: Schemas['Card'][] }
  | { kind: 'poll'; poll: Schemas['Poll'] };

/** A message that the server has not answered for yet, or has refused. */
export interface Outgoing {
  /** Names the request: a repeat with the same key cannot send twice. */
  key: string;
  deviceId: string;
  chatId: string;
  draft: Draft;
  quoted: string | null;
  at: string;
  /** `unknown`: the answer did not come, it may have been sent. */
  state: 'sending' | 'unknown' | 'failed';
  reason: string;
}

/** Outlives the view, so that what could not be sent is not lost by looking elsewhere. */
export const outgoing = ref<Outgoing[]>([]);

/** Messages that have failed for good and were sent anew, as another one. */
export const retried = reactive(new Set<string>());

export function sendingTo(deviceId: string, chatId: string): boolean {
  return outgoing.value.some((each) => each.deviceId === deviceId && each.chatId === chatId && each.state === 'sending');
}

export function send(queries: QueryClient, to: Pick<Outgoing, 'deviceId' | 'chatId' | 'quoted'>, draft: Draft): Promise<void> {
  const one: Outgoing = { ...to, draft, key: newKey(), at: new Date().toISOString(), state: 'sending', reason: '' };
  outgoing.value.push(one);
  return attempt(queries, one);
}

/** After a refusal a new request; where nobody knows what became of the first one, the same once more. */
export function again(queries: QueryClient, { key }: Outgoing): Promise<void> {
  const one = outgoing.value.find((each) => each.key === key);
  if (one === undefined || one.state === 'sending') {
    return Promise.resolve();
  }
  if (one.state === 'failed') {
    one.key = newKey();
    one.at = new Date().toISOString();
  }
  one.state = 'sending';
  return attempt(queries, one);
}

/** What was written to a chat follows it to its new name. */
export function renamed(deviceId: string, from: string, to: string): void {
  outgoing.value.filter((each) => each.deviceId === deviceId && each.chatId === from).forEach((each) => (each.chatId = to));
}

export function drop(key: string): void {
  outgoing.value = outgoing.value.filter((each) => each.key !== key);
}

async function attempt(queries: QueryClient, one: Outgoing): Promise<void> {
  const { key, deviceId, chatId } = one;
  try {
    const { data } = await answer(request(one));
    if ('messageId' in data) {
      put(queries, deviceId, chatId, { ...shown(one), id: data.id, messageId: data.messageId, status: data.status, at: data.timestamp });
    }
    drop(key);
  } catch (cause) {
    const refusal = Refusal.from(cause);
    const refused = outgoing.value.find((each) => each.key === key);
    if (refused !== undefined) {
      refused.state = undecided(refusal) ? 'unknown' : 'failed';
      refused.reason = [...refusal.fields.values()][0] ?? refusal.message;
    }
  }
}

/** Whether it may have been sent though the server did not say so. */
export function undecided(refusal: Refusal): boolean {
  return refusal.code !== 'SEND_FAILED' && refusal.code !== 'NOT_AVAILABLE' && (refusal.status === 0 || refusal.status >= 500);
}

function request({ key, deviceId, chatId, draft, quoted }: Outgoing) {
  const params = { path: { deviceId }, header: { 'Idempotency-Key': key } };
  const to = { to: chatId, ...(quoted === null ? {} : { quotedMessageId: quoted }) };
  const base = '/api/whatsapp-multi-device/devices/{deviceId}';
  switch (draft.kind) {
    case 'text':
      return http.POST(`${base}/send-message`, { params, body: { ...to, message: draft.text } });
    case 'media': {
      const { file, mediaType, caption } = draft;
      const fields = { ...to, mediaType, ...(caption === '' ? {} : { caption }), ...(mediaType === 'document' ? { fileName: file.name } : {}) };
      return http.POST(`${base}/send-media`, {
        params,
        body: fields,
        bodySerializer: () => {
          const form = new FormData();
          Object.entries(fields).forEach(([name, value]) => form.append(name, value));
          form.append('file', file, file.name);
          return form;
        },
      });
    }
    case 'location':
      return http.POST(`${base}/send-location`, { params, body: { ...to, ...draft.location } });
    case 'contacts':
      return http.POST(`${base}/send-contact`, { params, body: { ...to, contacts: draft.contacts } });
    case 'poll':
      return http.POST(`${base}/send-poll`, { params, body: { ...to, ...draft.poll } });
  }
}

/** As it stands in the chat. */
export function shown(one: Outgoing): ChatMessage {
  const { draft } = one;
  return {
    id: null,
    messageId: one.key,
    outgoing: true,
    author: null,
    authorName: null,
    kind: draft.kind === 'media' ? draft.mediaType : draft.kind,
    type: draft.kind,
    text: draft.kind === 'text' ? draft.text : draft.kind === 'media' ? draft.caption : draft.kind === 'poll' ? draft.poll.question : '',
    quoted: one.quoted,
    status: one.state === 'sending' ? 'pending' : 'failed',
    failure: one.reason,
    at: one.at,
    ...(draft.kind === 'media'
      ? { media: { kind: draft.mediaType, mimetype: draft.file.type, fileName: draft.file.name, size: draft.file.size, state: 'stored' as const } }
      : {}),
    ...(draft.kind === 'location' ? { location: draft.location } : {}),
    ...(draft.kind === 'contacts' ? { contacts: draft.contacts } : {}),
    ...(draft.kind === 'poll' ? { poll: draft.poll } : {}),
    edited: false,
    revoked: false,
    reactions: [],
    votes: [],
  };
}

/** The draft of a message that has failed, to send it anew; a file that is no longer here cannot be. */
export function draftOf(message: ChatMessage): Draft | undefined {
  if (message.kind === 'text') return { kind: 'text', text: message.text };
  if (message.location !== undefined) return { kind: 'location', location: message.location };
  if (message.contacts !== undefined) return { kind: 'contacts', contacts: message.contacts };
  if (message.poll !== undefined) return { kind: 'poll', poll: message.poll };
  return undefined;
}
