import { computed } from 'vue';
import { useI18n } from 'vue-i18n';

/** How numbers, times and phones are written in the language that is spoken; times in the zone of the browser. */
export function useFormat() {
  const { locale } = useI18n();
  const tag = computed(() => (locale.value === 'id' ? 'id-ID' : 'en-GB'));
  const full = computed(() => new Intl.DateTimeFormat(tag.value, { dateStyle: 'medium', timeStyle: 'medium' }));
  const short = computed(() => new Intl.DateTimeFormat(tag.value, { dateStyle: 'medium', timeStyle: 'short' }));
  const clock = computed(() => new Intl.DateTimeFormat(tag.value, { timeStyle: 'short' }));
  const ticks = computed(() => new Intl.DateTimeFormat(tag.value, { timeStyle: 'medium' }));
  const earlier = computed(() => new Intl.DateTimeFormat(tag.value, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }));
  const day = computed(() => new Intl.DateTimeFormat(tag.value, { dateStyle: 'medium' }));
  const since = computed(() => new Intl.RelativeTimeFormat(tag.value, { numeric: 'auto' }));
  const plain = computed(() => new Intl.NumberFormat(tag.value));
  const share = computed(() => new Intl.NumberFormat(tag.value, { style: 'percent', maximumFractionDigits: 1 }));

  return {
    tag,
    dateTime: (at: string | Date) => short.value.format(new Date(at)),
    exact: (at: string | Date) => full.value.format(new Date(at)),
    time: (at: string | Date) => clock.value.format(new Date(at)),
    /** To the second. */
    timeExact: (at: string | Date) => ticks.value.format(new Date(at)),
    /** For lists of what happened: to the second today, with the day before. */
    moment: (at: string, now = new Date()) => {
      const then = new Date(at);
      return (then.toDateString() === now.toDateString() ? ticks : earlier).value.format(then);
    },
    date: (at: string | Date) => day.value.format(new Date(at)),
    /** "3 minutes ago", "in 2 days". */
    relative: (at: string | Date, now = new Date()) => {
      const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
      const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
      return since.value.format(Math.trunc(seconds / size), unit);
    },
    number: (n: number) => plain.value.format(n),
    percent: (ratio: number) => share.value.format(ratio),
    bytes: (n: number) => {
      const step = n < 1024 ? 0 : Math.min(Math.floor(Math.log2(n) / 10), 4);
      const value = new Intl.NumberFormat(tag.value, { maximumFractionDigits: step === 0 ? 0 : 1 }).format(n / 1024 ** step);
      return `${value} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][step] ?? 'B'}`;
    },
    /** Seconds as "2 h 05 min", "3 min 10 s", "12 s". */
    duration: (seconds: number) => {
      const whole = Math.max(0, Math.round(seconds));
      const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
      return h > 0 ? `${h} h ${String(min).padStart(2, '0')} min` : min > 0 ? `${min} min ${String(s).padStart(2, '0')} s` : `${s} s`;
    },
  };
}

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** A phone number as people write it, from digits or a WhatsApp address; what is none (a group, a LID) stays as it is. */
export function phone(address: string): string {
  const [user = '', server] = address.split('@');
  if (server !== undefined && server !== 'c.us' && server !== 's.whatsapp.net') {
    return address;
  }
  return /^\d{7,15}$/.test(user) ? `+${user}` : user;
}
