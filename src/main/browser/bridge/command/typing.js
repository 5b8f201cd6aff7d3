// @ts-check
/** Shows in a chat that we are typing, for as long as an answer is being thought of. */
import { needReady } from '../event/connection.js';
import { chatOf } from '../store.js';
import { wpp } from '../wpp.js';

/** @param {{ chat: string, on: boolean }} command */
export async function showTyping({ chat, on }) {
  needReady();
  const { id } = chatOf(chat);
  await wpp(on ? 'markComposing' : 'markPaused')(id);
  return {};
}
