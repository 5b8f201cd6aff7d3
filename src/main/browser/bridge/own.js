// @ts-check
/** Stanza ids that this document submitted: their echo is not an incoming message, and their failure is told by the submission itself. */

const LIMIT = 20_000;

/** @type {Set<string>} in the order of insertion */
const ids = new Set();

/** @param {string} id */
export function noteOwn(id) {
  ids.add(id);
  if (ids.size > LIMIT) ids.delete(/** @type {string} */ (ids.values().next().value));
}

/** @param {string} id */
export function isOwn(id) {
  return ids.has(id);
}
