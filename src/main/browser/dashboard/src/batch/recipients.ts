import { fill, lengthOf, places } from './template';
import { readRecipient } from './number';
import type { Table, Use } from './table';

/** What keeps a row from being sent. */
export type Problem =
  | { kind: 'empty' | 'rounded' | 'invalid' }
  | { kind: 'duplicate'; line: number }
  | { kind: 'missing'; names: string[] }
  | { kind: 'long'; length: number }
  /** In the server's words. */
  | { kind: 'refused'; reason: string };

export interface BadRow {
  row: number;
  line: number;
  written: string;
  problem: Problem;
}

export interface Checked {
  /** Rows that can be sent to, as they come. */
  good: number[];
  bad: BadRow[];
}

export interface Rules {
  uses: readonly Use[];
  template: string;
  /** Of what is said, in characters. */
  longest: number;
  country: string | undefined;
  /** By row, what the server said of it. */
  refused: ReadonlyMap<number, string>;
}

const AT_ONCE = 4_000;

/** Looks at every row; between pieces the page goes on. Undefined when it was `stopped`, because something was changed meanwhile. */
export async function check(table: Table, rules: Rules, stopped: () => boolean = () => false): Promise<Checked | undefined> {
  const checked: Checked = { good: [], bad: [] };
  const number = rules.uses.findIndex((use) => use.as === 'number');
  // one that no column gives is wrong for the message, not for each line
  const given = rules.uses.filter((use) => use.as === 'variable').map((use) => use.name);
  const needed = places(rules.template).filter((name) => given.includes(name));
  const firsts = new Map<string, number>();
  for (let row = 0; row < table.rows.length; row++) {
    if (row % AT_ONCE === 0 && row > 0) {
      await new Promise((resolve) => setTimeout(resolve));
      if (stopped()) {
        return undefined;
      }
    }
    const line = table.lines[row] ?? row + 1;
    const cells = table.rows[row] ?? [];
    const written = cells[number] ?? '';
    const problem = refusal(row, cells, written, rules, needed, firsts, table);
    if (problem === undefined) {
      checked.good.push(row);
    } else {
      checked.bad.push({ row, line, written: written === '' ? cells.join(' ') : written, problem });
    }
  }
  return checked;
}

function refusal(
  row: number,
  cells: readonly string[],
  written: string,
  rules: Rules,
  needed: readonly string[],
  firsts: Map<string, number>,
  table: Table,
): Problem | undefined {
  const recipient = readRecipient(written, rules.country);
  if (recipient.problem !== undefined) {
    return { kind: recipient.problem };
  }
  const first = firsts.get(recipient.key);
  if (first !== undefined) {
    return { kind: 'duplicate', line: table.lines[first] ?? first + 1 };
  }
  firsts.set(recipient.key, row);
  const reason = rules.refused.get(row);
  if (reason !== undefined) {
    return { kind: 'refused', reason };
  }
  const variables = variablesOf(cells, rules.uses);
  const names = needed.filter((name) => !variables[name]);
  if (names.length > 0) {
    return { kind: 'missing', names };
  }
  // never shorter than what stands around its places: only a long one is worth counting
  if (rules.template.length + cells.join('').length * Math.max(1, needed.length) > rules.longest) {
    const length = lengthOf(fill(rules.template, variables));
    return length > rules.longest ? { kind: 'long', length } : undefined;
  }
  return undefined;
}

export function variablesOf(cells: readonly string[], uses: readonly Use[]): Record<string, string> {
  const variables: Record<string, string> = {};
  uses.forEach((use, index) => {
    if (use.as === 'variable' && use.name !== '') {
      variables[use.name] = cells[index] ?? '';
    }
  });
  return variables;
}

export interface Item {
  to: string;
  variables?: Record<string, string>;
}

/** What is sent of the rows: only the variables that the template has a place for. */
export function itemsOf(table: Table, rows: readonly number[], uses: readonly Use[], template: string): Item[] {
  const number = uses.findIndex((use) => use.as === 'number');
  const needed = places(template).map((name) => [name, uses.findIndex((use) => use.as === 'variable' && use.name === name)] as const);
  return rows.map((row) => {
    const cells = table.rows[row] ?? [];
    const to = cells[number] ?? '';
    return needed.length === 0 ? { to } : { to, variables: Object.fromEntries(needed.map(([name, index]) => [name, cells[index] ?? ''])) };
  });
}

/** From the fields of a refusal, such as `items[3].to`: by row, the reason; and the rest, which is not about a row. */
export function refusedRows(fields: ReadonlyMap<string, string>, sent: readonly number[]): { rows: Map<number, string>; other: boolean } {
  const rows = new Map<number, string>();
  let other = false;
  for (const [field, reason] of fields) {
    const [, index, member] = /^items\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
    const row = index === undefined ? undefined : sent[Number(index)];
    if (row === undefined) {
      other ||= !/^items$/.test(field) || fields.size === 1;
    } else {
      rows.set(row, member === undefined || member === 'to' || member === '' ? reason : `${member} ${reason}`);
    }
  }
  return { rows, other };
}
