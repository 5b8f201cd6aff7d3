// @ts-check
import { wpp } from '../wpp.js';

/** The page reloads soon after; the answer must be out before. @returns {Promise<boolean>} */
export async function logout() {
  if (!wpp('isAuthenticated')()) return false;
  return wpp('logout')();
}
