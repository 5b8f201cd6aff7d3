// @ts-check
/**
 * The dead man's switch. The JVM that owns the device extends a deadline; when it passes, for whatever reason (JVM stopped, killed,
 * partitioned), the page closes its sockets, sends nothing any more, leaves for about:blank and closes its window, so that another node may
 * open the same device: a browser lets a profile go with its last window, and nobody may be there who could tell it to.
 *
 * Two clocks: `performance.now()` cannot be set back; `Date.now()` goes on while the machine is suspended. Whichever passes its deadline first
 * ends it. `send` looks at both itself, because after a suspension it may run before any timer does.
 *
 * Runs before the page's scripts. Sockets of the page's workers are not wrapped: leaving the document ends dedicated workers.
 */
import { emit, flush } from './emit.js';
import { profile, recall, remember } from './memory.js';

/** How often the wall clock is compared, ms: the bound on noticing a suspended machine. */
const WATCH_MS = 500;

const config = window.__kurirConfig ?? { epoch: 0, until: 0 };
delete window.__kurirConfig;

export const epoch = config.epoch;

const kept = recall();
/** A reload within one epoch goes on with the newest deadline of the document before. */
const inherited = kept && kept.epoch === epoch ? kept : undefined;

export const tab = {
  epoch,
  until: inherited?.until ?? config.until,
  linked: inherited?.linked ?? profile.wasLinked,
};

// Refused where the window has been elsewhere before; ChromiumPage has the browser forget that.
const closeWindow = window.close.bind(window);
const setTimer = window.setTimeout.bind(window);
const clearTimer = window.clearTimeout.bind(window);
const NativeWebSocket = window.WebSocket;
const nativeSend = NativeWebSocket.prototype.send;
const nativeClose = NativeWebSocket.prototype.close;

/** @type {Set<WebSocket>} */
const sockets = new Set();
let monotonicDeadline = performance.now() + (tab.until - Date.now());
let tripped = false;
/** Closing for good, on the JVM's request: no new socket, but not a fence. */
export let closing = false;
let timer = 0;

export function fenced() {
  if (!tripped && (performance.now() >= monotonicDeadline || Date.now() >= tab.until)) trip('deadline passed');
  return tripped;
}

/**
 * @param {number} remaining ms, counted from `sentAt`
 * @param {number} sentAt wall clock of the same machine, ms: time spent on the way here is not granted again
 * @returns {boolean} false: too late, the page is fenced
 */
export function extend(remaining, sentAt) {
  if (fenced()) return false;
  const left = Math.min(remaining, sentAt + remaining - Date.now());
  monotonicDeadline = performance.now() + left;
  tab.until = Date.now() + left;
  remember(tab);
  watch();
  return !fenced();
}

export function closeSockets() {
  closing = true;
  for (const socket of sockets) nativeClose.call(socket, 1000);
}

/** @param {string} reason */
function trip(reason) {
  tripped = true;
  clearTimer(timer);
  for (const socket of sockets) nativeClose.call(socket);
  emit({ type: 'fenced', reason });
  flush();
  // First, and all that happens where the window stays: what runs in the document's workers ends at once.
  location.replace('about:blank');
  closeWindow();
}

function watch() {
  clearTimer(timer);
  if (tripped) return;
  const left = Math.min(monotonicDeadline - performance.now(), tab.until - Date.now());
  timer = setTimer(() => !fenced() && watch(), Math.max(0, Math.min(left, WATCH_MS)));
}

window.WebSocket = new Proxy(NativeWebSocket, {
  construct(target, args, newTarget) {
    if (closing || fenced()) throw new DOMException('The page is closed for traffic', 'SecurityError');
    const socket = Reflect.construct(target, args, newTarget);
    sockets.add(socket);
    socket.addEventListener('close', () => sockets.delete(socket));
    return socket;
  },
});

/** @param {any} data */
NativeWebSocket.prototype.send = function (data) {
  if (fenced()) return;
  nativeSend.call(this, data);
};

remember(tab);
watch();
