import type { components } from '@generated/contract';
import type { Device } from './devices';

type Change = components['schemas']['DeviceChange'];

/** What people enter of a device; empty text is nothing. */
export interface Draft {
  deviceName: string;
  timezone: string;
  country: string;
  /** Its server; named as the server names what is wrong with it. */
  proxy: string;
  username: string;
  password: string;
}

export function draftOf(device?: Device): Draft {
  return {
    deviceName: device?.deviceName ?? '',
    timezone: device?.timezone ?? '',
    country: device?.country ?? '',
    proxy: device?.proxy?.server ?? '',
    username: device?.proxy?.username ?? '',
    password: '',
  };
}

/** What is to be sent: only what differs, since a proxy that is sent again is tried again, and its password is known to nobody but the server. */
export function changeOf(device: Device, draft: Draft): Change {
  const before = draftOf(device);
  const change: Change = {};
  if (draft.deviceName.trim() !== before.deviceName) change.deviceName = draft.deviceName.trim();
  if (draft.timezone.trim() !== before.timezone) change.timezone = draft.timezone.trim() || null;
  if (draft.country !== before.country) change.country = draft.country || null;
  const proxy = proxyOf(draft);
  if (proxy?.server !== (before.proxy || undefined) || draft.username.trim() !== before.username || draft.password !== '') {
    change.proxy = proxy ?? null;
  }
  return change;
}

export function proxyOf(draft: Draft): { server: string; username?: string; password?: string } | undefined {
  const [server, username] = [draft.proxy.trim(), draft.username.trim()];
  return server === ''
    ? undefined
    : { server, ...(username === '' ? {} : { username }), ...(draft.password === '' ? {} : { password: draft.password }) };
}
