// @ts-check
/**
 * People named in texts. WhatsApp shows `@<digits>` as a person only where a name of the message's list has these digits, and in groups
 * that name is the LID; outside, text and list have the number.
 */
import { phoneOf, plain } from './address.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid */

/** The digits by which the one side names people, by those of the other. @typedef {Map<string, string>} Digits */

/** @param {string} text @param {Digits} digits */
export function renamed(text, digits) {
  if (digits.size === 0) return text;
  return text.replace(/@(\d+)/g, (found, name) => (digits.has(name) ? `@${digits.get(name)}` : found));
}

/** How a text has to name people for WhatsApp to find them in its list. @param {(Wid | string)[]} names @param {(Wid | string)[]} listed the same people */
export function inside(names, listed) {
  return new Map(names.map((name, i) => [user(name), user(listed[i])]));
}

/** How a text names people outside. @param {any[] | undefined} listed @returns {Digits} */
export function outsideOf(listed) {
  /** @type {Digits} */
  const digits = new Map();
  for (const wid of (listed ?? []).map(plain)) {
    const phone = wid?.isLid() && phoneOf(wid);
    if (wid && phone) digits.set(user(wid), user(phone));
  }
  return digits;
}

/** @param {Wid | string} name */
function user(name) {
  return String(name).split('@')[0];
}
