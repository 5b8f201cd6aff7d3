/** What was begun and not sent, by device and chat: still there when one comes back to the chat. In memory only. */
export const unsent = new Map<string, string>();
