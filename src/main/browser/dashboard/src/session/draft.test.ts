import { expect, test } from 'vitest';
import type { Device } from './devices';
import { changeOf, draftOf } from './draft';

const device: Device = {
  id: 1,
  deviceId: 'shop',
  deviceName: 'Shop',
  userId: 1,
  status: 'disconnected',
  state: 'created',
  stateReason: '',
  phoneNumber: null,
  lid: null,
  pushName: null,
  isLinked: false,
  isConnected: false,
  connectionAttempts: 0,
  node: null,
  lastSeen: null,
  proxy: { server: 'http://proxy:1', username: 'shop' },
  timezone: 'Asia/Jakarta',
  country: null,
  createdAt: '2026-01-15T08:30:00.000Z',
  updatedAt: '2026-01-15T08:30:00.000Z',
};

test('Nothing is sent of what was not changed: the proxy keeps its password', () => {
  expect(changeOf(device, draftOf(device))).toEqual({});
});

test('What is emptied is taken away', () => {
  expect(changeOf(device, { ...draftOf(device), timezone: '', proxy: '' })).toEqual({ timezone: null, proxy: null });
});

test('A new password goes with the proxy', () => {
  expect(changeOf(device, { ...draftOf(device), password: 'x', country: 'ID' })).toEqual({
    country: 'ID',
    proxy: { server: 'http://proxy:1', username: 'shop', password: 'x' },
  });
});
