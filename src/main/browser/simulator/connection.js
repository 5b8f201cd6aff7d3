// @ts-check
/** The models that show client libraries how the connection stands, and the event buses that tell them what happens. */
import { define } from './registry.js';
import { EventEmitter } from './emitter.js';
import { Model, withAttributes } from './model.js';
import { presences, tellAvailable } from './presence.js';

/** @typedef {import('./wid.js').Wid} Wid */

/** @param {string[]} names */
const constants = (...names) => Object.fromEntries(names.map((name) => [name, name]));

/**
 * State of the socket.
 *
 * ```
 * UNLAUNCHED ─► OPENING ─► UNPAIRED ◄─► UNPAIRED_IDLE     QR shown ◄─► QRs used up
 *                  │           └─► PAIRING ─┐             scanned
 *                  └────────────────────────┴► CONNECTED ◄─► TIMEOUT     socket lost, reconnecting
 *                                                  └─► CONFLICT          another socket took over; only takeover() goes on
 * ```
 *
 * `hasSynced` becomes true a while after CONNECTED.
 *
 * @typedef {{state: string, stream: string, hasSynced: boolean}} SocketAttributes
 */
class SocketModel extends /** @type {typeof withAttributes<SocketAttributes>} */ (withAttributes)() {
  /** Set by the session, which does what these ask for. @type {{logout(): void, takeover(): void, refreshQR(): void}} */
  session = { logout() {}, takeover() {}, refreshQR() {} };

  logout() {
    this.session.logout();
  }
  takeover() {
    this.session.takeover();
  }
  reconnect() {
    this.session.takeover();
  }
  poke() {
    this.session.refreshQR();
  }
  summary() {
    return this.state;
  }
}
export const Socket = new SocketModel({ state: 'UNLAUNCHED', stream: 'DISCONNECTED', hasSynced: false });

/**
 * What the page as a whole is doing: `mode` QR, SYNCING, MAIN, OFFLINE or CONFLICT.
 *
 * @typedef {{mode: string | undefined, info: string, displayInfo: string, needsUpdate: boolean, available: boolean}} StreamAttributes
 */
class StreamModel extends /** @type {typeof withAttributes<StreamAttributes>} */ (withAttributes)() {
  markAvailable() {
    this.available = true;
    tellAvailable(true);
  }
  markUnavailable() {
    this.available = false;
    tellAvailable(false);
  }
  sendAvailability() {}
  unobscure() {}
}
export const Stream = new StreamModel({
  mode: undefined, info: 'OFFLINE', displayInfo: 'OFFLINE', needsUpdate: false, available: false,
});

/**
 * @typedef {object} ConnAttributes
 * @property {string} [ref] the part of the QR that the network gave
 * @property {number} refTTL in ms
 * @property {Wid} [wid]
 * @property {boolean} connected
 * @property {string} [pushname]
 * @property {string} [platform]
 */
class ConnModel extends /** @type {typeof withAttributes<ConnAttributes>} */ (withAttributes)() {
  get isSMB() {
    return false;
  }
  canSetMyPushname() {
    return true;
  }
}
export const Conn = new ConnModel(
  /** @type {Partial<ConnAttributes>} */ ({
    ref: undefined, refTTL: 20_000, wid: undefined, connected: false, platform: undefined, pushname: undefined,
    battery: undefined, plugged: undefined, lc: 'US', lg: 'en', is24h: true,
  }),
);

class CmdImpl extends EventEmitter {
  isMainLoaded = false;

  mainLoaded() {
    this.isMainLoaded = true;
    this.trigger('main_loaded');
  }
  logout() {
    this.trigger('logout');
  }
  refreshQR() {
    this.trigger('refresh_qr');
    Socket.session.refreshQR();
  }
  async openChatBottom() {
    return true;
  }
  async openChatAt() {
    return true;
  }
  async openChatFromUnread() {
    return true;
  }
  closeChat() {}
}
export const Cmd = new CmdImpl();

class NetworkStatus extends Model {
  checkOnline() {
    return this.get('online');
  }
}

export const BackendEvent = Object.fromEntries(
  ['APP_STATE_SYNC_COMPLETED', 'LOGOUT', 'REFRESH_QR', 'STARTING_LOGOUT', 'ON_INITIAL_CHAT_SYNCED', 'SET_SOCKET_STATE',
   'OPEN_SOCKET_STREAM', 'SOCKET_STREAM_DISCONNECTED', 'INITIAL_LOAD_READY', 'MAIN_STREAM_MODE_READY', 'OFFLINE_DELIVERY_END',
  ].map((name) => [name, name.toLowerCase()]),
);
export const BackendEventBus = new EventEmitter();

class LinkDeviceEvents extends EventEmitter {
  triggerRefreshAltLinkingCode() {
    this.trigger('link_device_events:refresh_alt_linking_code');
  }
}

/** Shows that there is no connection; the presence of others is unknown from now on. @param {'TIMEOUT' | 'CONFLICT'} state */
export function showDisconnected(state) {
  Socket.set({ state, stream: 'DISCONNECTED' });
  Stream.set({ mode: state === 'CONFLICT' ? 'CONFLICT' : 'OFFLINE', info: 'OFFLINE', displayInfo: 'OFFLINE' });
  for (const presence of presences.getModelsArray()) presence.set({ isOnline: false });
}

define('WAWebSocketConstants', {
  SOCKET_STATE: constants(
    'OPENING', 'PAIRING', 'UNPAIRED', 'UNPAIRED_IDLE', 'CONNECTED', 'TIMEOUT', 'CONFLICT', 'UNLAUNCHED', 'PROXYBLOCK',
    'TOS_BLOCK', 'SMB_TOS_BLOCK', 'DEPRECATED_VERSION',
  ),
  SOCKET_STREAM: constants('DISCONNECTED', 'SYNCING', 'RESUMING', 'CONNECTED'),
  WATCHED_SOCKET_STATE: constants('OPEN', 'CLOSED'),
});
define('WAWebSocketModel', { Socket });
define('WAWebStreamModel', { Stream });
define('WAWebConnModel', { Conn });
define('WAWebCmd', { Cmd, CmdImpl });
define('WAWebLaunchSocketUtils', { refreshQR: () => Cmd.refreshQR() });
define('WAWebNetworkStatus', { default: new NetworkStatus({ online: true }) });
define('WAWebBackendEventBus', { BackendEvent, BackendEventBus });
define('WAWebLinkDeviceEvents', { WAWebLinkDeviceEvents: new LinkDeviceEvents() });
