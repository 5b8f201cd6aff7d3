import { shallowRef } from 'vue';

export interface Question {
  title: string;
  /** One plain sentence on what will happen. */
  text: string;
  action: string;
  danger?: boolean;
}

export const asked = shallowRef<{ question: Question; reply: (yes: boolean) => void }>();

/** Asks before something is done; true when it is to be done. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    asked.value = {
      question,
      reply: (yes) => {
        asked.value = undefined;
        resolve(yes);
      },
    };
  });
}
