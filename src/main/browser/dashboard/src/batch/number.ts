/** What is wrong with a recipient as it is written. */
export type NumberProblem = 'empty' | 'rounded' | 'invalid';

export interface Recipient {
  /** Undefined where it is wrong. */
  to: string | undefined;
  /** The same for all ways to write the same number. */
  key: string;
  problem: NumberProblem | undefined;
}

const WRITTEN = /^\+?[0-9 ()./-]{5,30}$/;
const WHATSAPP = /^([1-9]\d{4,19}@(c\.us|s\.whatsapp\.net|lid)|\d{5,20}(-\d{5,20})?@g\.us)$/i;

/** Of countries whose numbers are written with a leading 0 that stands for the country. */
const CALLING: Readonly<Record<string, string>> = { ID: '62', MY: '60', TH: '66', VN: '84', PH: '63', AU: '61', DE: '49', GB: '44', NL: '31', IN: '91', JP: '81' };

/**
 * Reads a recipient nearly as the server does, which has the last word: `+62 812…` and bare digits are international, `0812…` is of the device's
 * country.
 */
export function readRecipient(written: string, country: string | undefined): Recipient {
  const text = written.trim();
  if (text === '') {
    return { to: undefined, key: '', problem: 'empty' };
  }
  if (text.includes('@')) {
    const fits = WHATSAPP.test(text);
    return { to: fits ? text : undefined, key: text.toLowerCase().replace(/@(c\.us|s\.whatsapp\.net)$/, ''), problem: fits ? undefined : 'invalid' };
  }
  if (/^\d+([.,]\d+)?e\+?\d+$/i.test(text)) {
    return { to: undefined, key: text, problem: 'rounded' };
  }
  const digits = text.replace(/\D/g, '');
  const international = !text.startsWith('0');
  const fits = WRITTEN.test(text) && digits.length >= (international ? 7 : 6) && digits.length <= 15 && !/^\+0/.test(text);
  if (!fits) {
    return { to: undefined, key: text, problem: 'invalid' };
  }
  const calling = CALLING[country ?? ''];
  return { to: text, key: international || calling === undefined ? digits : calling + digits.slice(1), problem: undefined };
}

/** For people: as the number is dialled from everywhere. */
export function shownRecipient(written: string, country: string | undefined): string {
  const { to, key } = readRecipient(written, country);
  return to !== undefined && /^[1-9]\d+$/.test(key) ? `+${key}` : written;
}
