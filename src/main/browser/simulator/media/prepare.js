// @ts-check
import { define, module } from '../registry.js';
import { hash, toBase64 } from './bytes.js';
import { MediaData } from './model.js';

/**
 * What a file is, and what it looks like in small.
 *
 * @typedef {import('./opaque.js').OpaqueData} OpaqueData
 *
 * @typedef {object} RawOptions how a file is to be sent
 * @property {boolean} [asDocument]
 * @property {boolean} [asSticker]
 * @property {boolean} [asGif]
 * @property {boolean} [isPtt]
 * @property {{duration?: number, waveform?: Uint8Array}} [precomputedFields]
 */

const THUMBNAIL = 100;

/** @param {Blob} blob */
async function thumbnail(blob) {
  const image = await createImageBitmap(blob);
  const scale = Math.min(1, THUMBNAIL / Math.max(image.width, image.height));
  const size = (/** @type {number} */ length) => Math.max(1, Math.floor(length * scale));
  const canvas = new OffscreenCanvas(size(image.width), size(image.height));
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const jpeg = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.5 });
  return { fullWidth: image.width, fullHeight: image.height, preview: toBase64(await jpeg.arrayBuffer()) };
}

/** @param {{file: Blob, maxDimensions: number[]}} what @returns {Promise<{duration: number, thumbs: Record<string, any>[]}>} */
function videoThumbs({ file, maxDimensions }) {
  return new Promise((resolve, reject) => {
    const url = URL.createObjectURL(file);
    const video = Object.assign(document.createElement('video'), { muted: true, preload: 'metadata', src: url });
    video.onerror = () => {
      URL.revokeObjectURL(url);
      // wa-js recognises an unknown codec by this text and reads the file's header itself.
      reject(new Error('MEDIA_ERR_SRC_NOT_SUPPORTED'));
    };
    video.onloadedmetadata = () => {
      URL.revokeObjectURL(url);
      const size = { width: video.videoWidth, height: video.videoHeight };
      const thumb = { ...size, url: '', fullWidth: size.width, fullHeight: size.height };
      resolve({ duration: Number.isFinite(video.duration) ? video.duration : 0, thumbs: maxDimensions.map(() => thumb) });
    };
  });
}

/** @param {string} mimetype @param {RawOptions} options */
function typeOf(mimetype, { asDocument, asSticker, isPtt }) {
  if (asDocument) return 'document';
  if (asSticker) return 'sticker';
  const family = mimetype.split('/')[0];
  if (family === 'audio') return isPtt ? 'ptt' : 'audio';
  return family === 'image' || family === 'video' ? family : 'document';
}

/** @param {MediaData} media @param {Blob} blob */
async function look(media, blob) {
  if (media.type === 'image') {
    media.set(await thumbnail(blob).catch(() => Promise.reject(new Error('InvalidMediaFileType'))));
  } else if (media.type === 'sticker') {
    media.set(await thumbnail(blob).catch(() => ({ fullWidth: 512, fullHeight: 512 })));
  } else if (media.type === 'video') {
    // Through the registry, for the hook of wa-js.
    const info = await module('WAWebGenerateVideoThumbsAndDuration')
      .generateVideoThumbsAndDuration({ file: blob, maxDimensions: [THUMBNAIL] })
      .catch(() => ({ duration: 0, thumbs: [{}] }));
    const { fullWidth, fullHeight } = info.thumbs[0];
    media.set({ duration: Math.floor(info.duration), fullWidth, fullHeight });
  }
}

/** @param {OpaqueData} data @param {RawOptions} options @returns {Promise<MediaData>} */
export async function process(data, options) {
  const given = /** @type {File} */ (data.forceToBlob());
  const type = typeOf(given.type, options);
  const source = type === 'sticker' ? (await module('WAWebProcessRawSticker').processRawSticker(data)).mediaBlob : data;
  const blob = source.forceToBlob();
  const media = new MediaData({
    ...{ type, mimetype: blob.type, size: blob.size, filehash: await hash(await blob.arrayBuffer()), filename: given.name },
    ...{ mediaBlob: source, mediaStage: 'PREPARED', isGif: !!options.asGif },
  });
  await look(media, blob);
  const { duration, waveform } = options.precomputedFields ?? {};
  if (duration !== undefined) media.set({ duration: Math.floor(duration), waveform });
  return media;
}

/** Makes a sticker of a picture that is none yet. @param {Blob} blob */
async function toWebp(blob) {
  if (blob.type === 'image/webp') return blob;
  const image = await createImageBitmap(blob);
  const canvas = new OffscreenCanvas(512, 512);
  canvas.getContext('2d')?.drawImage(image, 0, 0, 512, 512);
  return canvas.convertToBlob({ type: 'image/webp' });
}

define('WAWebGenerateVideoThumbsAndDuration', { generateVideoThumbsAndDuration: videoThumbs });
define('WAWebProcessRawSticker', {
  processRawSticker: async (/** @type {OpaqueData} */ data) => {
    const webp = await toWebp(data.forceToBlob());
    const mediaBlob = await module('WAWebMediaOpaqueData').default.createFromData(webp);
    return { type: 'sticker', mediaBlob, mimetype: 'image/webp', fullWidth: 512, fullHeight: 512 };
  },
});
define('WAWebIsAnimatedWebp', {
  /** @param {ArrayBuffer} bytes */
  isAnimatedWebp: (bytes) => new TextDecoder('latin1').decode(new Uint8Array(bytes, 0, Math.min(64, bytes.byteLength))).includes('ANIM'),
});
define('WAWebImageUtils', { rotateAndResize: async () => {}, toWebpSticker: toWebp });
define('WAWebProcessRawMedia', { processRawMedia: process });
