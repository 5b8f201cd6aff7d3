import { expect, test } from 'vitest';
import { fill, isVariableName, lengthOf, places, variableName } from './template';

test('fills in as the server does', () => {
  expect(fill('Halo {name}, {{name}} {0} {a b} {missing} {', { name: 'Ani $& $1' })).toBe('Halo Ani $& $1, {name} {0} {a b} {missing} {');
  expect(fill('{constructor}', {})).toBe('{constructor}');
  expect(places('{name} {kota.asal} {{x}} {name} {1x}')).toEqual(['name', 'kota.asal']);
});

test('counts an emoji as one', () => {
  expect(lengthOf('a😀é')).toBe(3);
});

test('makes names of column heads', () => {
  expect(variableName(' Nama lengkap (KTP)')).toBe('Nama_lengkap_KTP');
  expect(variableName('1. ')).toBe('');
  expect(variableName('2nd name')).toBe('nd_name');
  expect(isVariableName('nama-2')).toBe(true);
  expect(isVariableName('2nama')).toBe(false);
});
