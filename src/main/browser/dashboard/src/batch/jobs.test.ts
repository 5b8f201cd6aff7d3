import { expect, test } from 'vitest';
import { after, type Job } from './jobs';

const job: Job = {
  jobId: 'job-1',
  deviceId: 'shop',
  kind: 'message',
  status: 'queued',
  pauseReason: null,
  progress: { total: 3, completed: 0, failed: 0, cancelled: 0, pending: 3 },
  currentIndex: 0,
  successCount: 0,
  errorCount: 0,
  delaySec: 3.5,
  duplicateCount: 0,
  startsAt: null,
  createdAt: '2026-01-15T08:30:00.000Z',
  endedAt: null,
};
const told = {
  jobId: 'job-1',
  kind: 'message',
  deviceId: 'shop',
  at: '2026-01-15T08:31:00.000Z',
  progress: { total: 3, completed: 1, failed: 1, cancelled: 0, pending: 1 },
  currentIndex: 2,
  successCount: 1,
  errorCount: 1,
};

test('a job is what its events say', () => {
  const paused = after(job, { ...told, type: 'job.paused', status: 'paused', reason: 'link' });
  expect(paused).toMatchObject({ status: 'paused', pauseReason: 'link', currentIndex: 2, endedAt: null, createdAt: job.createdAt });
  expect(after(paused, { ...told, type: 'job.progress', status: 'paused' }).pauseReason).toBe('link');
  expect(after(paused, { ...told, type: 'job.progress', status: 'processing' }).pauseReason).toBeNull();
  expect(after(paused, { ...told, type: 'job.completed', status: 'cancelled' })).toMatchObject({ status: 'cancelled', endedAt: told.at });
});
