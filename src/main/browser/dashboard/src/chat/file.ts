import type { components } from '@generated/contract';

export type MediaType = components['schemas']['Media']['kind'];

/** As the contract says; more is refused here already, before anything is uploaded. */
export const LARGEST = 16 * 1024 * 1024;
export const LONGEST_CAPTION = 1024;
export const LONGEST_TEXT = 4096;

/** How WhatsApp shows a file of this type; what it cannot show is a document. */
export function mediaTypeOf(mimetype: string): MediaType {
  const [type = ''] = mimetype.toLowerCase().split(';');
  if (['image/jpeg', 'image/png', 'image/webp'].includes(type)) {
    return 'image';
  }
  if (['video/mp4', 'video/3gpp', 'video/webm'].includes(type)) {
    return 'video';
  }
  return type.startsWith('audio/') ? 'audio' : 'document';
}

/** Why it cannot be sent, if it cannot. */
export function refusalOf(file: { size: number }): 'empty' | 'tooLarge' | undefined {
  return file.size === 0 ? 'empty' : file.size > LARGEST ? 'tooLarge' : undefined;
}
