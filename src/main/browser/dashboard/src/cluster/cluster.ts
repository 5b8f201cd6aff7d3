import { useQuery } from '@tanstack/vue-query';
import type { components } from '@generated/contract';
import { answer, http } from '@/http/client';
import type { Tone } from '@/ui/StatusBadge.vue';

export type ClusterNode = components['schemas']['ClusterNode'];
export type ClusterLease = components['schemas']['ClusterLease'];
export type Readiness = components['schemas']['Readiness'];

// No event tells of a node. Together 24 requests a minute of the 100 that a caller has; none while the page is not seen.
const OFTEN_MS = 5_000;
const SELDOM_MS = 10_000;

export function useCluster() {
  return useQuery({
    queryKey: ['cluster'],
    queryFn: () => answer(http.GET('/api/admin/cluster')),
    refetchInterval: OFTEN_MS,
  });
}

export function useOverview() {
  return useQuery({
    queryKey: ['overview'],
    queryFn: async () => (await answer(http.GET('/api/admin/stats'))).data,
    refetchInterval: SELDOM_MS,
  });
}

/** What the node that answers says of itself; a node that is not ready says so with 503, which is no failure to show. */
export function useReadiness() {
  return useQuery({
    queryKey: ['readiness'],
    queryFn: async () => {
      const { data, error } = await http.GET('/health/ready');
      if (data !== undefined) return data;
      if (error !== undefined && 'database' in error) return error;
      return answer(http.GET('/health/ready'));
    },
    refetchInterval: SELDOM_MS,
  });
}

export function toneOfNode(state: ClusterNode['state']): Tone {
  switch (state) {
    case 'ready':
      return 'good';
    case 'draining':
      return 'warn';
    case 'gone':
      return 'bad';
  }
}

export function toneOfHealth(status: Readiness['status']): Tone {
  switch (status) {
    case 'ok':
      return 'good';
    case 'degraded':
    case 'draining':
      return 'warn';
    case 'unavailable':
      return 'bad';
  }
}
