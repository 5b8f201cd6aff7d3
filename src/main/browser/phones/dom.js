/** @param {string} id @returns {any} the element, which index.html has */
export const $ = (id) => document.getElementById(id);

/**
 * An element with properties and children; text is never read as HTML.
 *
 * @param {string} tag @param {Record<string, any>} [properties] @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function el(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** @param {unknown} failure */
export function complain(failure) {
  const toast = $('toast');
  toast.textContent = failure instanceof Error ? failure.message : String(failure);
  toast.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (toast.hidden = true), 4000);
}

/** A form's handler that shows what went wrong. @param {(form: HTMLFormElement) => Promise<unknown>} deed */
export const submitted = (deed) => async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  try {
    await deed(/** @type {HTMLFormElement} */ (event.target));
  } catch (failure) {
    complain(failure);
  }
};

/** A button that shows what went wrong. @param {string} label @param {string} look @param {() => Promise<unknown>} deed */
export const button = (label, look, deed) =>
  el('button', { type: 'button', className: look, onclick: () => deed().catch(complain) }, label);
