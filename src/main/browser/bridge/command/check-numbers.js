// @ts-check
/**
 * Which numbers are on WhatsApp. The page's own query is used and not wa-js' `queryWidExists`: that one answers "does not exist" when
 * the question failed, and "exists" for every contact the page has ever made up.
 */
import { lidOf, phoneOf, plain } from '../address.js';
import { wpp } from '../wpp.js';

/** @typedef {import('@wppconnect/wa-js').whatsapp.Wid} Wid */

/** A number that is missing may be registered any moment; one that exists practically stays. */
const ABSENT_MS = 15_000;

/** @type {Map<string, { exists: Promise<boolean>, until: number }>} */
const cache = new Map();

/** @param {{ numbers: string[] }} command */
export async function checkNumbers({ numbers }) {
  /** @type {Record<string, { phone?: string, lid?: string }>} */
  const people = {};
  await Promise.all(
    numbers.map(async (number) => {
      const wid = plain(number);
      if (!wid || !(await onWhatsApp(wid))) return;
      people[number] = { phone: phoneOf(wid)?.toString(), lid: lidOf(wid)?.toString() };
    }),
  );
  return people;
}

/** @param {Wid} wid a person; rejects when the question could not be asked @returns {Promise<boolean>} */
export function onWhatsApp(wid) {
  const name = wid.toString();
  const known = cache.get(name);
  if (known && known.until > Date.now()) return known.exists;
  const entry = { exists: ask(wid), until: Infinity };
  cache.set(name, entry);
  entry.exists.then(
    (exists) => {
      if (!exists) entry.until = Date.now() + ABSENT_MS;
    },
    () => cache.delete(name),
  );
  return entry.exists;
}

/** @param {Wid} wid */
async function ask(wid) {
  return Boolean(await wpp('queryExists')(wid));
}
