import { useI18n } from 'vue-i18n';
import { check } from '@/ui/form';

/** Says next to the field what the server would refuse of an account, in the language that is spoken. */
export function useAccountChecks() {
  const { t } = useI18n();
  return {
    names: (email: string, username: string, usernameNeeded: boolean) =>
      check({
        email: !/^[^@\s]+@[^@\s]+$/.test(email.trim()) && t('access.emailWrong'),
        username: (usernameNeeded || username.trim() !== '') && !/^[^@\s]+$/.test(username.trim()) && t('access.usernameWrong'),
      }),
    password: (password: string) => check({ password: password.length < 8 && t('access.passwordShort') }),
  };
}
