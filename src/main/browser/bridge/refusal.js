// @ts-check
/** What WhatsApp, or what the page knows, does not allow; `reason` is one of the JVM's `Refusal` (requests) or `Reason` (sending). */
export class Refusal extends Error {
  /** @param {string} reason @param {string} detail */
  constructor(reason, detail) {
    super(detail);
    this.reason = reason;
  }
}

/** The words of whatever was thrown; wa-js also throws plain objects. @param {any} error @returns {string} */
export function words(error) {
  return String(error?.message ?? error?.code ?? error);
}
