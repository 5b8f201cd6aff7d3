import { createApp } from 'vue';
import { createPinia } from 'pinia';
import { VueQueryPlugin, type VueQueryPluginOptions } from '@tanstack/vue-query';
import App from '@/App.vue';
import { useAccess } from '@/access/access';
import { Refusal } from '@/http/refusal';
import { router } from '@/router';
import { i18n, speak, type Language } from '@/words/words';
import '@/ui/base.css';

const AGAIN_MS = 3_000;

const queries: VueQueryPluginOptions = {
  queryClientConfig: {
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, cause) => failures < 2 && Refusal.from(cause).passing,
        retryDelay: (failures, cause) => (Refusal.from(cause).retryAfter ?? 2 ** failures) * 1_000,
      },
    },
  },
};

const app = createApp(App).use(createPinia()).use(i18n).use(VueQueryPlugin, queries);
speak(i18n.global.locale.value as Language);
await resumed();
app.use(router).mount('#app');

/** Takes up an earlier login. While the server cannot say whether there is one, nobody is asked to sign in anew. */
async function resumed(): Promise<void> {
  for (;;) {
    try {
      return await useAccess().resume();
    } catch (cause) {
      console.info('Nothing is known of an earlier login yet', cause);
      const note = document.createElement('p');
      note.className = 'card';
      note.textContent = i18n.global.t('ui.unreachableYet');
      document.querySelector('#app')?.replaceChildren(note);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
