/** What is written in the form as JSON; undefined when it is no JSON object. Nothing written is no parameters. */
export function readParameters(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') {
    return {};
  }
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? { ...read } : undefined;
  } catch {
    return undefined;
  }
}

export function writeParameters(parameters: Record<string, unknown>): string {
  return Object.keys(parameters).length === 0 ? '' : JSON.stringify(parameters, null, 2);
}
