// @ts-check
/** Media as far as client libraries hook them when they load. There is no behaviour yet: sending a file fails. */
import { define } from '../registry.js';

const unsupported = async () => {
  throw new Error('the simulated page cannot send files yet');
};
define('WAWebMediaMmsV4Upload', { uploadMedia: unsupported });
define('WAWebProcessRawSticker', { processRawSticker: unsupported });
define('WAWebGenerateVideoThumbsAndDuration', { generateVideoThumbsAndDuration: unsupported });
