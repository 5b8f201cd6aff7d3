import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import asyncapi from '../../../../../../asyncapi.yaml?raw';
import session from '@/session/words';
import { says } from './says';
import { TYPE_GROUPS, TYPE_WORDS } from './types';
import words from './words';

interface Message {
  name: string;
  examples: { payload: { deviceId: string; seq?: number; at: string; data: Record<string, unknown> } }[];
}

const messages = Object.values((parse(asyncapi) as { components: { messages: Record<string, Message> } }).components.messages).filter(({ name }) => name in TYPE_WORDS);
const format = { dateTime: (at: string) => at, bytes: (n: number) => `${n} B` };

describe('says', () => {
  it.each(['en', 'id'] as const)('a whole sentence for each example of the contract (%s)', (locale) => {
    const missing: string[] = [];
    const spoken: unknown = { event: words[locale], session: session[locale] };
    const t = (key: string, params: Record<string, unknown> = {}): string => {
      const found = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], spoken);
      if (typeof found !== 'string') missing.push(key);
      return String(found).replaceAll(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
    };
    for (const { name, examples } of messages) {
      for (const { payload } of examples) {
        const { deviceId, seq, at, data } = payload;
        const sentence = says({ key: '1', type: name, deviceId, at, seq, position: '1', data }, t, format);
        expect(sentence, name).not.toMatch(/[{}]|undefined|event\./);
        expect(sentence.length, name).toBeGreaterThan(3);
      }
    }
    expect(missing).toEqual([]);
  });

  it('knows the types of the contract, each in one group', () => {
    const types = Object.keys(TYPE_WORDS).sort();
    expect(messages.map(({ name }) => name).sort()).toEqual(types);
    expect(TYPE_GROUPS.flatMap((group) => [...group.types]).sort()).toEqual(types);
  });
});
