import { describe, expect, it } from 'vitest';
import { FrameReader } from './sse';

describe('FrameReader', () => {
  it('reads frames that are cut anywhere', () => {
    const text = 'id: 7\ndata: {"a":1}\n\n: still here\n\ndata: x\r\ndata: y\r\n\r\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const reader = new FrameReader();
      const frames = [...reader.push(text.slice(0, cut)), ...reader.push(text.slice(cut))];
      expect(frames).toEqual([
        { id: '7', data: '{"a":1}' },
        { id: undefined, data: 'x\ny' },
      ]);
    }
  });

  it('keeps what has not ended', () => {
    const reader = new FrameReader();
    expect(reader.push('data: half')).toEqual([]);
    expect(reader.push('\n\n')).toEqual([{ id: undefined, data: 'half' }]);
  });
});
