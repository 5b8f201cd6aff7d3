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

/** WhatsApp's number for "this account may not write to strangers now" (its "reach-out time-lock"). */
const RESTRICTED = 463;

/** Where a refusal may carry its number. */
const NUMBERS = ['code', 'status', 'errorCode', 'nackReason', 'error'];

const RESTRICTED_WORDS = /\b463\b|reach-?_?out|time-?_?lock|RESTRICT_ALL_COMPANIONS/i;

/**
 * Whether an error or a result of sending says that the account is restricted. Assumed, because wa-js' types have only the results
 * ERROR_NETWORK … ERROR_UNKNOWN: the number is a field of the result or error, or in its words. Where WhatsApp says neither, the message is
 * refused like any other.
 *
 * @param {any} fault
 */
function isRestriction(fault) {
  if (NUMBERS.some((name) => Number(fault?.[name]) === RESTRICTED)) return true;
  return RESTRICTED_WORDS.test(words(fault));
}

/** One of the JVM's `Reason`. @param {unknown} error */
export function reason(error) {
  if (error instanceof Refusal) return error.reason;
  return isRestriction(error) ? 'RESTRICTED' : 'PAGE_ERROR';
}

/** What the JVM is told of a message that the page had taken. @param {any} fault @param {string} said */
export function told(fault, said) {
  return isRestriction(fault) ? `RESTRICTED: ${said}` : said;
}
