import { useQuery } from '@tanstack/vue-query';
import { answer, http } from '@/http/client';

/** What this installation is: the real WhatsApp or a simulated one. */
export function useAbout() {
  return useQuery({
    queryKey: ['about'],
    queryFn: async () => (await answer(http.GET('/api/about'))).data,
    staleTime: Infinity,
  });
}
