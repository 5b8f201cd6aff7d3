// @ts-check
/**
 * The link to the phone: made and removed. A removal may happen while the page is closed: then its own scripts refuse the stored login, often
 * before wa-js listens, and reload. So the tab remembers that it was linked, and the first sign of a login screen tells.
 */
import { identity } from '../address.js';
import { emit, flush } from '../emit.js';
import { tab } from '../fence.js';
import { profile, remember } from '../memory.js';
import { wpp } from '../wpp.js';

export function watchLink() {
  let reason = '';
  wpp('on')('conn.authenticated', () => {
    const me = identity();
    if (!me || tab.linked) return;
    noteLinked();
    emit({ type: 'linked', me });
  });
  wpp('on')('conn.logout_reason', (why) => {
    reason = String(why ?? '');
  });
  wpp('on')('conn.logout', () => loggedOut(reason || 'logged out'));
  wpp('on')('conn.require_auth', () => loggedOut(reason || 'the link was removed'));
}

export function noteLinked() {
  if (tab.linked) return;
  tab.linked = true;
  remember(tab);
  profile.setLinked(true);
}

/** @param {string} reason */
export function loggedOut(reason) {
  if (!tab.linked) return;
  tab.linked = false;
  remember(tab);
  profile.setLinked(false);
  emit({ type: 'loggedOut', reason });
  flush();
}
