/** What a request is known by, so that its repeat does nothing twice. Not `randomUUID`, which a page that was loaded over plain HTTP does not have. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Keys for tries of the same: another key as soon as another thing is asked, since the server refuses a known key for that. */
export function keyKeeper() {
  let last: { what: string; key: string } | undefined;
  return {
    for(what: string): string {
      if (last?.what !== what) {
        last = { what, key: newKey() };
      }
      return last.key;
    },
    /** The next time it is meant anew. */
    done(): void {
      last = undefined;
    },
  };
}
