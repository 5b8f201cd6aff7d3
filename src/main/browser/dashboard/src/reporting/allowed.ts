import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import type { components } from '@generated/contract';
import { answer, http } from '@/http/client';

export type AllowedNumber = components['schemas']['AllowedNumber'];
export type Status = components['schemas']['AllowedStatus'];

/** The digits to look for, as the server takes them; undefined while there are too few for a number. */
export function soughtNumber(text: string): string | undefined {
  const digits = text.replaceAll(/[\s().-]/g, '');
  return /^\+?\d{5,20}$/.test(digits) ? digits : undefined;
}

export function useAllowedNumbers(page: MaybeRefOrGetter<number>, search: MaybeRefOrGetter<string>) {
  const number = computed(() => soughtNumber(toValue(search)));
  return useQuery({
    queryKey: computed(() => ['allowed-numbers', toValue(page), number.value ?? null]),
    queryFn: () => {
      const query = { page: toValue(page), pageSize: 20, ...(number.value === undefined ? {} : { whatsapp_number: number.value }) };
      return answer(http.GET('/api/whatsapp/allowed-numbers', { params: { query } }));
    },
    placeholderData: keepPreviousData,
  });
}

export async function addAllowedNumber(body: { session_id: string; whatsapp_number: string; status: Status }): Promise<void> {
  await answer(http.POST('/api/whatsapp/allowed-numbers', { body }));
}

export async function setAllowedStatus(id: number, status: Status): Promise<void> {
  await answer(http.PUT('/api/whatsapp/allowed-numbers/{id}/status', { params: { path: { id } }, body: { status } }));
}

export async function removeAllowedNumber(id: number): Promise<void> {
  await answer(http.DELETE('/api/whatsapp/allowed-numbers/{id}', { params: { path: { id } } }));
}
