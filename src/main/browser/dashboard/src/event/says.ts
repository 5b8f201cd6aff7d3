import { phone } from '@/words/format';
import { isEventType } from './types';
import type { Entry } from './tail';

type Say = (key: string, params?: Record<string, unknown>) => string;

/** An event in one short sentence for people. */
export function says(entry: Entry, t: Say, format: { dateTime: (at: string) => string; bytes: (n: number) => string }): string {
  const { type, data } = entry;
  if (!isEventType(type)) {
    return type;
  }
  const text = (name: string): string => (typeof data[name] === 'string' || typeof data[name] === 'number' ? String(data[name]) : '');
  const person = (name: string): string => phone(text(name));
  const chat = person('chat');
  const because = text('reason') === '' ? '' : ` (${text('reason')})`;
  switch (type) {
    case 'device-status':
      return t('event.says.deviceStatus', { state: t(`session.states.${text('state')}`) }) + because;
    case 'device.healing':
      return t('event.says.deviceHealing', { step: text('step'), cause: text('cause'), attempt: text('attempt') });
    case 'device.restricted':
      return (text('until') === '' ? t('event.says.deviceRestricted') : t('event.says.deviceRestrictedUntil', { until: format.dateTime(text('until')) })) + because;
    case 'qr-code':
      return t('event.says.qrCode');
    case 'presence':
      return t('event.says.presence', { chat, state: text('state') });
    case 'message.received': {
      const said = text('message') === '' ? `[${text('messageType')}]` : text('message');
      return data.fromMe === true
        ? t('event.says.messageOwn', { chat, said })
        : t('event.says.messageReceived', { who: text('senderName') || person('author') || chat, said });
    }
    case 'message.status':
      return t(`event.says.messageStatus.${text('status')}`, { chat }) + (text('failure') === '' ? '' : ` (${text('failure')})`);
    case 'message.media': {
      const size = (data.media as { size?: number } | undefined)?.size ?? 0;
      return data.mediaState === 'stored' ? t('event.says.mediaStored', { chat, size: format.bytes(size) }) : t('event.says.mediaGone', { chat });
    }
    case 'message.edited':
      return t('event.says.messageEdited', { chat, said: text('message') });
    case 'message.revoked':
      return t('event.says.messageRevoked', { chat });
    case 'message.reaction':
      return text('emoji') === ''
        ? t('event.says.reactionTaken', { who: person('from'), chat })
        : t('event.says.messageReaction', { who: person('from'), chat, emoji: text('emoji') });
    case 'poll.vote':
      return t('event.says.pollVote', { who: person('from'), chat, options: Array.isArray(data.options) ? data.options.join(', ') : '' });
    case 'group.changed':
      return t('event.says.groupChanged', { group: text('groupId'), action: text('action') });
    case 'contact.merged':
      return t('event.says.contactMerged', { phone: person('phone'), lid: text('lid') });
    case 'contact.suppressed':
      return t('event.says.contactSuppressed', { phone: person('phone') }) + because;
    case 'job.progress':
      return t('event.says.jobProgress', { ...counts(data), job: text('jobId') });
    case 'job.paused':
      return t('event.says.jobPaused', { ...counts(data), job: text('jobId') }) + because;
    case 'job.completed':
      return t(`event.says.jobEnded.${text('status')}`, { ...counts(data), job: text('jobId') });
    case 'webhook.down':
      return t('event.says.webhookDown', { host: text('host') }) + because;
    case 'webhook.up':
      return t('event.says.webhookUp', { host: text('host') });
    case 'webhook.disabled':
      return t('event.says.webhookDisabled', { host: text('host') }) + because;
    case 'agent.failed':
      return t('event.says.agentFailed', { agent: text('agent'), chat }) + because;
    case 'event.erased':
      return t('event.says.eventErased');
  }
}

function counts(data: Entry['data']): { done: number; failed: number; total: number } {
  const progress = data.progress as { total?: number; completed?: number; failed?: number } | undefined;
  return { done: progress?.completed ?? 0, failed: progress?.failed ?? 0, total: progress?.total ?? 0 };
}
