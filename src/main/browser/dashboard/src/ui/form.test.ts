import { describe, expect, it } from 'vitest';
import { Refusal } from '@/http/refusal';
import { useForm } from './form';

const refused = (...fields: string[]) =>
  new Refusal(400, 'INVALID_PAYLOAD', 'Not so', { fields: new Map(fields.map((field) => [field, `${field} is wrong`])) });

describe('useForm', () => {
  it('says a refusal at the field it is of', async () => {
    const form = useForm(() => ({ to: '' }), ['to'], () => Promise.reject(refused('to')));
    expect(await form.send()).toBe(false);
    expect(form.errors.value).toEqual({ to: 'to is wrong' });
    expect(form.failure.value).toBeUndefined();
  });

  it('says it above the form where the field is not shown, so that nothing is lost', async () => {
    const form = useForm(() => ({ to: '' }), ['to'], () => Promise.reject(refused('to', 'proxy.url')));
    await form.send();
    expect(form.failure.value?.message).toBe('Not so');
  });

  it('takes an item of a list for its list', async () => {
    const form = useForm(() => ({ items: '' }), ['items'], () => Promise.reject(refused('items[3].to')));
    await form.send();
    expect(form.errors.value).toEqual({ items: 'items[3].to is wrong' });
    expect(form.failure.value).toBeUndefined();
  });

  it('forgets what was said when it is sent again, and its values when it is reset', async () => {
    let good = false;
    const form = useForm(() => ({ to: '' }), ['to'], () => (good ? Promise.resolve() : Promise.reject(refused('to'))));
    form.values.to = '62811';
    await form.send();
    good = true;
    expect(await form.send()).toBe(true);
    expect(form.errors.value).toEqual({});
    form.reset();
    expect(form.values.to).toBe('');
  });
});
