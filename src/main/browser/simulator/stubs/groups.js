// @ts-check
/**
 * Groups as far as client libraries bind them when they load and a chat needs them to exist. There is no behaviour yet.
 */
import { define } from '../registry.js';
import { BaseCollection, Collection } from '../collection.js';
import { recognisable, withAttributes } from '../model.js';
import { isMe } from '../account.js';

/** @typedef {import('../wid.js').Wid} Wid */
/** @typedef {{id: Wid, isAdmin: boolean, isSuperAdmin: boolean}} ParticipantAttributes */

class Participant extends /** @type {typeof withAttributes<ParticipantAttributes>} */ (withAttributes)() {
  static defaults = () => ({ isAdmin: false, isSuperAdmin: false });
}
recognisable(Participant, 'participant');

/** @extends {Collection<Participant>} */
class ParticipantCollection extends Collection {
  static model = Participant;

  iAmMember() {
    return this._models.some(({ id }) => isMe(id));
  }
  iAmAdmin() {
    return this._models.some(({ id, isAdmin }) => isAdmin && isMe(id));
  }
}

class GroupMetadata extends /** @type {typeof withAttributes<{id: Wid, stale: boolean}>} */ (withAttributes)() {
  static defaults = () => ({ stale: false, isParentGroup: false, subject: undefined });

  initialize() {
    this.participants = new ParticipantCollection(null, { parent: this });
  }
}
recognisable(GroupMetadata, 'groupMetadata');

/** @extends {BaseCollection<GroupMetadata>} */
class GroupMetadataCollection extends BaseCollection {
  static model = GroupMetadata;
  // wa-js recognises the store by this method.
  _handleParentGroupChange() {}
}
export const groupMetadata = new GroupMetadataCollection();

define('WAWebParticipantModel', { default: Participant });
define('WAWebParticipantCollection', { default: ParticipantCollection });
define('WAWebGroupMetadataModel', { default: GroupMetadata });
define('WAWebGroupMetadataCollection', { default: groupMetadata });
define('WAWebGroupDBActions', { updateDBForGroupAction: async () => {} });
