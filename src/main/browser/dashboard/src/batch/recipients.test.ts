import { expect, test } from 'vitest';
import { readRecipient } from './number';
import { check, itemsOf, refusedRows, type Rules } from './recipients';
import { Gathered, guessUses } from './table';

function table(...rows: string[][]) {
  const gathered = new Gathered();
  rows.forEach((row) => gathered.add(row));
  return gathered.table();
}

function rules(of: Partial<Rules>): Rules {
  return { uses: [{ as: 'number', name: '' }], template: 'Halo', longest: 4096, country: 'ID', refused: new Map(), ...of };
}

test('one number has many ways to be written', () => {
  const keys = ['+62 812-3456-7890', '6281234567890', '081234567890', '6281234567890@c.us', '6281234567890@s.whatsapp.net'];
  expect(new Set(keys.map((written) => readRecipient(written, 'ID').key)).size).toBe(1);
  expect(readRecipient('6.28123E+12', 'ID').problem).toBe('rounded');
  expect(readRecipient('12', 'ID').problem).toBe('invalid');
  expect(readRecipient('call me 081234567890', 'ID').problem).toBe('invalid');
  expect(readRecipient('120363041234567890@g.us', 'ID').problem).toBeUndefined();
});

test('finds the head, the number column and names for the others', () => {
  const found = table(['Nama lengkap', 'No. HP', 'Nama lengkap'], [], ['Ani', '081234567890', 'x']);
  expect(found.rows).toHaveLength(1);
  expect(found.lines).toEqual([3]);
  expect(guessUses(found)).toEqual([
    { as: 'variable', name: 'Nama_lengkap' },
    { as: 'number', name: 'No._HP' },
    { as: 'variable', name: 'Nama_lengkap_3' },
  ]);
  expect(table(['081234567890'], ['0812']).columns[0]?.head).toBeUndefined();
});

test('says of each line what is wrong with it', async () => {
  const uses = [
    { as: 'number', name: '' },
    { as: 'variable', name: 'name' },
  ] as const;
  const found = table(['081234567890', 'Ani'], ['x', 'Budi'], ['+6281234567890', 'Cici'], ['081234567891', ''], ['081234567892', 'ddddddddd'], ['081234567893', 'E']);
  const checked = await check(found, rules({ uses, template: 'Hi {name}', longest: 10, refused: new Map([[5, 'is unknown']]) }));
  expect(checked?.good).toEqual([0]);
  expect(checked?.bad.map(({ line, problem }) => [line, problem])).toEqual([
    [2, { kind: 'invalid' }],
    [3, { kind: 'duplicate', line: 1 }],
    [4, { kind: 'missing', names: ['name'] }],
    [5, { kind: 'long', length: 12 }],
    [6, { kind: 'refused', reason: 'is unknown' }],
  ]);
  expect(itemsOf(found, [0], uses, 'Hi {name}')).toEqual([{ to: '081234567890', variables: { name: 'Ani' } }]);
  expect(itemsOf(found, [0], uses, 'Hi')).toEqual([{ to: '081234567890' }]);
});

test('a variable that no column gives is not the fault of each line', async () => {
  const checked = await check(table(['081234567890']), rules({ template: 'Hi {name}' }));
  expect(checked?.bad).toEqual([]);
});

test('100,000 lines are checked in about a second, in pieces', async () => {
  const found = table(...Array.from({ length: 100_000 }, (_, i) => [`62811${String(i).padStart(8, '0')}`]));
  expect(found.cut).toBe(false);
  expect((await check(found, rules({})))?.good).toHaveLength(100_000);
  let calls = 0;
  expect(await check(found, rules({}), () => ++calls > 2)).toBeUndefined();
});

test('brings what the server refuses back to its line', () => {
  const refused = refusedRows(new Map([['items[1].to', 'is not a possible phone number'], ['items[0].variables.name', 'is missing'], ['items', 'has 3 more that are wrong']]), [7, 9]);
  expect([...refused.rows]).toEqual([
    [9, 'is not a possible phone number'],
    [7, 'variables.name is missing'],
  ]);
  expect(refused.other).toBe(false);
  expect(refusedRows(new Map([['scheduleTime', 'is in the past']]), []).other).toBe(true);
});
