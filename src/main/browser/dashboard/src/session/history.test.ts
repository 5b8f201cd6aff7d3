import { expect, test } from 'vitest';
import { happeningOf, merged, type Happening } from './history';

const at = '2026-01-15T08:30:00.000Z';
const restricted = (seq: number): Happening => ({ type: 'device.restricted', seq, at, data: { until: null, reason: '' } });

test('What the log and the stream both tell is there once, the newest first', () => {
  expect(merged([restricted(1), restricted(3)], [restricted(3), restricted(2)]).map((one) => one.seq)).toEqual([3, 2, 1]);
});

test('Events of messages are nothing that happened to the device', () => {
  expect(happeningOf({ id: '1', deviceId: 'a', seq: 1, type: 'message.status', at, data: {} })).toBeUndefined();
});
