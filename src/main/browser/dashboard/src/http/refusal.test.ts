import { describe, expect, it } from 'vitest';
import { Refusal } from './refusal';

const answer = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers });

describe('Refusal', () => {
  it('reads what the server says', () => {
    const refusal = Refusal.of(answer(400), {
      success: false,
      message: 'The body is not valid',
      error: { code: 'INVALID_PAYLOAD', message: 'The body is not valid', traceId: 'abc', details: [{ field: 'to', reason: 'is missing' }] },
      timestamp: '2026-01-15T08:30:00.000Z',
    });
    expect(refusal.code).toBe('INVALID_PAYLOAD');
    expect(refusal.message).toBe('The body is not valid');
    expect([...refusal.fields]).toEqual([['to', 'is missing']]);
    expect(refusal.traceId).toBe('abc');
    expect(refusal.passing).toBe(false);
  });

  it.each([
    ['a page of a proxy', '<html>Bad gateway</html>'],
    ['nothing', undefined],
    ['other JSON', { message: 'oops' }],
  ])('makes do with %s', (_, body) => {
    const refusal = Refusal.of(answer(502), body);
    expect(refusal.code).toBe('UNREADABLE');
    expect(refusal.passing).toBe(true);
  });

  it('knows when another try makes sense', () => {
    expect(Refusal.of(answer(429, { 'Retry-After': '17' }), undefined).retryAfter).toBe(17);
    expect(Refusal.from(new TypeError('Failed to fetch')).passing).toBe(true);
    expect(Refusal.of(answer(403), undefined).passing).toBe(false);
  });
});
