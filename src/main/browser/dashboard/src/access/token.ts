import type { components } from '@generated/contract';

type Tokens = components['schemas']['Tokens'];
export type User = components['schemas']['User'];

/** In memory only: no script of a later page load, and no extension that reads storage, finds it. The refresh token is in its HttpOnly cookie. */
let token: string | undefined;
let renewing: Promise<boolean> | undefined;
const watchers = new Set<(tokens: Tokens | undefined) => void>();

export function bearer(): string | undefined {
  return token;
}

export function took(tokens: Tokens | undefined): void {
  token = tokens?.token;
  watchers.forEach((watcher) => watcher(tokens));
}

/** Hears of each new pair, and of the end of the login. */
export function onTokens(watcher: (tokens: Tokens | undefined) => void): void {
  watchers.add(watcher);
}

/**
 * A new access token by the cookie; false when the login has ended. One at a time in all tabs of this browser: a refresh token that is shown twice ends
 * the login, since the server must take the second for a thief. Throws when the server cannot be reached.
 */
export function renew(): Promise<boolean> {
  const running = (renewing ??= locked().finally(() => {
    renewing = undefined;
  }));
  return running;
}

async function locked(): Promise<boolean> {
  // a page that came over plain HTTP has none
  const locks = navigator.locks as LockManager | undefined;
  return locks === undefined ? await renewNow() : await locks.request('kurir-renew', renewNow);
}

async function renewNow(): Promise<boolean> {
  const response = await fetch('/api/auth/refresh-token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
    keepalive: true, // a page that is reloaded meanwhile must not lose the cookie that it was given
  });
  if (response.ok) {
    took(((await response.json()) as { data: Tokens }).data);
    return true;
  }
  if (response.status === 401) {
    took(undefined);
    return false;
  }
  throw new Error(`refresh-token answered ${response.status}`);
}
