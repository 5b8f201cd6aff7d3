// @ts-check
/**
 * Events to the JVM, in batches, because each binding call costs the JVM and the browser a DevTools message: under load one carries what a few
 * milliseconds brought. After a pause an event goes at once, somebody may wait for it. Nobody waits for a receipt: it goes with the next
 * batch, or in one with the other receipts of its time, so that they share a commit, too.
 */

const BATCH_MS = 2;
const RECEIPTS_MS = 25;

// Taken away from the page's own scripts, which must not be able to speak for us.
const send = window.__kurirEmit ?? (() => {});
delete window.__kurirEmit;

const setTimer = window.setTimeout.bind(window);
const clearTimer = window.clearTimeout.bind(window);

/** @type {{ type: string }[]} */
let batch = [];
/** When the batch goes, by `performance.now()`. */
let due = Infinity;
let last = -Infinity;
let timer = 0;

/** @param {{ type: string, [field: string]: unknown }} event */
export function emit(event) {
  schedule(event, BATCH_MS);
}

/** An event that nobody waits for. @param {{ type: string, [field: string]: unknown }} event */
export function emitLater(event) {
  schedule(event, RECEIPTS_MS);
}

/** @param {{ type: string }} event @param {number} patience ms */
function schedule(event, patience) {
  batch.push(event);
  const now = performance.now();
  const idle = patience === BATCH_MS && now - last >= BATCH_MS;
  const at = idle ? now : now + patience;
  if (at >= due) return;
  due = at;
  clearTimer(timer);
  if (idle) queueMicrotask(flush);
  else timer = setTimer(flush, patience);
}

/** Hands over what waits, now; the document may be gone before the timer. */
export function flush() {
  due = Infinity;
  clearTimer(timer);
  if (batch.length === 0) return;
  const full = batch;
  batch = [];
  last = performance.now();
  send(JSON.stringify(full));
}

window.addEventListener('pagehide', flush);
