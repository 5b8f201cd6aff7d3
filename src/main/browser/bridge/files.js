// @ts-check
/**
 * Files on their way in and out; no byte of them is ever in a command. In: the JVM asks for an input element, has Chromium set a local path on it
 * (`DOM.setFileInputFiles`) and then sends the message. Out: a command leaves a Blob here, which the JVM reads in pieces (`IO.read`).
 */
import { Refusal } from './refusal.js';

/** @type {Map<string, HTMLInputElement>} by stanza id */
const inputs = new Map();

/** @type {Map<string, Blob>} */
const blobs = new Map();

let blobCount = 0;

/** @param {string} id stanza id */
export function input(id) {
  const element = document.createElement('input');
  element.type = 'file';
  inputs.set(id, element);
  return element;
}

/** Lets a file go that nobody needs. @param {string} id stanza id */
export function drop(id) {
  inputs.delete(id);
}

/** @param {string} id stanza id @returns {Promise<File>} readable and not empty */
export async function take(id) {
  const file = inputs.get(id)?.files?.[0];
  inputs.delete(id);
  if (!file) throw new Refusal('PAGE_ERROR', 'the file did not reach the page');
  // A file that is not there has the size 0, too, but cannot be read.
  await (file.size === 0 ? file : file.slice(0, 1)).arrayBuffer().catch(() => {
    throw new Refusal('PAGE_ERROR', 'the browser cannot read the file');
  });
  if (file.size === 0) throw new Refusal('MEDIA_REFUSED', 'the file is empty');
  return file;
}

/** @param {Blob} blob @returns {string} the name by which {@link collect} gives it */
export function keep(blob) {
  const name = `blob-${++blobCount}`;
  blobs.set(name, blob);
  return name;
}

/** Gives it once. @param {string} name */
export function collect(name) {
  const blob = blobs.get(name);
  blobs.delete(name);
  return blob;
}
