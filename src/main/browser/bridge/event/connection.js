// @ts-check
/**
 * Whether the page can send. wa-js' `isFullReady` is also true on the login screen, so four facts are asked: linked, stream in mode MAIN,
 * socket connected, queued messages taken over.
 */
import { identity } from '../address.js';
import { emit } from '../emit.js';
import { closing } from '../fence.js';
import { wpp } from '../wpp.js';
import { noteLinked } from './link.js';
import { reconcile } from './reconcile.js';

let told = false;
let replaced = false;

export function connected() {
  return wpp('Socket')?.state === 'CONNECTED';
}

export function synced() {
  return wpp('isAuthenticated')() && wpp('Stream').mode === 'MAIN' && Boolean(wpp('Socket').hasSynced);
}

export function ready() {
  return connected() && synced();
}

/** Throws where a question would wait for a network that is not there. */
export function needReady() {
  if (!ready()) throw new Error('the page is not connected, linked and synced');
}

export function watchConnection() {
  wpp('Socket').on('change:state change:hasSynced', look);
  wpp('Stream').on('change:mode', look);
  look();
}

function look() {
  const state = String(wpp('Socket').state);
  if (state === 'CONFLICT' && !replaced) emit({ type: 'replaced' });
  replaced = state === 'CONFLICT';
  const now = ready();
  if (now === told) return;
  told = now;
  if (now) tellReady();
  else if (wpp('isAuthenticated')() && !replaced && !closing) emit({ type: 'socketLost' });
}

function tellReady() {
  const me = identity();
  noteLinked();
  emit({ type: 'ready', me });
  reconcile().catch((error) => console.error('kurir: reconcile', error));
}
