/** One line for each header, `Name: value`, as people paste them; the number of the first line that is none. */
export function readHeaders(text: string): { headers: Record<string, string> } | { wrong: number } {
  const headers: Record<string, string> = {};
  for (const [n, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      return { wrong: n + 1 };
    }
    headers[name] = value;
  }
  return { headers };
}
