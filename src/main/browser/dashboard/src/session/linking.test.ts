import { expect, test } from 'vitest';
import { phaseOf } from './linking';

const facts = { state: 'qr_required', reason: '', opening: false, code: false, failed: false } as const;

test('A code is shown as long as there is one', () => {
  expect(phaseOf({ ...facts, code: true })).toBe('code');
  expect(phaseOf(facts)).toBe('opening');
  expect(phaseOf({ ...facts, reason: 'the QR code expired; connect again for a new one' })).toBe('expired');
});

test('A device that was stopped on request is not said to have lost its connection', () => {
  expect(phaseOf({ ...facts, state: 'disconnected', reason: 'disconnected on request' })).toBe('stopped');
  expect(phaseOf({ ...facts, state: 'disconnected', reason: 'connection to WhatsApp lost' })).toBe('lost');
  expect(phaseOf({ ...facts, state: 'logged_out', opening: true })).toBe('opening');
});

test('What a refused call says does not hide that the device is connected by now', () => {
  expect(phaseOf({ ...facts, state: 'connected', failed: true })).toBe('connected');
});
