// @ts-check
import { outside } from '../address.js';
import { emit } from '../emit.js';
import { wpp } from '../wpp.js';

export function watchPresence() {
  wpp('on')('chat.presence_change', ({ id, state }) => emit({ type: 'presence', chat: outside(id), state }));
}
