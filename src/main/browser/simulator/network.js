// @ts-check
import { EventEmitter } from './emitter.js';

/** @typedef {import('./protocol.js').Operations} Operations */

/** The network refused: `status` says why, as an HTTP status. */
export class Refused extends Error {
  /** @param {string} message @param {number | undefined} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** There is no socket, or it was lost before the answer: the operation may or may not have happened. */
export class Disconnected extends Error {}

/**
 * The page's one WebSocket to the simulated network (see protocol.d.ts). Fires what the network pushes by its name, `ready` when a
 * session may use the socket, and `close`.
 */
class Network extends EventEmitter {
  /** @type {WebSocket | undefined} */
  #socket;
  #lastId = 0;
  /** Counts the sockets, so that what belongs to an earlier one can be told apart. */
  connection = 0;
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  #ready = false;

  /** Whether operations of a linked account may be called: the socket is open and `hello` was answered. */
  get isReady() {
    return this.#ready;
  }

  /** @returns {Promise<void>} when the socket is open; rejects when it cannot be opened */
  open() {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`);
      this.#socket = socket;
      this.connection++;
      socket.onopen = () => resolve();
      socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
      socket.onclose = () => {
        reject(new Disconnected('not connected'));
        if (this.#socket === socket) this.#closed();
      };
    });
  }

  #closed() {
    this.#socket = undefined;
    this.#ready = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Disconnected('connection lost'));
    this.trigger('close');
  }

  /** @param {any} frame */
  #receive(frame) {
    if (frame.re === undefined) return this.trigger(frame.ev, frame.d ?? {});
    const call = this.#waiting.get(frame.re);
    this.#waiting.delete(frame.re);
    if (frame.err === undefined) call?.resolve(frame.r);
    else call?.reject(new Refused(frame.err, frame.status));
  }

  /**
   * @template {keyof Operations} O
   * @param {O} op
   * @param {Operations[O]['a']} a
   * @returns {Promise<Operations[O]['r']>} rejects with {@link Refused} or {@link Disconnected}
   */
  call(op, a) {
    return new Promise((resolve, reject) => {
      if (this.#socket?.readyState !== WebSocket.OPEN) return reject(new Disconnected('not connected'));
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, op, a }));
    });
  }

  /**
   * As {@link call}, for what nobody waits for: failure is ignored.
   *
   * @template {keyof Operations} O
   * @param {O} op
   * @param {Operations[O]['a']} a
   */
  tell(op, a) {
    this.call(op, a).catch(() => {});
  }

  /** Opens the gate for what waits in {@link untilReady}. */
  markReady() {
    this.#ready = true;
    this.trigger('ready');
  }

  /** @returns {Promise<void>} */
  untilReady() {
    return this.#ready ? Promise.resolve() : new Promise((resolve) => this.once('ready', () => resolve()));
  }

  close() {
    this.#socket?.close();
  }
}

export const network = new Network();
