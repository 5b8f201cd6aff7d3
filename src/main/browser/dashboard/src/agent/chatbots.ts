import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import type { components } from '@generated/contract';
import { answer, http } from '@/http/client';

export type Chatbot = components['schemas']['Chatbot'];

export function useChatbots(page: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: computed(() => ['chatbots', toValue(page)]),
    queryFn: () => answer(http.GET('/api/whatsapp/chatbots', { params: { query: { page: toValue(page), pageSize: 20 } } })),
    placeholderData: keepPreviousData,
  });
}

export async function createChatbot(body: components['schemas']['NewChatbot']): Promise<Chatbot> {
  return (await answer(http.POST('/api/whatsapp/chatbots', { body }))).data;
}

export async function setChatbotStatus(id: number, status: Chatbot['status']): Promise<void> {
  await answer(http.PUT('/api/whatsapp/chatbots/{id}/status', { params: { path: { id } }, body: { status } }));
}

/** Of all chatbots of the number, of which each device has one at most. */
export async function setChatbotEndpoint(number: string, url: string): Promise<void> {
  const params = { path: { whatsapp_number: number } };
  await answer(http.PUT('/api/whatsapp/chatbots/{whatsapp_number}/endpoint', { params, body: { endpoint_url: url.trim() === '' ? null : url.trim() } }));
}

export async function deleteChatbot(id: number): Promise<void> {
  await answer(http.DELETE('/api/whatsapp/chatbots/{id}', { params: { path: { id } } }));
}

/** Why a chatbot answers nobody, although it may be switched on. */
export type Hindrance = 'endpoint' | 'number';

/** `phone`: the number that its device is linked with; undefined when that is not known here. */
export function hindranceOf(chatbot: Pick<Chatbot, 'endpoint_url' | 'whatsapp_number'>, phone: string | null | undefined): Hindrance | undefined {
  if (chatbot.endpoint_url === null) {
    return 'endpoint';
  }
  return phone === undefined || phone === chatbot.whatsapp_number ? undefined : 'number';
}
