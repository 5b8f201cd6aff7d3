// @ts-check
import { wpp } from '../wpp.js';

/** The code itself comes as an event, from wa-js as from here. @returns {Promise<boolean>} whether a new code is coming */
export async function refreshQr() {
  if (wpp('isAuthenticated')()) return false;
  wpp('refreshQr')().catch(() => null);
  return true;
}
