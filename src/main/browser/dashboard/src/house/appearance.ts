import { ref, watchEffect } from 'vue';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'kurir.theme';
const kept = localStorage.getItem(KEY);

/** Light, dark, or what the system says. */
export const theme = ref<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system');

watchEffect(() => {
  if (theme.value === 'system') {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset.theme = theme.value;
    localStorage.setItem(KEY, theme.value);
  }
});
