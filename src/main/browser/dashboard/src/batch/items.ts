import { onScopeDispose, ref, shallowReactive, shallowRef, watch, type Ref } from 'vue';
import type { components } from '@generated/contract';
import { answer, http } from '@/http/client';
import type { Tone } from '@/ui/StatusBadge.vue';

export type JobItem = components['schemas']['JobItem'];
type Listing = components['schemas']['JobItemsAnswer'];
export type ItemState = JobItem['state'];

export const ITEM_STATES: readonly ItemState[] = ['pending', 'queued', 'sending', 'sent', 'failed', 'cancelled'];

/** The most that the server gives at once. */
const PAGE = 100;
/** Someone who drags the bar passes hundreds of pages, and may ask for a hundred a minute. */
const SETTLE_MS = 200;

/** Items of a job, of which only what is looked at is loaded. */
export function useItems(jobId: Ref<string>, state: Ref<ItemState | undefined>) {
  const pages = shallowReactive(new Map<number, readonly JobItem[]>());
  const total = ref<number>();
  const error = shallowRef<unknown>();
  let seen: [number, number] = [0, 0];
  let generation = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const loading = new Set<number>();

  async function load(page: number): Promise<void> {
    const of = generation;
    loading.add(page);
    try {
      const found = await answer<Listing | string>(
        http.GET('/api/whatsapp-multi-device/jobs/{jobId}/items', {
          params: { path: { jobId: jobId.value }, query: { state: state.value, page: page + 1, pageSize: PAGE } },
        }),
      );
      if (of === generation && typeof found === 'object') {
        pages.set(page, found.data);
        total.value = found.pagination.total;
        error.value = undefined;
      }
    } catch (cause) {
      if (of === generation) {
        error.value = cause;
      }
    } finally {
      if (of === generation) {
        loading.delete(page);
      }
    }
  }

  function wanted(): number[] {
    const [first, last] = seen;
    const from = Math.floor(first / PAGE);
    return Array.from({ length: Math.floor(last / PAGE) - from + 1 }, (_, i) => from + i);
  }

  async function fill(again: boolean): Promise<void> {
    await Promise.all(wanted().map((page) => ((again || !pages.has(page)) && !loading.has(page) ? load(page) : undefined)));
  }

  /** Those are looked at. */
  function look(first: number, last: number): void {
    seen = [Math.max(0, first), Math.max(0, last)];
    clearTimeout(timer);
    timer = setTimeout(() => void fill(false), SETTLE_MS);
  }

  /** What is looked at is read anew, and the rest when it is. */
  async function refresh(): Promise<void> {
    const kept = new Set(wanted());
    [...pages.keys()].filter((page) => !kept.has(page)).forEach((page) => pages.delete(page));
    await fill(true);
  }

  function restart(): void {
    generation++;
    loading.clear();
    pages.clear();
    total.value = undefined;
    error.value = undefined;
    seen = [0, 0];
    void fill(true);
  }

  watch([jobId, state], restart, { immediate: true });
  onScopeDispose(() => {
    generation++;
    clearTimeout(timer);
  });

  return { total, error, look, refresh, restart, at: (index: number) => pages.get(Math.floor(index / PAGE))?.[index % PAGE] };
}

/** All items of a job as a file, which the browser keeps. */
export async function downloadItems(jobId: string, state: ItemState | undefined): Promise<void> {
  const table = await answer(
    http.GET('/api/whatsapp-multi-device/jobs/{jobId}/items', {
      params: { path: { jobId }, query: { state, format: 'csv' } },
      parseAs: 'blob',
    }),
  );
  const link = document.createElement('a');
  link.href = URL.createObjectURL(table);
  link.download = `${jobId}${state === undefined ? '' : `-${state}`}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function toneOf(state: ItemState): Tone {
  switch (state) {
    case 'sent':
      return 'good';
    case 'sending':
    case 'queued':
      return 'info';
    case 'failed':
      return 'bad';
    case 'pending':
    case 'cancelled':
      return 'plain';
  }
}
