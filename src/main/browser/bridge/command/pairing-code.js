// @ts-check
import { wpp } from '../wpp.js';

/** @param {{ phone: string }} command digits, international @returns {Promise<string>} */
export function pairingCode({ phone }) {
  return wpp('linkCode')(phone);
}
