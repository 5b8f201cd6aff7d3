/** The panel with the network's knobs. */
import { api } from './api.js';
import { complain, el } from './dom.js';

/** @import {Knobs} from './api.js' */

/** @type {Record<string, string>} */
const LABELS = {
  deliverMs: 'Phones receive after ms (−1 never)',
  readMs: 'Phones read after ms (−1 never)',
  sendDelayMs: 'Accept messages after ms',
  ackDelayMs: 'Answer the sender after ms',
  syncDelayMs: 'Sync delay, ms',
  refTtlMs: 'A QR code is shown for ms',
  refMax: 'QR codes in a row',
  failSend: 'Refuse with status (0 off)',
  failTimes: 'Refuse the next … (−1 all)',
  strangersLocked: 'Refuse what goes to strangers (463)',
  failUpload: 'Refuse files with status (0 off)',
  failDownload: 'Files fail with status (0 off)',
  failMediaTimes: 'Refuse the next … files (−1 all)',
  editWindowMs: 'Messages can be edited for ms',
  historyOnLink: 'Messages per chat for a new page',
  neverAck: 'Do not answer the next … (−1 all)',
  dropBeforeAck: 'Cut off, not answer, the next …',
  dropRepeatedIds: 'Recipients drop repeated ids',
  duplicateDelivery: 'Deliver everything twice',
  deaf: 'Hear no page, say nothing',
  hideNumber: 'Phones hide their numbers (LID)',
  lidChats: 'Chats are addressed by LID',
  unpairBeforeReload: 'Pages say UNPAIRED before reloading',
};

/** @type {Knobs} the first that was seen; a knob that differs is marked */
let initial = {};

/** @param {HTMLElement} form @param {Knobs} knobs */
export function show(form, knobs) {
  if (form.childElementCount === 0) {
    initial = knobs;
    form.replaceChildren(...Object.keys(LABELS).map(knob));
    form.onsubmit = (event) => event.preventDefault();
  }
  for (const [name, value] of Object.entries(knobs)) {
    const input = form.querySelector(`[name="${name}"]`);
    if (!(input instanceof HTMLInputElement) || input === document.activeElement) continue;
    if (typeof value === 'boolean') input.checked = value;
    else input.value = String(value);
    input.parentElement?.classList.toggle('changed', value !== initial[name]);
  }
}

/** @param {string} name */
function knob(name) {
  const flag = typeof initial[name] === 'boolean';
  const input = /** @type {HTMLInputElement} */ (el('input', { name, type: flag ? 'checkbox' : 'number', min: -1 }));
  input.onchange = () => {
    input.blur();
    void api.turn({ [name]: flag ? input.checked : Number(input.value) }).catch(complain);
  };
  return el('label', { title: name }, el('span', {}, LABELS[name]), input);
}
