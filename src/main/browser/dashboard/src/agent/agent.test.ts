import { describe, expect, it } from 'vitest';
import { failureOf, newest, type Failure } from './failures';
import { readParameters, writeParameters } from './parameters';

describe('parameters of an agent', () => {
  it('are a JSON object, or nothing', () => {
    expect(readParameters(' ')).toEqual({});
    expect(readParameters('{"max_steps": 3}')).toEqual({ max_steps: 3 });
    for (const bad of ['[1]', 'null', '"a"', '3', '{max: 1}', '{']) {
      expect(readParameters(bad), bad).toBeUndefined();
    }
  });

  it('are shown as they were written', () => {
    expect(writeParameters({})).toBe('');
    expect(readParameters(writeParameters({ a: { b: [1, 2] } }))).toEqual({ a: { b: [1, 2] } });
  });
});

describe('failures of an agent', () => {
  const failure = (id: string, at: string): Failure => ({ id, at, chat: '', agent: '', reason: '', traceId: '' });

  it('are read from the log', () => {
    const data = { chat: '628@c.us', agent: 'Bot', reason: 'answered 500', traceId: 'run-1', messageId: 'M' };
    const event = { id: '7', deviceId: 'shop-1', seq: 1, type: 'agent.failed', at: '2026-01-15T08:31:00.000Z', data };
    expect(failureOf(event)).toEqual({ id: '7', at: event.at, chat: '628@c.us', agent: 'Bot', reason: 'answered 500', traceId: 'run-1' });
  });

  it('stand newest first and once each', () => {
    const known = [failure('9', '2026-01-15T08:00:00.000Z'), failure('10', '2026-01-15T08:00:00.000Z')];
    const told = [...known, failure('11', '2026-01-15T09:00:00.000Z'), failure('9', '2026-01-15T08:00:00.000Z')];
    expect(newest(told, 5).map((each) => each.id)).toEqual(['11', '10', '9']);
    expect(newest(told, 1).map((each) => each.id)).toEqual(['11']);
  });
});
