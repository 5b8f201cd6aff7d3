import Papa from 'papaparse';
import { isVariableName, variableName } from './template';
import { readRecipient } from './number';

/** The server's limit of one broadcast. */
export const MOST = 100_000;

/** What was pasted or uploaded, as cells. */
export interface Table {
  rows: string[][];
  /** Of each row, where it stood: the line of a text, the row of a spreadsheet. */
  lines: number[];
  columns: Column[];
  /** There were more rows than a broadcast may have; they were not read. */
  cut: boolean;
}

export interface Column {
  index: number;
  /** Of the first row, where that is a head. */
  head: string | undefined;
  sample: string;
}

/** What a column is used for: at most one is the number. */
export interface Use {
  as: 'number' | 'variable' | 'nothing';
  name: string;
}

/** Reads in pieces, so that the page goes on between them. */
export async function readTable(source: Blob, aborted: () => boolean = () => false): Promise<Table> {
  const encoding = await encodingOf(source);
  const gathered = new Gathered();
  await new Promise<void>((resolve, reject) => {
    Papa.parse<string[]>(new File([source], 'recipients'), {
      encoding,
      chunkSize: 128 * 1024,
      delimitersToGuess: [',', ';', '\t', '|'],
      chunk: (piece, parser) => {
        piece.data.forEach((row) => gathered.add(row));
        if (aborted() || gathered.full) {
          parser.abort();
        }
      },
      complete: () => resolve(),
      error: reject,
    });
  });
  return gathered.table();
}

/** Old spreadsheets write the letters of their country; what is no UTF-8 is taken for theirs. */
async function encodingOf(source: Blob): Promise<string> {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(await source.slice(0, 65_536).arrayBuffer(), { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** Rows as they come, without those that are empty. */
export class Gathered {
  private readonly rows: string[][] = [];
  private readonly lines: number[] = [];
  private seen = 0;
  private cut = false;

  /** One more than are taken, and the head. */
  get full(): boolean {
    return this.rows.length > MOST + 1;
  }

  add(cells: readonly string[]): void {
    this.seen++;
    const row = cells.map((cell) => cell.trim());
    if (row.some((cell) => cell !== '') && !this.full) {
      this.rows.push(row);
      this.lines.push(this.seen);
    }
  }

  table(): Table {
    const headed = isHead(this.rows[0]);
    const rows = headed ? this.rows.slice(1) : this.rows;
    const lines = headed ? this.lines.slice(1) : this.lines;
    this.cut = rows.length > MOST;
    const width = this.rows.slice(0, 200).reduce((widest, row) => Math.max(widest, row.length), 0);
    const columns = Array.from({ length: width }, (_, index) => ({
      index,
      head: headed ? this.rows[0]?.[index] : undefined,
      sample: rows.find((row) => row[index])?.[index] ?? '',
    }));
    return { rows: rows.slice(0, MOST), lines: lines.slice(0, MOST), columns, cut: this.cut };
  }
}

/** A first row of words is a head. A single cell with any digit is rather a number with a mistake in it. */
function isHead(row: readonly string[] | undefined): boolean {
  const figures = row?.length === 1 ? /\d/ : /\d{4}|^[\d\s+().-]+$/;
  return row !== undefined && row.every((cell) => !figures.test(cell) && readRecipient(cell, undefined).to === undefined);
}

/** The column with the most numbers among the first rows is the number; each other one a variable by its head's name. */
export function guessUses(table: Table): Use[] {
  const hits = table.columns.map(
    ({ index }) => table.rows.slice(0, 100).filter((row) => readRecipient(row[index] ?? '', undefined).to !== undefined).length,
  );
  const number = Math.max(0, hits.indexOf(Math.max(...hits, 0)));
  const taken = new Set<string>();
  return table.columns.map(({ index, head }) => {
    const name = freeName(variableName(head ?? ''), index, taken);
    return { as: index === number ? 'number' : 'variable', name };
  });
}

function freeName(wanted: string, index: number, taken: Set<string>): string {
  let name = isVariableName(wanted) ? wanted : `c${index + 1}`;
  while (taken.has(name)) {
    name = `${name}_${index + 1}`;
  }
  taken.add(name);
  return name;
}
