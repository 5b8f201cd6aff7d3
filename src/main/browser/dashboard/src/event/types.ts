import type { Words } from '@/words/words';
import type { EventType } from './feed';

export type TypeWord = keyof Words['event']['types'];

/** The word for each type; the contract adds a type, the compiler asks for its word. */
export const TYPE_WORDS: Record<EventType, TypeWord> = {
  'device-status': 'deviceStatus',
  'device.healing': 'deviceHealing',
  'device.restricted': 'deviceRestricted',
  'qr-code': 'qrCode',
  presence: 'presence',
  'message.received': 'messageReceived',
  'message.status': 'messageStatus',
  'message.media': 'messageMedia',
  'message.edited': 'messageEdited',
  'message.revoked': 'messageRevoked',
  'message.reaction': 'messageReaction',
  'poll.vote': 'pollVote',
  'group.changed': 'groupChanged',
  'contact.merged': 'contactMerged',
  'contact.suppressed': 'contactSuppressed',
  'job.progress': 'jobProgress',
  'job.paused': 'jobPaused',
  'job.completed': 'jobCompleted',
  'webhook.down': 'webhookDown',
  'webhook.up': 'webhookUp',
  'webhook.disabled': 'webhookDisabled',
  'agent.failed': 'agentFailed',
  'event.erased': 'eventErased',
};

/** Told as they happen and never stored: neither the log nor a webhook has them. */
export const LIVE_ONLY: ReadonlySet<EventType> = new Set<EventType>(['qr-code', 'presence']);

export const TYPE_GROUPS: readonly { name: keyof Words['event']['groups']; types: readonly EventType[] }[] = [
  { name: 'messages', types: ['message.received', 'message.status', 'message.media', 'message.edited', 'message.revoked', 'message.reaction', 'poll.vote'] },
  { name: 'devices', types: ['device-status', 'device.healing', 'device.restricted', 'qr-code'] },
  { name: 'people', types: ['group.changed', 'contact.merged', 'contact.suppressed', 'presence'] },
  { name: 'jobs', types: ['job.progress', 'job.paused', 'job.completed'] },
  { name: 'house', types: ['webhook.down', 'webhook.up', 'webhook.disabled', 'agent.failed', 'event.erased'] },
];

export function isEventType(type: string): type is EventType {
  return type in TYPE_WORDS;
}

/** The word for a type, also of one that a later server may tell. */
export function typeName(t: (key: string) => string, type: string): string {
  return isEventType(type) ? t(`event.types.${TYPE_WORDS[type]}`) : type;
}
