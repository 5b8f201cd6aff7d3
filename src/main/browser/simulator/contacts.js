// @ts-check
import { define } from './registry.js';
import { BaseCollection } from './collection.js';
import { recognisable, withAttributes } from './model.js';
import { account, isMe, learnLid, lidOf, phoneNumberOf } from './account.js';
import { network } from './network.js';
import { saveContacts } from './history.js';
import { toWid, Wid } from './wid.js';

/** @typedef {import('./wid.js').WidLike} WidLike */
/** @typedef {{id: Wid, name?: string, pushname?: string, verifiedName?: string, shortName?: string, type?: string}} ContactAttributes */

/** A person by phone number or LID; one person known by both has two. */
export class Contact extends /** @type {typeof withAttributes<ContactAttributes>} */ (withAttributes)() {}
recognisable(Contact, 'contact');

/** @extends {BaseCollection<Contact>} */
class ContactCollectionImpl extends BaseCollection {
  static model = Contact;
}
const contacts = new ContactCollectionImpl();

/** The contact of an id, made when unknown. @param {WidLike} id @param {Partial<ContactAttributes>} [attributes] */
export function contactOf(id, attributes) {
  const wid = toWid(id);
  const contact = contacts.get(wid) ?? contacts.add({ id: wid, type: 'in' });
  if (attributes) contact.set(attributes);
  return contact;
}

/**
 * Takes over what the network or the store knows about people.
 *
 * @param {import('./protocol.js').Contact[]} known
 */
export function addContacts(known) {
  for (const { pn, lid, name, pushname } of known) {
    if (pn) learnLid(pn, lid);
    contactOf(pn ?? lid, { name, pushname, type: 'in' });
  }
}

/** The whole address book: who is not in it any more has no name. @param {import('./protocol.js').Contact[]} book */
export function setAddressBook(book) {
  const named = new Set(book.map(({ pn, lid }) => pn ?? lid));
  const gone = contacts.filter(({ id, name }) => !!name && !isMe(id) && !named.has(id.toString()));
  for (const contact of gone) {
    contact.set({ name: undefined });
    const lid = lidOf(contact.id);
    if (lid) saveContacts([{ pn: contact.id.toString(), lid: lid.toString(), pushname: contact.pushname }]);
  }
  addContacts(book);
  saveContacts(book);
}

/** Asks the network whether somebody is on WhatsApp, and remembers both ids. @param {WidLike} id */
async function queryExists(id) {
  const found = await network.call('exists', { id: toWid(id).toString() });
  if (!found) return null;
  if (found.pn) learnLid(found.pn, found.lid);
  const { name, pushname } = contactOf(found.pn ?? found.lid);
  saveContacts([{ pn: found.pn, lid: found.lid, name, pushname: pushname ?? found.name }]);
  return {
    wid: toWid(toWid(id).isLid() ? found.lid : found.pn ?? found.lid),
    biz: !!found.biz,
    bizInfo: undefined,
    disappearingMode: undefined,
  };
}

/** @param {Contact} contact */
function phone(contact) {
  const wid = phoneNumberOf(contact.id) ?? contact.id;
  return wid.server === 'c.us' ? `+${wid.user}` : wid.toString();
}
/** What the address book, or the person, says; a LID goes by what is known of its number. @param {Contact} contact @returns {string | undefined} */
const knownName = (contact) => {
  const number = contact.id.isLid() ? phoneNumberOf(contact.id) : undefined;
  const same = number && contacts.get(number);
  return contact.name || same?.name || contact.verifiedName || contact.pushname || same?.pushname;
};
/** @param {Contact} contact */
const displayName = (contact) => knownName(contact) || phone(contact);
/** @param {Contact} contact */
const shortName = (contact) => contact.shortName || displayName(contact).split(' ')[0];
const nothing = () => undefined;
const no = () => false;

/** The name to show for an id. @param {WidLike} id */
export const nameOf = (id) => displayName(contactOf(id));

define('WAWebContactModel', { default: Contact });
define('WAWebContactCollection', { ContactCollectionImpl, ContactCollection: contacts });
define('WAWebQueryExistsJob', {
  queryWidExists: queryExists,
  queryPhoneExists: (/** @type {string} */ number) => queryExists(number),
});
/** @typedef {Contact} C */
define('WAWebContactGetters', {
  getNotifyName: (/** @type {C} */ c) => c.pushname,
  getPremiumMessageName: nothing,
  getUserid: (/** @type {C} */ c) => c.id.user,
  getIsMe: (/** @type {C} */ c) => isMe(c.id),
  getIsUser: (/** @type {C} */ c) => c.id.isUser(),
  getIsGroup: (/** @type {C} */ c) => c.id.isGroup(),
  getIsBroadcast: (/** @type {C} */ c) => c.id.isBroadcast(),
  getIsNewsletter: (/** @type {C} */ c) => c.id.isNewsletter(),
  getIsPSA: (/** @type {C} */ c) => c.id.isPSA(),
  getIsIAS: no,
  getIsSupportAccount: no,
  getIsWAContact: (/** @type {C} */ c) => c.type !== 'out' && c.id.isUser(),
  getCanRequestPhoneNumber: no,
  getShowBusinessCheckmarkAsPrimary: no,
  getShowBusinessCheckmarkAsSecondary: no,
  getShowBusinessCheckmarkInChatlist: no,
  getIsDisplayNameApproved: () => true,
  getShouldForceBusinessUpdate: no,
  getVerifiedName: (/** @type {C} */ c) => c.verifiedName,
  getVerifiedLevel: nothing,
  getStatusMute: no,
  getName: (/** @type {C} */ c) => c.name,
  getShortName: shortName,
  getPushname: (/** @type {C} */ c) => c.pushname,
  getIsEnterprise: no,
  getIsBusiness: no,
});
define('WAWebFrontendContactGetters', {
  getPhoneNumber: (/** @type {C | Wid} */ c) => phoneNumberOf(c instanceof Wid ? c : c.id),
  getTextStatusString: () => '',
  getPnForLid: (/** @type {C} */ c) => phoneNumberOf(c.id),
  getDisplayName: displayName,
  getDisplayNameOrPnForLid: displayName,
  getUserDisplayNameForLid: displayName,
  getFormattedPhone: phone,
  getFormattedUsernameOrPhone: phone,
  getFormattedUser: phone,
  getFormattedShortNameWithNonBreakingSpaces: shortName,
  getFormattedShortName: shortName,
  getFormattedName: displayName,
  getSearchName: (/** @type {C} */ c) => displayName(c).toLowerCase(),
  getIsMyContact: (/** @type {C} */ c) => !!c.name && !c.id.isGroup(),
  getMentionName: displayName,
  getSearchVerifiedName: nothing,
  getHeader: (/** @type {C} */ c) => displayName(c)[0].toUpperCase(),
});

/** Makes the contacts of the own account. */
export function addMe() {
  if (account.pn) contactOf(account.pn, { name: account.name, pushname: account.name });
  if (account.lid) contactOf(account.lid, { pushname: account.name });
}
