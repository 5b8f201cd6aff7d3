import { describe, expect, it } from 'vitest';
import contract from '../../../../../../openapi.yaml?raw';
import { ACTIONS, actionWord } from './actions';
import words from './words';

describe('ACTIONS', () => {
  it('are those of the contract', () => {
    const marked = [...contract.matchAll(/^ {6}x-audit:\n(?: {8}.*\n)*? {8}action: (\S+)$/gm)].map(([, action]) => action);
    expect([...new Set(marked)].sort()).toEqual([...ACTIONS].sort());
  });

  it('each have a word', () => {
    expect(Object.keys(words.en.actions).sort()).toEqual(ACTIONS.map(actionWord).sort());
  });
});
