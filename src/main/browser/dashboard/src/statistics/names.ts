import { computed } from 'vue';
import { useI18n } from 'vue-i18n';

/** How days are written; they are days of some zone already, so none is applied to them here. */
export function useDayNames() {
  const { locale } = useI18n();
  const tag = computed(() => (locale.value === 'id' ? 'id-ID' : 'en-GB'));
  const brief = computed(() => new Intl.DateTimeFormat(tag.value, { day: 'numeric', month: 'short', timeZone: 'UTC' }));
  const full = computed(
    () => new Intl.DateTimeFormat(tag.value, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }),
  );
  return {
    short: (day: string) => brief.value.format(new Date(day)),
    long: (day: string) => full.value.format(new Date(day)),
  };
}
