// @ts-check
/** LIDs that the JVM was told because no number was known; when the number comes it must be told, even in a later document. */
import { profile } from './memory.js';

/** The oldest are forgotten first: people of large groups whom nobody ever wrote to. */
const LIMIT = 2_000;
const WRITE_MS = 1_000;

const setTimer = window.setTimeout.bind(window);

/** @type {Set<string>} in the order of insertion */
const lids = new Set(profile.unnamed);
let timer = 0;

/** @param {import('@wppconnect/wa-js').whatsapp.Wid} lid */
export function noteUnnamed(lid) {
  const name = lid.toString();
  if (lids.has(name)) return;
  lids.add(name);
  if (lids.size > LIMIT) lids.delete(/** @type {string} */ (lids.values().next().value));
  writeSoon();
}

/** Takes those out that pass. @param {(lid: string) => boolean} named */
export function takeNamed(named) {
  for (const lid of lids) {
    if (!named(lid)) continue;
    lids.delete(lid);
    writeSoon();
  }
}

function writeSoon() {
  timer ||= setTimer(() => {
    timer = 0;
    profile.setUnnamed([...lids]);
  }, WRITE_MS);
}
