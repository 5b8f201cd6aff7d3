// @ts-check
/**
 * What must outlive a document. A logout reloads the page and empties its storage, so what a tab has to remember sits in
 * `window.name`, which only navigation to another site clears; what the profile has to remember sits in `localStorage`.
 */

/**
 * @typedef {object} TabMemory
 * @property {number} epoch
 * @property {number} until wall clock in ms, the end of the socket's time
 * @property {boolean} linked this tab, or its profile, has been linked and has not yet told of a logout
 */

const SEEN = 'kurir.seen';
const LINKED = 'kurir.linked';
const UNNAMED = 'kurir.unnamed';

/** @returns {TabMemory | undefined} */
export function recall() {
  try {
    return JSON.parse(window.name);
  } catch {
    return undefined;
  }
}

/** @param {TabMemory} memory */
export function remember(memory) {
  window.name = JSON.stringify(memory);
}

export const profile = {
  /** Read before the page's own scripts run: they empty the storage when they learn that the link was removed. */
  wasLinked: localStorage.getItem(LINKED) === '1',

  /** Wall clock in ms at which the JVM was last known to take events; 0 in a new profile. */
  seenUntil: Number(localStorage.getItem(SEEN) ?? 0),

  /** @param {boolean} linked */
  setLinked(linked) {
    localStorage.setItem(LINKED, linked ? '1' : '0');
  },

  /** @param {number} at wall clock in ms */
  setSeen(at) {
    localStorage.setItem(SEEN, String(at));
  },

  /** LIDs that were told without a number. @type {string[]} */
  unnamed: JSON.parse(localStorage.getItem(UNNAMED) ?? '[]'),

  /** @param {string[]} lids */
  setUnnamed(lids) {
    localStorage.setItem(UNNAMED, JSON.stringify(lids));
  },
};
