// @ts-check
import { define } from '../registry.js';
import { fromBase64, toBase64 } from './bytes.js';

class OpaqueDataBase {
  released = false;

  retain() {}
  autorelease() {}
  autoreleaseWhenPromiseCompletes() {}
  // wa-js recognises the class by this method.
  throwIfReleased() {}
}

/** A file in the page's memory. */
export class OpaqueData extends OpaqueDataBase {
  /** @type {Blob} */
  #blob;
  /** @type {string | undefined} */
  #url;

  /** @param {Blob} blob */
  constructor(blob) {
    super();
    this.#blob = blob;
  }

  /** @param {Blob | BufferSource} data @param {string} [type] */
  static async createFromData(data, type) {
    const asIs = data instanceof Blob && (!type || data.type === type);
    return new OpaqueData(asIs ? data : new Blob([data], { type }));
  }
  /** @param {string} text */
  static async createFromBase64Jpeg(text) {
    return new OpaqueData(new Blob([fromBase64(text)], { type: 'image/jpeg' }));
  }

  forceToBlob() {
    return this.#blob;
  }
  formData() {
    return this.#blob;
  }
  type() {
    return this.#blob.type;
  }
  size() {
    return this.#blob.size;
  }
  url() {
    this.#url ??= URL.createObjectURL(this.#blob);
    return this.#url;
  }
  async getBase64() {
    return toBase64(await this.#blob.arrayBuffer());
  }
  async validate() {
    return true;
  }
}

define('WAWebMediaOpaqueDataBase', { default: OpaqueDataBase });
define('WAWebMediaOpaqueData', { default: OpaqueData });
