import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { components } from '@generated/contract';
import { onEvents } from '@/event/feed';
import { answer, http } from '@/http/client';
import { Refusal } from '@/http/refusal';
import { failureOf, newest, type Failure } from './failures';

export type Agent = components['schemas']['Agent'];
export type AgentChange = components['schemas']['AgentChange'];
export type Tried = components['schemas']['AgentTriedAnswer']['data'];

const PATH = '/api/whatsapp-multi-device/devices/{deviceId}/agent';
const MOST_FAILURES = 20;
/** The log is read from its oldest; so many pages of 1,000 before we are content with what was found. */
const MOST_PAGES = 5;

const keyOf = (deviceId: string | undefined) => ['agent', deviceId ?? null] as const;

/** The agent of a device; null: it has none. */
export function useAgent(deviceId: MaybeRefOrGetter<string | undefined>) {
  return useQuery({
    queryKey: computed(() => keyOf(toValue(deviceId))),
    queryFn: async (): Promise<Agent | null> => {
      try {
        return (await answer(http.GET(PATH, { params: { path: { deviceId: toValue(deviceId) ?? '' } } }))).data;
      } catch (cause) {
        if (Refusal.from(cause).status === 404) {
          return null;
        }
        throw cause;
      }
    },
    enabled: computed(() => toValue(deviceId) !== undefined),
  });
}

export async function setAgent(deviceId: string, body: AgentChange): Promise<Agent> {
  return (await answer(http.PUT(PATH, { params: { path: { deviceId } }, body }))).data;
}

export async function deleteAgent(deviceId: string): Promise<void> {
  await answer(http.DELETE(PATH, { params: { path: { deviceId } } }));
}

export async function tryAgent(deviceId: string, input: string): Promise<Tried> {
  return (await answer(http.POST('/api/whatsapp-multi-device/devices/{deviceId}/agent/try', { params: { path: { deviceId } }, body: { input } }))).data;
}

/** The last messages that got no answer, from the log and then as it happens. */
export function useFailures(deviceId: MaybeRefOrGetter<string | undefined>) {
  const queries = useQueryClient();
  const key = (of: string | undefined) => ['agent', 'failures', of ?? null];
  onEvents(['agent.failed'], (event) => {
    const { position: id, at, chat, agent, reason, traceId } = event;
    if (id !== undefined) {
      queries.setQueryData<Failure[]>(key(event.deviceId), (known) => known && newest([{ id, at, chat, agent, reason, traceId }, ...known], MOST_FAILURES));
    }
  });
  return useQuery({
    queryKey: computed(() => key(toValue(deviceId))),
    queryFn: () => readFailures(toValue(deviceId) ?? ''),
    enabled: computed(() => toValue(deviceId) !== undefined),
  });
}

async function readFailures(deviceId: string): Promise<Failure[]> {
  let found: Failure[] = [];
  let after: number | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = { type: ['agent.failed'], deviceId: [deviceId], limit: 1_000, ...(after === undefined ? {} : { after }) };
    const { events, next } = (await answer(http.GET('/api/events/log', { params: { query } }))).data;
    found = newest([...events.map(failureOf), ...found], MOST_FAILURES);
    if (events.length === 0) {
      break;
    }
    after = Number(next);
  }
  return found;
}
