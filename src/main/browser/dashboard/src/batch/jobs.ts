import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/vue-query';
import { useThrottleFn } from '@vueuse/core';
import type { components } from '@generated/contract';
import { onEvents, type KurirEvent } from '@/event/feed';
import { answer, http } from '@/http/client';
import { newKey } from '@/http/key';
import type { Tone } from '@/ui/StatusBadge.vue';

export type Job = components['schemas']['Job'];
export type JobStatus = Job['status'];
type Jobs = components['schemas']['JobsAnswer'];
type One = components['schemas']['JobAnswer'];
type JobEvent = KurirEvent<'job.progress' | 'job.paused' | 'job.completed'>;

export const STATUSES: readonly JobStatus[] = ['queued', 'processing', 'paused', 'completed', 'failed', 'cancelled'];

/** A list's answer is read again at most so often, however much happens. */
const REREAD_MS = 3_000;

/** The job after what happened to it. */
export function after(job: Job, event: JobEvent): Job {
  return {
    ...job,
    status: event.status,
    pauseReason: event.type === 'job.paused' ? event.reason : event.status === 'paused' ? job.pauseReason : null,
    progress: event.progress,
    currentIndex: event.currentIndex,
    successCount: event.successCount,
    errorCount: event.errorCount,
    endedAt: event.type === 'job.completed' ? (job.endedAt ?? event.at) : job.endedAt,
  };
}

export interface JobFilter {
  deviceId: string | undefined;
  status: JobStatus | undefined;
}

/** A page of the jobs that the caller can reach, kept up by events. */
export function useJobs(page: MaybeRefOrGetter<number>, filter: MaybeRefOrGetter<JobFilter>) {
  const queries = useQueryClient();
  const reread = useThrottleFn(() => void queries.invalidateQueries({ queryKey: ['jobs'] }), REREAD_MS, true);
  onEvents(['job.progress', 'job.paused', 'job.completed'], (event) => {
    let known = false;
    queries.setQueriesData<Jobs>({ queryKey: ['jobs'] }, (list) => {
      if (list?.data.some((job) => job.jobId === event.jobId) !== true) {
        return list;
      }
      known = true;
      return { ...list, data: list.data.map((job) => (job.jobId === event.jobId ? after(job, event) : job)) };
    });
    if (!known || toValue(filter).status !== undefined) {
      void reread();
    }
  });
  return useQuery({
    queryKey: computed(() => ['jobs', toValue(page), toValue(filter)]),
    queryFn: () => {
      const { deviceId, status } = toValue(filter);
      return answer(http.GET('/api/whatsapp-multi-device/jobs', { params: { query: { page: toValue(page), deviceId, status } } }));
    },
    placeholderData: keepPreviousData,
  });
}

export function useJob(jobId: MaybeRefOrGetter<string>) {
  const queries = useQueryClient();
  onEvents(['job.progress', 'job.paused', 'job.completed'], (event) => {
    queries.setQueryData<One>(['job', event.jobId], (job) => job && { ...job, data: after(job.data, event) });
  });
  return useQuery({
    queryKey: computed(() => ['job', toValue(jobId)]),
    queryFn: () => answer(http.GET('/api/whatsapp-multi-device/jobs/{jobId}', { params: { path: { jobId: toValue(jobId) } } })),
  });
}

export type Deed = 'pause' | 'resume' | 'cancel';

/** Answers the job as it is afterwards. */
export function act(jobId: string, deed: Deed): Promise<One> {
  const params = { path: { jobId }, header: { 'Idempotency-Key': newKey() } };
  switch (deed) {
    case 'pause':
      return answer(http.POST('/api/whatsapp-multi-device/jobs/{jobId}/pause', { params }));
    case 'resume':
      return answer(http.POST('/api/whatsapp-multi-device/jobs/{jobId}/resume', { params }));
    case 'cancel':
      return answer(http.POST('/api/whatsapp-multi-device/jobs/{jobId}/cancel', { params }));
  }
}

export function isOver(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

export function toneOf(status: JobStatus): Tone {
  switch (status) {
    case 'completed':
      return 'good';
    case 'processing':
      return 'info';
    case 'paused':
      return 'warn';
    case 'failed':
      return 'bad';
    case 'queued':
    case 'cancelled':
      return 'plain';
  }
}
