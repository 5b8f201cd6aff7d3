import type { components } from '@generated/contract';

export type ConfigEntry = components['schemas']['ConfigKeyEntry'];

/** The keys whose words this dashboard knows; a later server may have more, which are shown by their own names. */
export const KEY_WORDS = {
  SCHEDULER_BASE_DELAY_MS: 'baseDelay',
  SCHEDULER_MAX_ATTEMPTS: 'maxAttempts',
  SEND_PER_MINUTE: 'perMinute',
  SEND_BURST: 'burst',
  SEND_SYNC_QUEUE: 'syncQueue',
  DEVICE_ON_LOGOUT: 'onLogout',
  API_KEY: 'apiKey',
} as const;

type Known = keyof typeof KEY_WORDS;
export type KeyWord = (typeof KEY_WORDS)[Known];

export function keyWord(key: string): KeyWord | undefined {
  return key in KEY_WORDS ? KEY_WORDS[key as Known] : undefined;
}
