/// <reference types="vite/client" />
import type { Composer } from 'vue-i18n';

// Templates speak by $t, typed as the composable is.
declare module 'vue' {
  interface ComponentCustomProperties {
    $t: Composer['t'];
  }
}
