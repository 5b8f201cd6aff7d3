// @ts-check
import { define } from '../registry.js';
import { BaseCollection, Collection } from '../collection.js';
import { recognisable, withAttributes } from '../model.js';
import { isMe } from '../account.js';
import { contactOf } from '../contacts.js';
import { network, Refused } from '../network.js';
import { toWid } from '../wid.js';

/** @typedef {import('../wid.js').Wid} Wid */
/** @typedef {{id: Wid, isAdmin: boolean, isSuperAdmin: boolean}} ParticipantAttributes */

/** A member of a group; groups know their members by LID. */
class Participant extends /** @type {typeof withAttributes<ParticipantAttributes>} */ (withAttributes)() {
  static defaults = () => ({ isAdmin: false, isSuperAdmin: false });

  get contact() {
    return this.id && contactOf(this.id);
  }
}
recognisable(Participant, 'participant');

/** @extends {Collection<Participant>} */
class ParticipantCollection extends Collection {
  static model = Participant;

  #mine() {
    return this._models.find(({ id }) => isMe(id));
  }
  iAmMember() {
    return !!this.#mine();
  }
  iAmAdmin() {
    return !!this.#mine()?.isAdmin;
  }
  iAmSuperAdmin() {
    return !!this.#mine()?.isSuperAdmin;
  }
  iAmRestrictedMember() {
    return false;
  }
  canAdd() {
    return this.iAmAdmin();
  }
  /** @param {Participant} one */
  canRemove(one) {
    return this.iAmAdmin() && !isMe(one.id) && !one.isSuperAdmin;
  }
  /** @param {Participant} one */
  canPromote(one) {
    return this.iAmAdmin() && !one.isAdmin;
  }
  /** @param {Participant} one */
  canDemote(one) {
    return this.iAmAdmin() && one.isAdmin && !one.isSuperAdmin;
  }
  canVerifyIdentity() {
    return false;
  }
  getAdmins() {
    return this._models.filter(({ isAdmin }) => isAdmin);
  }
  getSuperAdmin() {
    return this._models.find(({ isSuperAdmin }) => isSuperAdmin);
  }
}

/**
 * @typedef {object} GroupAttributes
 * @property {Wid} id
 * @property {boolean} stale whether it has to be asked for before it is shown
 * @property {string} [subject]
 * @property {string} [desc]
 * @property {string} [descId]
 * @property {Wid} [owner]
 * @property {number} [creation] in seconds
 * @property {number} [size]
 */
export class GroupMetadata extends /** @type {typeof withAttributes<GroupAttributes>} */ (withAttributes)() {
  static defaults = () => ({
    stale: true, isLidAddressingMode: true, isParentGroup: false, announce: false, restrict: true, memberAddMode: 'admin_add',
  });

  initialize() {
    this.participants = new ParticipantCollection(null, { parent: this });
    this.pastParticipants = new ParticipantCollection(null, { parent: this });
  }
  get groupType() {
    return 'DEFAULT';
  }
  canSetSubject() {
    return !!this.participants?.iAmAdmin();
  }
  canSetDescription() {
    return this.canSetSubject();
  }
  canSetGroupProperty() {
    return this.canSetSubject();
  }
  canSetEphemeralSetting() {
    return this.canSetSubject();
  }
  isTrusted() {
    return true;
  }
  serialize() {
    const participants = this.participants?.map(({ id, isAdmin, isSuperAdmin }) => ({ id, isAdmin, isSuperAdmin }));
    return { ...super.serialize(), participants };
  }
}
recognisable(GroupMetadata, 'groupMetadata');

/** @extends {BaseCollection<GroupMetadata>} */
class GroupMetadataCollection extends BaseCollection {
  static model = GroupMetadata;
  /** Set by who knows the chats: takes what the network says of a group. @param {import('../protocol.js').Group} _group */
  take = (_group) => {};

  // wa-js recognises the store by this method.
  _handleParentGroupChange() {}

  /** @param {any} id @returns {Promise<GroupMetadata>} */
  async find(id) {
    const known = this.gadd(id);
    return known.stale ? this.update(id) : known;
  }
  /** @param {any} id @returns {Promise<GroupMetadata>} */
  async update(id) {
    const known = this.gadd(id);
    try {
      const { group } = await network.call('groupInfo', { gid: toWid(id).toString() });
      this.take(group);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      known.set({ stale: false }); // a group that this account is not in
    }
    return known;
  }
}
export const groupMetadata = new GroupMetadataCollection();

define('WAWebParticipantModel', { default: Participant });
define('WAWebParticipantCollection', { default: ParticipantCollection });
define('WAWebGroupMetadataModel', { default: GroupMetadata });
define('WAWebGroupMetadataCollection', { default: groupMetadata });
