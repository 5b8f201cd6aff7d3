// @ts-check
/** The version of WhatsApp Web that the page claims to be: client libraries choose their ways by it. */
export const VERSION = '2.3000.1045220589';
