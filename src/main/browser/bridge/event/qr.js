// @ts-check
import { emit } from '../emit.js';
import { wpp } from '../wpp.js';
import { loggedOut } from './link.js';

export function watchQr() {
  let last = '';
  wpp('on')('conn.auth_code_change', (code) => {
    if (!code || code.fullCode === last) return;
    last = code.fullCode;
    loggedOut('the link was removed');
    emit({ type: 'qr', code: last });
  });
  wpp('on')('conn.qrcode_idle', () => {
    last = '';
    emit({ type: 'qrExpired' });
  });
}
