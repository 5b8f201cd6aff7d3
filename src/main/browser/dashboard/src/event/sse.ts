/** One event of a stream of server-sent events, as the specification of HTML defines its fields; comments are dropped. */
export interface Frame {
  id: string | undefined;
  data: string;
}

/** Cuts text that comes in pieces into frames. */
export class FrameReader {
  private rest = '';

  push(piece: string): Frame[] {
    this.rest = (this.rest + piece).replaceAll('\r\n', '\n');
    const frames = this.rest.split('\n\n');
    this.rest = frames.pop() ?? '';
    return frames.map(frame).filter((read) => read.data !== '');
  }
}

function frame(text: string): Frame {
  const data: string[] = [];
  let id: string | undefined;
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (name === 'data') {
      data.push(value ?? '');
    } else if (name === 'id') {
      id = value;
    }
  }
  return { id, data: data.join('\n') };
}
