import { ref } from 'vue';

export interface Toast {
  id: number;
  tone: 'good' | 'bad' | 'info';
  title: string;
  text?: string | undefined;
  /** Of what was refused: why. */
  cause?: unknown;
}

export const toasts = ref<Toast[]>([]);
let last = 0;

/** Says that something is done, or happened elsewhere on the page. */
export function say(title: string, tone: Toast['tone'] = 'good', text?: string): void {
  toasts.value.push({ id: ++last, tone, title, text });
}

/** Says why something was not done, where no form is there to say it. */
export function sayRefused(title: string, cause: unknown): void {
  toasts.value.push({ id: ++last, tone: 'bad', title, cause });
}
