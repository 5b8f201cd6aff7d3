// @ts-check
import { define } from './registry.js';

/** @typedef {(...args: any[]) => void} Listener */
/** @typedef {{listener: Listener, original: Listener, context: unknown}} Entry */

/**
 * Events by name. Names may be several, separated by spaces; `all` gets every event with its name first. A listener that
 * throws is reported on the console and stops nobody else.
 */
export class EventEmitter {
  /** @type {Map<string, Entry[]>} */
  #entries = new Map();

  /** @param {string} names @param {Listener} listener @param {unknown} [context] */
  on(names, listener, context) {
    if (typeof listener !== 'function') throw new TypeError('Callback parameter passed is not a function');
    return this.#add(names, listener, listener, context);
  }

  /** @param {string} names @param {Listener} listener @param {unknown} [context] */
  once(names, listener, context) {
    for (const name of split(names)) {
      /** @type {Listener} */
      const wrapped = (...args) => {
        this.off(name, listener);
        listener.apply(context ?? this, args);
      };
      this.#add(name, wrapped, listener, context);
    }
    return this;
  }

  /** @param {string} names @param {Listener} listener @param {Listener} original @param {unknown} context */
  #add(names, listener, original, context) {
    for (const name of split(names)) {
      // A new array each time: a trigger in progress goes on over the old one.
      const entry = { listener, original, context: context ?? this };
      this.#entries.set(name, [...(this.#entries.get(name) ?? []), entry]);
    }
    return this;
  }

  /** @param {string | null} [names] @param {Listener} [listener] */
  off(names, listener) {
    if (names == null) this.#entries.clear();
    else {
      for (const name of split(names)) {
        const left = (this.#entries.get(name) ?? []).filter((e) => listener && e.original !== listener && e.listener !== listener);
        this.#entries.set(name, left);
      }
    }
    return this;
  }

  /** @param {string} name @param {any[]} args */
  trigger(name, ...args) {
    for (const entry of this.#entries.get(name) ?? []) guard(() => entry.listener.apply(entry.context, args));
    for (const entry of this.#entries.get('all') ?? []) guard(() => entry.listener.call(entry.context, name, ...args));
    return this;
  }

  /** @param {string} name */
  isListening(name) {
    return (this.#entries.get(name)?.length ?? 0) > 0;
  }

  /** @param {string} names @param {Listener} listener @param {unknown} [context] */
  addListener(names, listener, context) {
    return this.on(names, listener, context);
  }

  /** @param {string} names @param {Listener} [listener] */
  removeListener(names, listener) {
    return this.off(names, listener);
  }

  /** @param {string} name @param {any[]} args */
  emit(name, ...args) {
    return this.trigger(name, ...args);
  }

  /** @param {EventEmitter} other @param {string} names @param {Listener} listener */
  listenTo(other, names, listener) {
    other.on(names, listener, this);
    return this;
  }

  /** @param {EventEmitter} [other] @param {string} [names] @param {Listener} [listener] */
  stopListening(other, names, listener) {
    other?.off(names, listener);
    return this;
  }
}

/** @param {string} names */
const split = (names) => (names.includes(' ') ? names.split(/\s+/) : [names]);

/** @param {() => void} action */
function guard(action) {
  try {
    action();
  } catch (error) {
    console.error('[simulator] a listener failed', error);
  }
}

define('WAWebEventEmitter', { default: EventEmitter });
