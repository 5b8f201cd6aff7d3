import { describe, expect, it } from 'vitest';
import { readHeaders } from './headers';

describe('readHeaders', () => {
  it('reads a header a line', () => {
    expect(readHeaders('Authorization: Bearer a:b\n\n  X-Shop :  7 \n')).toEqual({ headers: { Authorization: 'Bearer a:b', 'X-Shop': '7' } });
  });

  it('says which line is none', () => {
    expect(readHeaders('X-Shop: 7\nBearer 5f2c')).toEqual({ wrong: 2 });
  });

  it('takes nothing for no headers', () => {
    expect(readHeaders(' \n')).toEqual({ headers: {} });
  });
});
