import { useI18n } from 'vue-i18n';
import type { EventData } from '@generated/events';
import { useFormat, phone } from '@/words/format';
import type { Tone } from '@/ui/StatusBadge.vue';
import { toneOf } from './devices';
import type { Happening } from './history';
import { reasonOf, type ReasonWord } from './reasons';

/** What the server says of why, in the language that is spoken; undefined where it says nothing. */
export function useReasons() {
  const { t } = useI18n();
  return (text: string): string | undefined => {
    const reason = reasonOf(text);
    if (reason === undefined) return undefined;
    const said = reason.word === undefined ? reason.text : t(`session.reasons.${reason.word}`);
    return reason.gaveUp && reason.word !== undefined ? `${said}. ${t('session.gaveUp')}.` : said;
  };
}

export interface Told {
  title: string;
  detail: string | undefined;
  tone: Tone;
}

/** What is wrong with a device that is healed, by the words for reasons. */
const CAUSES: Record<EventData['device.healing']['cause'], ReasonWord> = {
  frozen: 'frozen',
  crashed: 'pageGone',
  browser: 'pageGone',
  socket: 'lost',
  deaf: 'deaf',
  store: 'store',
  opening: 'notOpened',
  replaced: 'replaced',
};

/** What happened to a device, as one says it to a colleague. */
export function useTold() {
  const { t } = useI18n();
  const format = useFormat();
  const reasons = useReasons();

  return (happening: Happening): Told => {
    switch (happening.type) {
      case 'device-status': {
        const { state, reason, phoneNumber } = happening.data;
        return {
          title: t(`session.told.${state}`, { phone: phoneNumber === null ? t('session.someAccount') : phone(phoneNumber) }),
          detail: reasons(reason),
          tone: toneOf(state),
        };
      }
      case 'device.healing': {
        const { step, cause, attempt } = happening.data;
        return {
          title: t(`session.healed.${step}`),
          detail: `${t(`session.reasons.${CAUSES[cause]}`)}. ${t('session.try', { n: attempt })}.`,
          tone: 'warn',
        };
      }
      case 'device.restricted': {
        const { until, reason } = happening.data;
        return {
          title: until === null ? t('session.restricted') : t('session.restrictedUntil', { until: format.dateTime(until) }),
          detail: reason === '' ? undefined : reason,
          tone: 'bad',
        };
      }
    }
  };
}
