// @ts-check
/** Which number belongs to a LID that was told without one. WhatsApp's cache tells when it learns something; a look now and then sees the rest. */
import { phoneOf, plain } from '../address.js';
import { emit } from '../emit.js';
import { takeNamed } from '../unnamed.js';
import { wpp } from '../wpp.js';

const LOOK_MS = 60_000;

export function watchPairings() {
  const cache = wpp('lidPnCache');
  const { add } = cache;
  cache.add = (...entry) => {
    add?.apply(cache, entry);
    queueMicrotask(tellPairings);
  };
  setInterval(tellPairings, LOOK_MS);
}

export function tellPairings() {
  takeNamed((lid) => {
    const wid = plain(lid);
    const phone = wid && phoneOf(wid);
    if (phone) emit({ type: 'paired', phone: phone.toString(), lid });
    return Boolean(phone);
  });
}
