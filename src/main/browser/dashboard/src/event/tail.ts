/** An event as the log shows it, whether it came by the stream or was read. */
export interface Entry {
  key: string;
  type: string;
  deviceId: string;
  at: string;
  seq: number | undefined;
  /** In the log; what is live only has none. */
  position: string | undefined;
  data: Readonly<Record<string, unknown>>;
}

/** What happened to the stream itself, between the events. */
export interface Note {
  key: string;
  note: 'broken' | 'resumed' | 'gap';
  at: string;
  /** After which it went on. */
  position: string | undefined;
}

export type Row = Entry | Note;

export function isNote(row: Row): row is Note {
  return 'note' in row;
}

let live = 0;

/** An event of the stream has its members beside those of all events. */
export function ofStream(event: object): Entry {
  const { type, deviceId, at, seq, position, ...data } = event as { type: string; deviceId: string; at: string; seq?: number; position?: string };
  return { key: position ?? `live-${++live}`, type, deviceId, at, seq, position, data };
}

export function ofLog(event: { id?: string; type: string; deviceId: string; at: string; seq: number; data: object }): Entry {
  const { id, type, deviceId, at, seq, data } = event;
  return { key: id ?? `live-${++live}`, type, deviceId, at, seq, position: id, data: { ...data } };
}

/**
 * The newest rows first, without a gap and without a repetition; at most `cap`, the oldest go. Nothing here is reactive: thousands of events a minute
 * cost a page nothing until it asks for `rows()`.
 */
export class Tail {
  private kept: Row[] = [];
  private arrived: Row[] = [];
  private readonly known = new Set<string>();
  private older: string | undefined;
  private more = false;
  /** Events that were thrown away before they were shown. */
  overrun = 0;

  constructor(private readonly cap: number) {}

  /** How many wait for {@link take}. */
  get waiting(): number {
    return this.arrived.length;
  }

  /** Where to read on backwards; undefined when the log is read to its beginning or as much is kept as may be. */
  get cursor(): string | undefined {
    return this.more && this.kept.length < this.cap ? this.older : undefined;
  }

  get full(): boolean {
    return this.kept.length >= this.cap;
  }

  rows(): readonly Row[] {
    return this.kept;
  }

  arrive(row: Row): void {
    if (this.known.has(row.key)) return;
    this.known.add(row.key);
    this.arrived.push(row);
    if (this.arrived.length > 2 * this.cap) {
      const gone = this.arrived.splice(0, this.arrived.length - this.cap);
      this.overrun += gone.length;
      gone.forEach((each) => this.known.delete(each.key));
    }
  }

  /** Puts what has arrived on top; true when there was anything. */
  take(): boolean {
    if (this.arrived.length === 0) return false;
    const all = this.arrived.reverse().concat(this.kept);
    this.arrived = [];
    this.kept = all.slice(0, this.cap);
    const gone = all.slice(this.cap);
    if (gone.length > 0) {
      gone.forEach((row) => this.known.delete(row.key));
      this.older = this.kept.findLast((row) => row.position !== undefined && !isNote(row))?.position ?? this.older;
      this.more = true;
    }
    return true;
  }

  /** A page of the log, newest first; `more`: it goes on before `next`. */
  append(events: readonly Entry[], next: string, more: boolean): void {
    const page = new Set(events.map((event) => event.key));
    const early = this.arrived.filter((row) => page.has(row.key)).map((row) => row.key);
    this.arrived = this.arrived.filter((row) => !page.has(row.key));
    early.forEach((key) => this.known.delete(key));
    const fresh = events.filter((event) => !this.known.has(event.key));
    fresh.forEach((event) => this.known.add(event.key));
    this.kept = this.kept.concat(fresh).slice(0, this.cap);
    this.older = next;
    this.more = more;
  }

  clear(): void {
    this.kept = [];
    this.arrived = [];
    this.known.clear();
    this.older = undefined;
    this.more = false;
    this.overrun = 0;
  }
}
