// @ts-check
/**
 * Functions that client libraries hook or bind when they load. Where one is called, its answer is that of an account
 * without the feature.
 */
import { define } from '../registry.js';
import { randomHex } from '../msgkey.js';
import { VERSION } from '../version.js';

const no = () => false;
const nothing = () => null;
const later = async () => {};
/** @template T @param {T} value */
const same = (value) => value;

define('WAWebSanitizedVersion', { SANITIZED_VERSION_STR: VERSION });
const [primary, secondary, tertiary] = VERSION.split('.');
define('WAWebBuildConstants', {
  VERSION_STR: VERSION, VERSION_BASE: VERSION, VERSION_PRIMARY: primary, VERSION_SECONDARY: secondary,
  VERSION_TERTIARY: tertiary, WINDOWS_BUILD: null,
});
define('WATimeUtils', { unixTime: () => Math.floor(Date.now() / 1000), unixTimeMs: () => Date.now() });
define('WAWebIsOfficialClient', { isOfficialClient: false, isUnofficialStanzaId: no });

const browser = {
  id: () => 'simulated',
  startDownloading() {},
  hardRefresh() {},
  info: () => ({ os: 'Linux', name: 'Chrome', version: '1', ua: navigator.userAgent }),
};
define('WAWebMiscBrowserUtils', { ...browser, default: browser });

define('WAWebABProps', { getABPropConfigValue: () => undefined });
define('WAWebABPropsCache', {
  getAllABPropConfigs: () => [],
  getAllABPropsMap: () => new Map(),
  getABPropConfigNameFromCode: nothing,
});
define('WAWebPrimaryFeatures', { primaryFeatureEnabled: no });
define('WAWebVoipGating', {
  isCallingEnabled: no,
  isVoipDownloadEnabled: no,
  isUnsupportedBrowserForWebCalling: no,
  getUnsupportedBrowserReason: nothing,
});
define('WAWebCallStates', { CallState: { ReceivedCall: 1, ReceivedCallWithoutOffer: 2 } });

// messages and chats
define('WAWebBackendJobsCommon', { mediaTypeFromProtobuf: nothing, encodeMaybeMediaType: same });
define('WAWebE2EProtoUtils', { typeAttributeFromProtobuf: () => 'text' });
define('WAWebCreateFanoutMsgStanza', { createFanoutMsgStanza: later });
define('WAWebEncryptAndSendStatusMsg', { encryptAndSendStatusMsg: later });
define('WAWebBotMessageSecret', { genBotMsgSecretFromMsgSecret: async (/** @type {unknown} */ secret) => secret });
define('WAWebUnreadMsgTypes', { getIsUnreadType: () => true });
define('WAWebCreateChatRecord', { createChatRecord: later });
define('WAWebGetNumChatsPinned', { getNumChatsPinned: () => 0 });
define('WAWebInboxFilters', { isFilterExcludedFromSearchTreatmentInInboxFlow: no });
define('WAWebChatSearchQuery', {
  SearchQuery: class {
    updateLabelQuery() {}
  },
});
define('WAWebLabelCollectionUtils', {
  addToLabelCollection: later,
  createLabelItemId: String,
  getParentCollection: nothing,
  initializeLabels: later,
  removeLabelFromCollection: later,
});

// links in texts
define('WAWebGenMinimalLinkPreview', { genMinimalLinkPreview: async () => null });
define('WAWebLinkPreviewChatAction', { getLinkPreview: async () => null });
/** @param {string} text */
const links = (text) =>
  Array.from(String(text ?? '').matchAll(/\bhttps?:\/\/\S+/g), ([url]) => ({ url, href: url, suspiciousCharacters: new Set() }));
define('WALinkify', {
  findLinks: links,
  findLink: (/** @type {string} */ text) => links(text)[0],
  findFirstWebLink: (/** @type {string} */ text) => links(text)[0],
});

// stanzas
/** @param {string} tag @param {object} attrs @param {unknown} content */
const stanza = (tag, attrs, content) => ({ tag, attrs, content });
define('WAWap', { WapNode: class {}, DROP_ATTR: Symbol('drop'), generateId: () => randomHex(8), wap: stanza });
define('WASmax', { smax: stanza });
