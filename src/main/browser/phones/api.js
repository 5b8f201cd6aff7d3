/**
 * The control plane and its live events, in the words of the page.
 *
 * @typedef {{kind: string, mimetype: string, size: number, sha256: string, fileName?: string, caption?: string}} Media
 * @typedef {{name: string, options: string[], votes: {from: string, options: string[]}[]}} Poll
 * @typedef {{n: number, direction: 'in' | 'out', peer: string, author: string, id: string, type: string, text: string,
 *   quoted?: {id: string, text: string | null}, media?: Media, poll?: Poll, contacts?: {name: string, phone: string}[],
 *   location?: {latitude: number, longitude: number, name?: string, address?: string},
 *   reactions?: {from: string, emoji: string}[], edited?: boolean, revoked?: boolean,
 *   t: number, status: 'sent' | 'delivered' | 'read', shown: number, readable: boolean}} Message
 * @typedef {{id: string, subject: string, participants: {phone: string, lid: string, admin: boolean}[]}} Group
 * @typedef {{phone: string, pn: string, lid: string, name: string, auto: boolean, online: number, pending: number,
 *   links: {id: string, online: boolean, pending: number}[]}} Phone
 * @typedef {{refs: string[], codes: {code: string, phone: string}[]}} Codes
 * @typedef {Record<string, number | boolean>} Knobs
 * @typedef {{phones: Phone[], groups: Group[], codes: Codes, knobs: Knobs}} State
 */

/** @param {string} method @param {string} path @param {object} [body] @returns {Promise<any>} */
async function call(method, path, body) {
  const response = await fetch('/api/' + path, { method, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

const of = (/** @type {string} */ phone, /** @type {string} */ what) => `phones/${encodeURIComponent(phone)}/${what}`;

export const api = {
  /** @returns {Promise<State>} */
  state: () => call('GET', 'state'),
  /** @param {{phone: string, name?: string, auto?: boolean | null}} phone @returns {Promise<Phone>} */
  put: (phone) => call('POST', 'phones', phone),
  /** @param {string} phone @returns {Promise<Message[]>} */
  messages: async (phone) => (await call('GET', of(phone, 'messages'))).messages,
  /** @param {string} phone @param {string} id @returns {Promise<{base64: string, mimetype: string}>} */
  media: (phone, id) => call('GET', of(phone, `media/${encodeURIComponent(id)}`)),
  /** @param {string} phone @param {string} to a number or a group @param {string} text */
  write: (phone, to, text) => call('POST', of(phone, 'messages'), { to, text }),
  /** @param {string} phone @param {string} peer */
  read: (phone, peer) => call('POST', of(phone, 'read'), { peer }),
  /** @param {string} phone @param {string} to @param {'composing' | 'paused'} type */
  typing: (phone, to, type) => call('POST', of(phone, 'typing'), { to, type }),
  /** @param {string} phone @param {string} qr */
  scan: (phone, qr) => call('POST', of(phone, 'scan'), { qr }),
  /** @param {string} phone @param {string} code */
  enter: (phone, code) => call('POST', of(phone, 'link-code'), { code }),
  /** @param {string} phone */
  unlink: (phone) => call('POST', of(phone, 'unlink'), {}),
  /** @param {Knobs} knobs @returns {Promise<Knobs>} */
  turn: (knobs) => call('PUT', 'knobs', knobs),
};

/**
 * Calls a handler for each live event of its name; `hello` after every (re)connection, when what was missed has to be loaded.
 *
 * @param {Record<string, (data: any) => void>} handlers
 */
export function listen(handlers) {
  const source = new EventSource('/api/events');
  for (const [name, handler] of Object.entries(handlers)) {
    if (name === 'error') source.onerror = handler;
    else source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
  }
}
