// @ts-check
/** Contact cards as texts. */
import { define } from './registry.js';
import { phoneNumberOf } from './account.js';

/** @typedef {{displayName: string, vcard: string, isMultiVcard: boolean}} Card */

/** @param {import('./contacts.js').Contact & {displayName?: string}} contact @returns {Card} */
function cardOf(contact) {
  const { user } = phoneNumberOf(contact.id) ?? contact.id;
  const displayName = contact.name ?? contact.displayName ?? contact.pushname ?? `+${user}`;
  const lines = ['BEGIN:VCARD', 'VERSION:3.0', `N:;${displayName};;;`, `FN:${displayName}`, `TEL;type=CELL;waid=${user}:+${user}`];
  return { displayName, vcard: [...lines, 'END:VCARD'].join('\n'), isMultiVcard: false };
}

define('WAWebFrontendVcardUtils', {
  vcardFromContactModel: cardOf,
  mergeVcards: (/** @type {Card[]} */ cards) => ({
    ...{ displayName: cards.map(({ displayName }) => displayName).join(', '), isMultiVcard: true },
    vcard: cards.map(({ vcard }) => vcard).join('\n'),
  }),
});
define('WAWebVcardParsingUtils', {
  /** @param {string} text */
  parseVcard: (text) => Object.fromEntries(text.split('\n').map((line) => [line.split(/[:;]/)[0].toLowerCase(), line.split(':').at(-1)])),
});
define('WAWebVcardGetNameFromParsed', { vcardGetNameFromParsed: (/** @type {{fn?: string}} */ { fn }) => ({ string: fn ?? '' }) });
