/** What was begun and not sent, by device and chat: still there when one comes back to the chat. In memory only. */
export const unsent = new Map<string, string>();

export function unsentKey(deviceId: string, chatId: string): string {
  return `${deviceId} ${chatId}`;
}

/** What was begun follows the chat to its new name. */
export function renamedUnsent(deviceId: string, from: string, to: string): void {
  const begun = unsent.get(unsentKey(deviceId, from));
  if (begun !== undefined) {
    unsent.set(unsentKey(deviceId, to), begun);
    unsent.delete(unsentKey(deviceId, from));
  }
}
