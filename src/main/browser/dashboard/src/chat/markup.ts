/** A piece of a message's text as WhatsApp formats it. Pieces are shown as elements and text, never as HTML. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; pieces: Piece[] }
  | { kind: 'mono'; text: string; block: boolean }
  | { kind: 'link'; text: string; href: string };

const MARKS: Record<string, 'bold' | 'italic' | 'strike'> = { '*': 'bold', _: 'italic', '~': 'strike' };
const LINK = /https?:\/\/[^\s<>"'`]+/giu;
/** Deeper than anybody means it; a line of a thousand stars must not cost more. */
const DEEPEST = 4;

/** `*bold*`, `_italic_`, `~strike~`, `` `mono` ``, ```` ```block``` ```` and http(s) links. */
export function parse(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/```([\s\S]+?)```|`([^`\n]+)`/g)) {
    pieces.push(...linked(text.slice(from, match.index)));
    pieces.push({ kind: 'mono', text: match[1] ?? match[2] ?? '', block: match[1] !== undefined });
    from = match.index + match[0].length;
  }
  pieces.push(...linked(text.slice(from)));
  return pieces;
}

/** Links first: what stands in an address is no mark. */
function linked(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const written = trimmed(match[0]);
    const href = address(written);
    if (href !== undefined) {
      pieces.push(...marked(text.slice(from, match.index), 0), { kind: 'link', text: written, href });
      from = match.index + written.length;
    }
  }
  pieces.push(...marked(text.slice(from), 0));
  return pieces;
}

/** Without the full stop of the sentence, the bracket around it, or the mark that ends there. */
function trimmed(link: string): string {
  const bare = link.replace(/[.,;:!?*_~]+$/u, '');
  return bare.endsWith(')') && !bare.includes('(') ? trimmed(bare.slice(0, -1)) : bare;
}

function address(written: string): string | undefined {
  if (!URL.canParse(written)) {
    return undefined;
  }
  const url = new URL(written);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.hostname !== '' ? url.href : undefined;
}

function marked(text: string, depth: number): Piece[] {
  const pieces: Piece[] = [];
  let plain = 0;
  /** By mark: how far it is known that nothing ends it. */
  const open: Record<string, number> = {};
  for (let at = 0; depth < DEEPEST && at < text.length; at++) {
    const mark = text[at] ?? '';
    const kind = MARKS[mark];
    if (kind === undefined || at < (open[mark] ?? 0) || !opens(text, at)) continue;
    const end = closing(text, at);
    if (end < 0) {
      const newline = text.indexOf('\n', at);
      open[mark] = newline < 0 ? text.length : newline;
    } else {
      if (at > plain) {
        pieces.push({ kind: 'text', text: text.slice(plain, at) });
      }
      pieces.push({ kind, pieces: marked(text.slice(at + 1, end), depth + 1) });
      at = end;
      plain = end + 1;
    }
  }
  if (plain < text.length) {
    pieces.push({ kind: 'text', text: text.slice(plain) });
  }
  return pieces;
}

const WORD = /[\p{L}\p{N}]/u;

function opens(text: string, at: number): boolean {
  const [before = ' ', after = ' '] = [text[at - 1], text[at + 1]];
  return !WORD.test(before) && !/\s/.test(after) && after !== text[at];
}

/** Where it ends, in the same line and not in the middle of a word; -1 where it does not. */
function closing(text: string, at: number): number {
  const mark = text[at] ?? '';
  const newline = text.indexOf('\n', at);
  const last = newline < 0 ? text.length : newline;
  for (let end = text.indexOf(mark, at + 2); end > 0 && end < last; end = text.indexOf(mark, end + 1)) {
    if (!/\s/.test(text[end - 1] ?? ' ') && !WORD.test(text[end + 1] ?? ' ')) {
      return end;
    }
  }
  return -1;
}

/** The words alone, for a line of a list. */
export function plain(text: string): string {
  const words = (pieces: Piece[]): string => pieces.map((piece) => ('pieces' in piece ? words(piece.pieces) : piece.text)).join('');
  return words(parse(text)).replace(/\s+/g, ' ').trim();
}
