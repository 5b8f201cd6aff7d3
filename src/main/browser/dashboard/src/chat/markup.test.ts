import { describe, expect, it } from 'vitest';
import { parse, plain } from './markup';

const text = (words: string) => ({ kind: 'text', text: words });

describe('the text of a message', () => {
  it('knows the marks of WhatsApp, also within each other', () => {
    expect(parse('a *b _c_* ~d~')).toEqual([
      text('a '),
      { kind: 'bold', pieces: [text('b '), { kind: 'italic', pieces: [text('c')] }] },
      text(' '),
      { kind: 'strike', pieces: [text('d')] },
    ]);
    expect(parse('`*x*` ```y\nz```')).toEqual([
      { kind: 'mono', text: '*x*', block: false },
      text(' '),
      { kind: 'mono', text: 'y\nz', block: true },
    ]);
  });

  it('leaves what is no mark', () => {
    for (const words of ['2*3*4', '* not bold *', '*open', 'snake_case_name', '**', '*a\nb*', '<b onclick=x>']) {
      expect(parse(words)).toEqual([text(words)]);
    }
  });

  it('links addresses of the web, without the sentence around them, and no other', () => {
    expect(parse('see (https://a.example/x_y_z?q=1). javascript:alert(1)')).toEqual([
      text('see ('),
      { kind: 'link', text: 'https://a.example/x_y_z?q=1', href: 'https://a.example/x_y_z?q=1' },
      text('). javascript:alert(1)'),
    ]);
    expect(parse('https:// ftp://x.example')).toEqual([text('https:// ftp://x.example')]);
  });

  it('does not take long over nonsense', () => {
    const before = performance.now();
    parse('*_~'.repeat(1_365));
    parse('*a '.repeat(1_365));
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('is one line in a list', () => {
    expect(plain('*Hello*\n  _you_ https://a.example')).toBe('Hello you https://a.example');
  });
});
