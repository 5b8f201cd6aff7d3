// @ts-check
/**
 * Models and collections that client libraries bind when they load, by name and shape, with nothing in them. A collection
 * exports only its instance, unless noted: wa-js prefers an exported class `…CollectionImpl` and would not find the instance.
 */
import { define } from '../registry.js';
import { BaseCollection } from '../collection.js';
import { Model, plainModel, recognisable } from '../model.js';
import { Msg } from '../messages.js';

const MODELS = [
  'AggReactions', 'AttachMedia', 'Blocklist', 'BotProfile', 'BusinessCategoriesResult', 'BusinessProfile', 'CartItem', 'Cart',
  'Catalog', 'ChatPreference', 'ConversionTuple', 'EmojiVariant', 'LabelItem', 'Label', 'MsgButtonReplyMsg', 'MsgInfo',
  'MsgInfoParticipant', 'Note', 'OrderItem', 'Order', 'ProductColl', 'ProductImage', 'Product', 'ProfilePicThumb', 'QuickReply',
  'Reactions', 'ReactionsSenders', 'RecentEmoji', 'RecentSticker', 'ReplyButton', 'Sticker', 'TemplateButton', 'UnreadMention',
];
for (const name of MODELS) define(`WAWeb${name}Model`, { default: plainModel(name) });

/** A model without `proxyName`, told by its `__props`. @param {string[]} props */
function modelWith(props) {
  const type = class extends Model {};
  recognisable(type, 'status', props);
  return type;
}
define('WAWebTextStatusModel', { default: modelWith(['status']) });

class StatusV3 extends Model {
  // wa-js recognises the class by this method.
  sendReadStatus() {}
}
Object.assign(StatusV3.prototype, { __props: [] });
define('WAWebStatusModel', { default: StatusV3 });
define('WAWebStickerPackModelMd', { default: plainModel('StickerPackMd') });
define('WAWebCallModel', { default: plainModel('Call') });
define('WAWebPinInChatModel', { PinInChat: plainModel('PinInChat') });
define('WAWebProductMessageListModel', { ProductMessageList: plainModel('ProductMessageList') });

const HistorySyncProgressModel = plainModel('HistorySyncProgress');
define('WAWebHistorySyncProgressModel', { HistorySyncProgressModel });
define('WAWebHistorySyncProgress', {
  getHistorySyncProgressModel: () => new HistorySyncProgressModel({ inProgress: false, progress: 100 }),
});

/** A class of collections of its own. @param {string} name @param {typeof Model} [model] */
function collectionType(name, model = plainModel(name)) {
  return {
    [name]: class extends BaseCollection {
      static model = model;
    },
  }[name];
}

const INSTANCES = [
  'Blocklist', 'BusinessProfile', 'BotProfile', 'Cart', 'Catalog', 'EmojiVariant', 'Label', 'LabelItem', 'MsgInfo', 'Mute', 'Note',
  'Order', 'OrderItem', 'PinInChat', 'Product', 'ProductColl', 'ProductImage', 'ProductMessageList', 'ProfilePicThumb',
  'QuickReply', 'Reactions', 'RecentEmoji', 'RecentSticker', 'StickerPack', 'StickerSearch', 'TextStatus',
];
for (const name of INSTANCES) {
  const Type = collectionType(name);
  define(`WAWeb${name}Collection`, { [`${name}Collection`]: new Type() });
}
for (const name of ['BusinessCategoriesResult', 'Sticker']) {
  const Type = collectionType(name);
  define(`WAWeb${name}Collection`, { [`${name}CollectionImpl`]: Type, [`${name}Collection`]: new Type() });
}

const Starred = collectionType('StarredMsg', /** @type {any} */ (Msg));
const starred = new Starred();
define('WAWebStarredMsgCollection', { AllStarredMsgsCollection: starred, StarredMsgCollection: starred });

class StatusCollectionImpl extends BaseCollection {
  static model = StatusV3;
  getMyStatus() {
    return { msgs: new BaseCollection() };
  }
}
define('WAWebStatusCollection', { StatusCollection: new StatusCollectionImpl(), StatusCollectionImpl });

class CallCollection extends BaseCollection {
  /** @type {Map<string, Model>} */
  _calls = new Map();
  /** @param {any} call */
  processIncomingCall(call) {
    return this.add(call);
  }
  /** @param {any} call */
  setActiveCall(call) {
    this.activeCall = call;
  }
}
define('WAWebCallCollection', { default: new CallCollection() });
const Newsletters = collectionType('Newsletter');
define('WAWebNewsletterCollection', { default: new Newsletters() });

// Of these wa-js wants the class.
define('WAWebAggReactionsCollection', { AggReactionsCollection: collectionType('AggReactions') });
define('WAWebReactionsSendersCollection', { ReactionsSendersCollection: collectionType('ReactionsSenders') });
define('WAWebButtonCollection', { default: collectionType('Button') });
const TemplateButtons = collectionType('TemplateButton');
define('WAWebTemplateButtonCollection', {
  TemplateButtonCollection: TemplateButtons,
  TemplateButtonCollectionImpl: TemplateButtons,
});
