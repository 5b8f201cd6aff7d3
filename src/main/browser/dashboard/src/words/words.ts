import { createI18n } from 'vue-i18n';
import access from '@/access/words';
import agent from '@/agent/words';
import audit from '@/audit/words';
import batch from '@/batch/words';
import chat from '@/chat/words';
import cluster from '@/cluster/words';
import config from '@/config/words';
import event from '@/event/words';
import house from '@/house/words';
import reporting from '@/reporting/words';
import schedule from '@/schedule/words';
import session from '@/session/words';
import statistics from '@/statistics/words';
import suppression from '@/suppression/words';
import ui from '@/ui/words';
import webhook from '@/webhook/words';

/** Each feature says its own words, in both languages; one that is missing in either does not compile. */
const features = {
  access,
  agent,
  audit,
  batch,
  chat,
  cluster,
  config,
  event,
  house,
  reporting,
  schedule,
  session,
  statistics,
  suppression,
  ui,
  webhook,
};

type Features = typeof features;
export type Language = 'en' | 'id';
export type Words = { [F in keyof Features]: Features[F]['en'] };

declare module 'vue-i18n' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  export interface DefineLocaleMessage extends Words {}
}

function spoken(language: Language): Words {
  return Object.fromEntries(Object.entries(features).map(([name, words]) => [name, words[language]])) as unknown as Words;
}

const KEY = 'kurir.language';

export const i18n = createI18n({
  legacy: false,
  locale: preferred(),
  fallbackLocale: 'en',
  messages: { en: spoken('en'), id: spoken('id') },
  missing: (language, key) => {
    console.error(`No words in ${language} for ${key}`);
  },
});

function preferred(): Language {
  const chosen = localStorage.getItem(KEY) ?? navigator.language.slice(0, 2);
  return chosen === 'id' || chosen === 'in' ? 'id' : 'en';
}

export function speak(language: Language): void {
  i18n.global.locale.value = language;
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
}
