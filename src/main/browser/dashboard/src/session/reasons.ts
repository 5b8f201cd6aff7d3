import type { Words } from '@/words/words';

export type ReasonWord = keyof Words['session']['reasons'] & string;

/** The server gives reasons in English sentences; those that it has are said in the language that is spoken. */
const KNOWN: [RegExp, ReasonWord][] = [
  [/^stopped$/, 'stopped'],
  [/^(disconnected|wiped) on request$/, 'onRequest'],
  [/^moving to another node$/, 'movingNode'],
  [/^moving to a fresh browser$/, 'movingBrowser'],
  [/^connection to WhatsApp lost/, 'lost'],
  [/^the QR code expired/, 'qrExpired'],
  [/^another page of the same link took over/, 'replaced'],
  [/^the page (is gone|does not work)/, 'pageGone'],
  [/^the page could not be opened/, 'notOpened'],
  [/^nothing came of the page/, 'nothingCame'],
  [/^the history did not come/, 'noHistory'],
  [/^ownership was not renewed/, 'notRenewed'],
  [/^reloading the page did not help/, 'reloadInVain'],
  [/^the page does not answer/, 'frozen'],
  [/^WhatsApp's server does not answer/, 'deaf'],
  [/^the page cannot store/, 'store'],
  [/^an older profile is being checked/, 'checking'],
  [/^goes on with an older profile/, 'older'],
  [/^the profile that was opened last cannot be reached/, 'profileGone'],
  // The last two are WhatsApp's own words.
  [/^(the link was removed|the kept profile is no longer linked|logged out|account_?removed|user_?initiated)/i, 'unlinked'],
];

export interface Reason {
  /** Which of our words says it; the server's own are shown where we have none. */
  word: ReasonWord | undefined;
  text: string;
  gaveUp: boolean;
}

/** Undefined where nothing went wrong. */
export function reasonOf(text: string): Reason | undefined {
  return text === ''
    ? undefined
    : { word: KNOWN.find(([pattern]) => pattern.test(text))?.[1], text, gaveUp: text.includes('gave up after') };
}
