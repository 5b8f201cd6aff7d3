/** As the server fills in: `{name}` is the variable of that name, `{{name}}` the words "{name}", every other brace is plain text. */
const PLACE = /\{\{([^{}]*)\}\}|\{(\p{L}[\p{L}\p{N}_.-]{0,63})\}/gu;

export const LONGEST_TEXT = 4096;
export const LONGEST_CAPTION = 1024;

/** The variables that it needs, each once, in the order of the text. */
export function places(template: string): string[] {
  return [...new Set([...template.matchAll(PLACE)].flatMap((found) => (found[2] === undefined ? [] : [found[2]])))];
}

/** A place without a variable stays as it is written. */
export function fill(template: string, variables: Readonly<Record<string, string>>): string {
  return template.replace(PLACE, (written: string, plain: string | undefined, name: string | undefined) =>
    plain !== undefined ? `{${plain}}` : name !== undefined && Object.hasOwn(variables, name) ? (variables[name] ?? written) : written,
  );
}

/** Characters as WhatsApp and the server count them: an emoji is one, not two. */
export function lengthOf(text: string): number {
  let n = 0;
  for (const _ of text) {
    n++;
  }
  return n;
}

/** A name that can stand in braces, made of the head of a column; empty where nothing of it can. */
export function variableName(head: string): string {
  return head
    .trim()
    .replace(/\s+/gu, '_')
    .replace(/[^\p{L}\p{N}_.-]/gu, '')
    .replace(/^[^\p{L}]+/u, '')
    .slice(0, 64);
}

export function isVariableName(name: string): boolean {
  return /^\p{L}[\p{L}\p{N}_.-]{0,63}$/u.test(name);
}
