// @ts-check
/**
 * Events to the JVM, in batches: under load one binding call carries what a few milliseconds brought, because each call costs the
 * JVM a DevTools message and a JSON parse.
 */

const BATCH_MS = 2;

// Taken away from the page's own scripts, which must not be able to speak for us.
const send = window.__kurirEmit ?? (() => {});
delete window.__kurirEmit;

const setTimer = window.setTimeout.bind(window);

/** @type {{ type: string }[]} */
let batch = [];
let waiting = false;

/** @param {{ type: string, [field: string]: unknown }} event */
export function emit(event) {
  batch.push(event);
  if (!waiting) {
    waiting = true;
    setTimer(flush, BATCH_MS);
  }
}

/** Hands over what waits, now; the document may be gone before the timer. */
export function flush() {
  waiting = false;
  if (batch.length === 0) return;
  const full = batch;
  batch = [];
  send(JSON.stringify(full));
}

window.addEventListener('pagehide', flush);
