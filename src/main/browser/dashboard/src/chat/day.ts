import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { useNow } from '@vueuse/core';
import { useFormat } from '@/words/format';

/** Days as people say them: "Today", "Yesterday", "Friday", "3 Jan 2026". */
export function useDayWords() {
  const { t, locale } = useI18n();
  const format = useFormat();
  const now = useNow({ interval: 60_000 });
  const weekday = computed(() => new Intl.DateTimeFormat(locale.value === 'id' ? 'id-ID' : 'en-GB', { weekday: 'long' }));

  function long(at: string): string {
    const ago = daysAgo(at, now.value);
    return ago <= 0 ? t('chat.today') : ago === 1 ? t('chat.yesterday') : ago < 7 ? weekday.value.format(new Date(at)) : format.date(at);
  }

  return { long, brief: (at: string) => (daysAgo(at, now.value) <= 0 ? format.time(at) : long(at)) };
}

/** By the calendar of the browser's zone. */
export function daysAgo(at: string, now: Date): number {
  const day = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day(now) - day(new Date(at))) / 86_400_000);
}
