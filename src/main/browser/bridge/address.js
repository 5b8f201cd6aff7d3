// @ts-check
/** Names of people and chats. WhatsApp knows a person by number (`@c.us`), by LID (`@lid`), or by both; outside, the number goes first. */
import { noteUnnamed } from './unnamed.js';
import { wpp } from './wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid */

/** @param {Wid | string | undefined | null} wid @returns {Wid | undefined} without its device part */
export function plain(wid) {
  if (wid == null) return undefined;
  const text = wid.toString();
  return wpp('createWid')(text.replace(/:\d+@/, '@')) ?? undefined;
}

/** @param {Wid} wid @returns {Wid | undefined} */
export function phoneOf(wid) {
  if (wid.isLid()) return wpp('lidPnCache').getPhoneNumber(wid) || undefined;
  return wid.isUser() ? wid : undefined;
}

/** @param {Wid} wid @returns {Wid | undefined} */
export function lidOf(wid) {
  if (wid.isLid()) return wid;
  return wid.isUser() ? wpp('lidPnCache').getCurrentLid(wid) || undefined : undefined;
}

/** A chat or a person as the JVM names it: by number where it is known. @param {Wid} wid @returns {string} */
export function outside(wid) {
  const phone = phoneOf(wid);
  if (!phone && wid.isLid()) noteUnnamed(wid);
  return (phone ?? wid).toString();
}

/** Both names. @param {Wid} wid */
export function person(wid) {
  const phone = phoneOf(wid);
  if (!phone) noteUnnamed(wid);
  return { phone: phone?.toString(), lid: lidOf(wid)?.toString() };
}

/** @param {Wid | string | undefined | null} wid */
export function isMe(wid) {
  const name = plain(wid)?.toString();
  return name !== undefined && (name === myLid()?.toString() || name === plain(wpp('myPhone')())?.toString());
}

/** Every name under which the page may keep this chat's messages. @param {Wid} wid @returns {Wid[]} */
export function names(wid) {
  if (wid.isGroup()) return [wid];
  const both = [wid, wid.isLid() ? phoneOf(wid) : lidOf(wid)];
  return /** @type {Wid[]} */ (both.filter(Boolean));
}

export function myLid() {
  return plain(wpp('UserPrefs').getMaybeMeLidUser());
}

/** Whom the page belongs to, or undefined while it is not linked. */
export function identity() {
  const phone = plain(wpp('myPhone')());
  if (!phone) return undefined;
  const name = /** @type {any} */ (wpp('Conn')).pushname;
  return { phone: phone.toString(), lid: myLid()?.toString(), name: name ?? '' };
}
