import { expect, test } from 'vitest';
import { reasonOf } from './reasons';

test('A reason of the server is said in words of ours, also where it gave up', () => {
  expect(reasonOf('')).toBeUndefined();
  expect(reasonOf('AccountRemoved')?.word).toBe('unlinked');
  expect(reasonOf('wiped on request')?.word).toBe('onRequest');
  expect(reasonOf('the page could not be opened: timeout; gave up after 3 tries')).toEqual({
    word: 'notOpened',
    text: 'the page could not be opened: timeout; gave up after 3 tries',
    gaveUp: true,
  });
});

test('One that we do not know keeps its own words', () => {
  expect(reasonOf('LOGOUT_BANNED')).toEqual({ word: undefined, text: 'LOGOUT_BANNED', gaveUp: false });
});
