// @ts-check
import { identity } from '../address.js';
import { connected, synced } from '../event/connection.js';
import { wpp } from '../wpp.js';

export async function readStatus() {
  const linked = wpp('isAuthenticated')();
  const code = linked ? null : await wpp('getAuthCode')().catch(() => null);
  return {
    linked,
    connected: connected(),
    synced: synced(),
    me: linked ? identity() : undefined,
    qr: code?.fullCode,
  };
}
