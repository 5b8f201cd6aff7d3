// @ts-check
import { define, module } from '../registry.js';
import { save } from '../history.js';
import { ACK, toRecord, toWire } from '../messages.js';
import { send } from '../sending.js';
import { mediaObject } from './cache.js';
import { process } from './prepare.js';

/**
 * How a file goes out: it is prepared, shown as a message (ack 0), uploaded, and then sent as any message. A page that dies before the
 * upload is done loses the message.
 *
 * @typedef {import('../chats.js').Chat} Chat
 * @typedef {import('../messages.js').Msg} Msg
 * @typedef {import('./model.js').MediaData} MediaData
 * @typedef {{caption?: string, footer?: string, isViewOnce?: boolean, productMsgOptions?: Record<string, any>}} SendOptions
 */

/** A file that is being prepared, and then sent. */
class MediaPrep {
  /** @type {Promise<MediaData>} */
  #ready;
  /** wa-js reads it when it is ready. @type {MediaData | undefined} */
  _mediaData;

  /** @param {unknown} _type @param {Promise<MediaData>} ready */
  constructor(_type, ready) {
    this.#ready = ready.then((media) => (this._mediaData = media));
    this.#ready.catch(() => {}); // whoever waits for it is told
  }

  waitForPrep() {
    return this.#ready;
  }

  /** One parameter: wa-js counts them. @param {{chat: Chat, options: SendOptions}} what @returns {Promise<Record<string, any>>} */
  async sendToChat({ chat, options }) {
    // The message must not be added before wa-js, which called this, listens for it.
    const media = await this.#ready;
    const msg = show(chat, media, options);
    media.mediaStage = 'UPLOADING';
    try {
      const { mediaEntry } = await module('WAWebMediaMmsV4Upload').uploadMedia({
        ...{ mimetype: media.mimetype, mediaObject: msg.mediaObject, mediaType: media.type },
      });
      const { directPath, encFilehash, mediaKey, mediaKeyTimestamp, deprecatedMms3Url } = mediaEntry;
      const file = { directPath, encFilehash, mediaKey, mediaKeyTimestamp, deprecatedMms3Url };
      if (msg.mediaObject) msg.mediaObject.blob = undefined; // the message itself still has it
      media.set({ ...file, mediaStage: 'RESOLVED' });
      msg.set(file);
    } catch (error) {
      console.warn(`[simulator] the file of ${msg.id} was not uploaded`, error);
      media.mediaStage = 'ERROR_UNKNOWN';
      msg.updateAck(ACK.FAILED);
      save(toRecord(toWire(msg), ACK.FAILED));
      return { messageSendResult: 'ERROR_UPLOAD', t: msg.t };
    }
    return send(msg);
  }
}

/** @param {Chat} chat @param {MediaData} media @param {SendOptions} options @returns {Msg} */
function show(chat, media, { caption, footer, isViewOnce, productMsgOptions: given }) {
  const [msg] = chat.addMessages([
    {
      ...given, ...media.serialize(), type: media.type, body: media.preview, mediaData: media,
      // wa-js gives the file name as the caption of whoever wrote none.
      caption, footer, isViewOnce,
      ...(given?.filename && { filename: given.filename }),
    },
  ]);
  msg.mediaObject = mediaObject(media.filehash ?? '');
  Object.assign(msg.mediaObject, { type: media.type.toUpperCase(), size: media.size, blob: media.mediaBlob?.forceToBlob() });
  return msg;
}

define('WAWebPrepRawMedia', {
  MediaPrep,
  /** @param {import('./opaque.js').OpaqueData} data @param {import('./prepare.js').RawOptions} [options] */
  prepRawMedia: (data, options = {}) => new MediaPrep(undefined, process(data, options)),
  uploadProductImage: async () => {},
});
