// @ts-check
import { define } from './registry.js';
import { EventEmitter } from './emitter.js';

/** How an attribute is kept on a model; client libraries know and copy these names. */
const PREFIX = '__x_';

/**
 * An observable record. Attributes become accessors of the class when they are first set. A change fires
 * `change:name (model, value, previous)`, then `change (model)`, on the model and on every collection that holds it. For the
 * attributes in the static `children`, a change inside the child fires `change:child.name` with the child as first argument.
 *
 * To give a subclass typed attributes, extend {@link withAttributes}.
 */
export class Model extends EventEmitter {
  /** Names of the attributes that are models themselves. @type {string[]} */
  static children = [];
  /** @type {() => Record<string, any>} */
  static defaults = () => ({});

  /** The collections that hold this model. @type {Set<EventEmitter>} */
  #holders = new Set();

  /** @param {Record<string, any>} [attributes] @param {Record<string, any>} [options] */
  constructor(attributes, options) {
    super();
    const type = /** @type {typeof Model} */ (this.constructor);
    this.set({ ...type.defaults(), ...attributes }, { silent: true });
    if (options?.parent) Object.defineProperty(this, 'parent', { value: options.parent, writable: true });
    this.initialize();
  }

  /** For subclasses: called at the end of construction. */
  initialize() {}

  /** @param {string | Record<string, any>} name @param {any} [value] @param {{silent?: boolean}} [more] */
  set(name, value, more) {
    const attributes = typeof name === 'string' ? { [name]: value } : name;
    const options = typeof name === 'string' ? more : value;
    /** @type {[string, any, any][]} */
    const changes = [];
    for (const key of Object.keys(attributes ?? {})) {
      if (key.startsWith(PREFIX)) continue; // somebody spread a model
      this.#assign(key, attributes[key], changes);
    }
    if (options?.silent || changes.length === 0) return this;
    for (const [key, next, previous] of changes) this.trigger(`change:${key}`, this, next, previous);
    return this.trigger('change', this);
  }

  /** @param {string} key @param {any} value @param {[string, any, any][]} changes */
  #assign(key, value, changes) {
    const self = /** @type {Record<string, any>} */ (this);
    const slot = PREFIX + key;
    const previous = self[slot];
    defineAccessor(/** @type {typeof Model} */ (this.constructor), key);
    if (previous === value) {
      if (!(slot in self)) self[slot] = value;
      return;
    }
    self[slot] = value;
    if (value instanceof Model && /** @type {typeof Model} */ (this.constructor).children.includes(key)) {
      value.on('all', (event, ...args) => {
        if (event.startsWith('change:') && self[slot] === value) this.trigger(`change:${key}.${event.slice(7)}`, ...args);
      });
    }
    changes.push([key, value, previous]);
  }

  /** @param {string} name @param {any[]} args */
  trigger(name, ...args) {
    super.trigger(name, ...args);
    for (const holder of this.#holders) holder.trigger(name, ...args);
    return this;
  }

  /** @param {EventEmitter} collection */
  heldBy(collection) {
    this.#holders.add(collection);
  }

  /** @param {EventEmitter} collection */
  releasedBy(collection) {
    this.#holders.delete(collection);
  }

  /** @param {string} name */
  get(name) {
    return /** @type {any} */ (this)[name];
  }

  /** @param {string | string[]} names */
  unset(names) {
    for (const name of [names].flat()) this.set({ [name]: undefined });
  }

  clear() {
    for (const key of Object.keys(this)) if (key.startsWith(PREFIX)) delete (/** @type {any} */ (this)[key]);
  }

  reset() {
    this.clear();
  }

  /** All attributes. @returns {Record<string, any>} */
  get attributes() {
    return this.#collect(() => true);
  }

  /** The attributes that are data. @returns {Record<string, any>} */
  serialize() {
    return this.#collect((value) => value !== undefined && typeof value !== 'function' && !(value instanceof EventEmitter));
  }

  toJSON() {
    return this.serialize();
  }

  /** @param {(value: any) => boolean} wanted */
  #collect(wanted) {
    /** @type {Record<string, any>} */
    const found = {};
    for (const [key, value] of Object.entries(this)) {
      if (key.startsWith(PREFIX) && wanted(value)) found[key.slice(PREFIX.length)] = value;
    }
    return found;
  }

  // Part of the real models' interface, without meaning here.
  get isState() {
    return true;
  }
  hasObservers() {
    return false;
  }
  hasUnfiredChanges() {
    return false;
  }
  incObservers() {}
  decObservers() {}
  addChild() {}
  delete() {}
  getDefault() {}
  static isIdType() {
    return true;
  }
}

/** @param {typeof Model} type @param {string} key */
function defineAccessor(type, key) {
  if (key in type.prototype) return;
  const slot = PREFIX + key;
  Object.defineProperty(type.prototype, key, {
    configurable: true,
    enumerable: true,
    get() {
      return this[slot];
    },
    set(value) {
      this.set({ [key]: value });
    },
  });
}

/**
 * The class to extend for a model whose attributes TypeScript should know.
 *
 * @template A
 * @returns {(new (attributes?: Partial<A>, options?: Record<string, any>) => Model & A) & Omit<typeof Model, 'prototype'>}
 */
export const withAttributes = () => /** @type {any} */ (class extends Model {});

/**
 * Gives a model class the marks that client libraries recognise it by: `proxyName`, and `__props`.
 *
 * @param {{prototype: object}} type
 * @param {string} proxyName
 * @param {string[]} [props]
 */
export function recognisable(type, proxyName, props = []) {
  Object.assign(type.prototype, { proxyName, __props: props });
}

/** A model class of which only the name matters. @param {string} name @returns {typeof Model} */
export function plainModel(name) {
  const type = { [name]: class extends Model {} }[name];
  recognisable(type, name[0].toLowerCase() + name.slice(1));
  return type;
}

define('WAWebBaseModel', { BaseModel: Model, defineModel: (/** @type {unknown} */ type) => type });
