// @ts-check
/**
 * The page's module registry, in the shape of Meta's loader, because client libraries look the page's modules up in it:
 * `__d` defines a module, `require` returns it by name, `importNamespace` returns its exports object, and
 * `require('__debug').modulesMap` lists all of them in the order in which they were defined.
 *
 * Three rules that the libraries depend on:
 * - `importNamespace` answers the same mutable object every time: a library hooks a function by assigning to it. So our own
 *   code calls what may be hooked through {@link module}, never through a captured function.
 * - `require` answers the default export itself when a module has no other export.
 * - The first module whose exports match a library's structural test wins, so a name exported twice shadows.
 */

/** @typedef {Record<string, any>} Exports */
/** @typedef {{id: string, factory: Function, done: boolean, exports: Exports}} Definition */

/** @type {Record<string, Definition>} */
export const modulesMap = Object.create(null);

/** @param {string} id @returns {Exports} */
function importNamespace(id) {
  const definition = modulesMap[id];
  if (!definition) throw new Error(`Requiring unknown module "${id}"`);
  if (!definition.done) {
    definition.done = true;
    const module = { id, exports: definition.exports };
    definition.factory(window, require, importDefault, importNamespace, null, module, definition.exports);
  }
  return definition.exports;
}

/** @param {string} id */
function importDefault(id) {
  const exports = importNamespace(id);
  return 'default' in exports ? exports.default : exports;
}

/** @param {string} id */
function require(id) {
  if (id === '__debug') return { modulesMap };
  const exports = importNamespace(id);
  const names = Object.keys(exports);
  return names.length === 1 && names[0] === 'default' ? exports.default : exports;
}

/** @param {string} id @param {string[]} _dependencies @param {Function} factory */
function __d(id, _dependencies, factory) {
  modulesMap[id] ??= { id, factory, done: false, exports: {} };
}

/**
 * Defines a module of the page by what it exports.
 *
 * @template {Exports} E
 * @param {string} id
 * @param {E} exports
 */
export function define(id, exports) {
  __d(id, [], (/** @type {any[]} */ ...args) => {
    Object.defineProperties(args[6], Object.getOwnPropertyDescriptors(exports));
  });
}

/** The live exports of a module, hooks of client libraries included. @param {string} id @returns {Exports} */
export const module = importNamespace;

/**
 * Makes the registry visible to client libraries. Comes last: wa-js starts looking when the globals appear and takes the
 * page for loaded once the number of modules has stood still for 750 ms.
 *
 * @param {string} version what the page claims to be, as in `2.3000.1045220589`
 */
export function publish(version) {
  Object.assign(window, {
    Debug: { VERSION: version },
    // Without it wa-js resolves every module to null.
    ErrorGuard: {
      skipGuardGlobal() {},
      applyWithGuard: (/** @type {Function} */ f, /** @type {any} */ self, /** @type {any[]} */ args) => f.apply(self, args),
    },
    importNamespace,
    importDefault,
    __d,
    require,
  });
}
