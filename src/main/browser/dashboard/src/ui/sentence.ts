import { useI18n } from 'vue-i18n';
import { Refusal } from '@/http/refusal';

/** Why something was not done, in a sentence for people. */
export function useSentence(): (cause: unknown) => string {
  const { t } = useI18n();
  return (cause) => {
    const refusal = Refusal.from(cause);
    switch (refusal.code) {
      case 'UNREACHABLE':
        return t('ui.unreachable');
      case 'UNREADABLE':
        return t('ui.unreadable');
      default:
        return refusal.message;
    }
  };
}
