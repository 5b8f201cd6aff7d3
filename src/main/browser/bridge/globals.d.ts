import type * as Wpp from '@wppconnect/wa-js';

/** What the JVM hands to a document before any other script of it runs; see ChromiumPage. */
export interface BridgeConfig {
  epoch: number;
  /** Wall clock, ms: until when the page may hold a socket if nobody extends it. */
  until: number;
}

/** The JVM's side of the bridge; see fence.js and bridge.js. */
export interface Bridge {
  run(epoch: number, notAfter: number, verb: string, args: any): Promise<{ ok?: unknown; refused?: string; reason?: string; detail?: string }>;
  extend(epoch: number, remaining: number, sentAt: number): boolean;
  close(): Promise<void>;
  /** For the file of a message that is about to be sent; see files.js. */
  input(stanzaId: string): HTMLInputElement;
  /** The file that a command left, once. */
  collect(name: string): Blob | undefined;
  bindings(): string[];
}

declare global {
  const WPP: typeof Wpp;
  interface Window {
    WPPConfig?: Record<string, unknown>;
    __kurirConfig?: BridgeConfig;
    __kurirEmit?: (batch: string) => void;
    __kurir?: Bridge;
  }
}
