import { describe, expect, it } from 'vitest';
import { phone } from './format';

describe('phone', () => {
  it.each([
    ['6281234567890', '+6281234567890'],
    ['6281234567890@c.us', '+6281234567890'],
    ['187654321@lid', '187654321@lid'],
    ['120363012345678901@g.us', '120363012345678901@g.us'],
    ['somebody', 'somebody'],
  ])('%s is written as %s', (address, written) => {
    expect(phone(address)).toBe(written);
  });
});
