// @ts-check
import { define } from './registry.js';
import { EventEmitter } from './emitter.js';
import { Model } from './model.js';
import { toWid } from './wid.js';

/**
 * Models by id, in the order they came. Adding an id twice keeps the first model. Fires `add (model, collection)`, `remove`,
 * `reset`, `sort`, and every event of its models.
 *
 * @template {Model} [M=Model]
 */
export class Collection extends EventEmitter {
  /** The class that raw attributes become. @type {new (attributes?: any, options?: any) => Model} */
  static model = Model;
  /** @type {((a: any, b: any) => number) | undefined} */
  static comparator;

  /** @type {M[]} */
  _models = [];
  /** @type {Map<string, M>} */
  #index = new Map();

  /** @param {any[] | null} [models] @param {{model?: any, parent?: any}} [options] */
  constructor(models, options) {
    super();
    this.modelClass = options?.model ?? /** @type {typeof Collection} */ (this.constructor).model;
    // wa-js recognises this class by the text of this error.
    if (!this.modelClass) throw new Error('Collection initialized without model');
    if (options?.parent) Object.defineProperty(this, 'parent', { value: options.parent, writable: true });
    if (models) this.add(models, { silent: true });
  }

  get length() {
    return this._models.length;
  }

  /**
   * @overload @param {any[]} value @param {{silent?: boolean, merge?: boolean, at?: 0}} [options] @returns {M[]}
   */
  /**
   * @overload @param {any} value @param {{silent?: boolean, merge?: boolean, at?: 0}} [options] @returns {M}
   */
  /**
   * @param {any} value @param {{silent?: boolean, merge?: boolean, at?: 0}} [options] `at: 0` puts it first @returns {any}
   */
  add(value, options = {}) {
    return Array.isArray(value) ? value.map((each) => this.#addOne(each, options)) : this.#addOne(value, options);
  }

  /** @param {any} value @param {{silent?: boolean, merge?: boolean, at?: 0}} options @returns {M} */
  #addOne(value, options) {
    const key = keyOf(value);
    const present = this.#index.get(key);
    if (present) {
      if (options.merge && !(value instanceof Model)) present.set(value);
      return present;
    }
    const model = value instanceof Model ? value : new this.modelClass(value);
    if (options.at === 0) this._models.unshift(model);
    else this._models.push(model);
    this.#index.set(key, model);
    model.heldBy(this);
    if (!('collection' in model)) Object.defineProperty(model, 'collection', { value: this, writable: true });
    if (!options.silent) this.trigger('add', model, this, options);
    return model;
  }

  /** @param {any} value @param {{silent?: boolean}} [options] @returns {M[]} */
  remove(value, options = {}) {
    const removed = [];
    for (const each of [value].flat()) {
      const model = this.get(each);
      if (!model) continue;
      this.#index.delete(keyOf(each));
      this._models.splice(this._models.indexOf(model), 1);
      model.releasedBy(this);
      removed.push(model);
      if (!options.silent) this.trigger('remove', model, this, options);
    }
    return removed;
  }

  reset() {
    for (const model of this._models) model.releasedBy(this);
    this._models = [];
    this.#index.clear();
    return this.trigger('reset', this);
  }

  sort() {
    const { comparator } = /** @type {typeof Collection} */ (this.constructor);
    if (comparator) this._models.sort(comparator);
    return this.trigger('sort', this);
  }

  /** @param {any} id an id, as text or object, or what has one @returns {M | undefined} */
  get(id) {
    return this.#index.get(keyOf(id));
  }
  /** @param {any} id */
  assertGet(id) {
    const model = this.get(id);
    if (!model) throw new Error(`assertGet: not found ${id}`);
    return model;
  }
  /** @param {any} values @param {object} [options] */
  set(values, options) {
    return this.add(values, { merge: true, ...options });
  }
  /** @param {number} index */
  at(index) {
    return this._models[index];
  }
  head() {
    return this._models[0];
  }
  last() {
    return this._models[this._models.length - 1];
  }
  /** @param {M} model */
  includes(model) {
    return this._models.includes(model);
  }
  /** @param {(model: M) => boolean} test */
  findFirst(test) {
    return this._models.find(test);
  }
  /** @param {Record<string, any>} wanted */
  where(wanted) {
    return this._models.filter((model) => Object.keys(wanted).every((key) => model.get(key) === wanted[key]));
  }
  /** @param {(model: M, index: number) => boolean} test */
  filter(test) {
    return this._models.filter(test);
  }
  /** @template T @param {(model: M, index: number) => T} map */
  map(map) {
    return this._models.map(map);
  }
  /** @param {unknown} value */
  isModel(value) {
    return value instanceof Model;
  }
  toArray() {
    return this._models.slice();
  }
  getModelsArray() {
    return this._models;
  }
  serialize() {
    return this._models.map((model) => model.serialize());
  }
  toJSON() {
    return this.serialize();
  }
}

for (const method of /** @type {const} */ (['forEach', 'some', 'every', 'reduce', 'slice', 'indexOf', 'lastIndexOf', 'findIndex'])) {
  Object.defineProperty(Collection.prototype, method, {
    configurable: true,
    writable: true,
    /** @this {Collection} @param {any[]} args */
    value(...args) {
      return /** @type {Function} */ (this._models[method]).apply(this._models, args);
    },
  });
}

/** @param {any} value @returns {string} */
function keyOf(value) {
  if (value == null) return 'undefined';
  if (typeof value !== 'object') return String(value);
  if (value._serialized) return value._serialized;
  return value.id == null ? String(value) : keyOf(value.id);
}

/**
 * A collection that can ask for what it does not hold.
 *
 * @template {Model} [M=Model]
 * @extends {Collection<M>}
 */
export class BaseCollection extends Collection {
  /** For subclasses: fetches the attributes of a model. @param {any} _id @returns {Promise<any>} */
  async findQuery(_id) {
    return undefined;
  }
  /** @param {any} id @returns {Promise<M>} */
  async find(id) {
    const present = this.get(id);
    if (present) return present;
    const raw = await this.findQuery(id);
    return raw ? this.add(raw) : this.gadd(id);
  }
  /** @param {any} id @returns {Promise<M>} */
  async update(id) {
    const raw = await this.findQuery(id);
    return raw ? this.add(raw, { merge: true }) : this.find(id);
  }
  /** @param {any} id */
  findImpl(id) {
    return this.find(id);
  }
  /** The model of an id, made when it is new ("get or add"). @param {any} id @param {object} [options] @returns {M} */
  gadd(id, options) {
    return this.get(id) ?? this.add({ id: typeof id === 'string' ? toWid(id) : id?.id ?? id }, options);
  }
  /** @param {any} id @param {object} [options] */
  gaddUp(id, options) {
    return this.gadd(id, options);
  }
  /** @param {any} values */
  handle(values) {
    this.add(values, { merge: true });
  }
  delete() {}
  initializeFromCache() {}
  saveToCache() {}
  isStateStale() {
    return false;
  }
}

define('WAWebCollection', { default: Collection });
define('WAWebBaseCollection', { BaseCollection });
