// @ts-check
/** What the page's own message model holds for each kind of content that goes out, but for files (upload.js). */

/**
 * @typedef {{ is: 'text', text: string }
 *   | { is: 'location', latitude: number, longitude: number, name: string, address: string }
 *   | { is: 'contacts', cards: Card[] }
 *   | { is: 'poll', question: string, options: string[], selectable: number }} Content
 * @typedef {{ name: string, phone: string }} Card
 */

/** @param {Content} content @returns {Record<string, unknown>} */
export function body(content) {
  switch (content.is) {
    case 'text':
      return { type: 'chat', subtype: null, body: content.text, urlText: null, urlNumber: null };
    case 'location':
      return location(content);
    case 'contacts':
      return contacts(content.cards);
    case 'poll':
      return poll(content);
  }
}

/** @param {{ latitude: number, longitude: number, name: string, address: string }} place */
function location({ latitude, longitude, name, address }) {
  return { type: 'location', lat: latitude, lng: longitude, loc: [name, address].filter(Boolean).join('\n') };
}

/** @param {Card[]} cards */
function contacts(cards) {
  const list = cards.map((card) => ({ displayName: card.name, vcard: vcard(card) }));
  if (list.length > 1) return { type: 'multi_vcard', vcardList: list };
  return { type: 'vcard', body: list[0].vcard, vcardFormattedName: list[0].displayName };
}

/** `waid` makes the recipient's phone offer a chat. @param {Card} card */
function vcard({ name, phone }) {
  const text = name.replace(/[\\;,]/g, (special) => `\\${special}`).replace(/\s*\n\s*/g, ' ');
  return `BEGIN:VCARD\nVERSION:3.0\nN:;${text};;;\nFN:${text}\nTEL;type=CELL;waid=${phone}:+${phone}\nEND:VCARD`;
}

/** @param {{ question: string, options: string[], selectable: number }} poll */
function poll({ question, options, selectable }) {
  return {
    type: 'poll_creation',
    pollName: question,
    pollOptions: options.map((name, localId) => ({ name, localId })),
    pollSelectableOptionsCount: selectable,
    pollEncKey: crypto.getRandomValues(new Uint8Array(32)),
    messageSecret: crypto.getRandomValues(new Uint8Array(32)),
  };
}
