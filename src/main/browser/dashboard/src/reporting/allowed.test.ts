import { describe, expect, it } from 'vitest';
import { soughtNumber } from './allowed';

describe('the number that is looked for', () => {
  it('is what people write, without what they write between digits', () => {
    expect(soughtNumber('+62 811-0000-0001')).toBe('+6281100000001');
    expect(soughtNumber('(0811) 0000 0001')).toBe('081100000001');
  });

  it('is none while it cannot be a number', () => {
    for (const text of ['', '0811', 'Ana', '62811x00000', '1'.repeat(21)]) {
      expect(soughtNumber(text), text).toBeUndefined();
    }
  });
});
