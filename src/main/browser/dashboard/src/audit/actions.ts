/** What the audit writes down: the `x-audit` actions of the contract, which are no enum there, since a later release may write others. */
export const ACTIONS = [
  'account.start',
  'agent.delete',
  'agent.set',
  'allowed-number.add',
  'allowed-number.remove',
  'allowed-number.set',
  'api-key.create',
  'api-key.delete',
  'chatbot.create',
  'chatbot.delete',
  'chatbot.endpoint',
  'chatbot.status',
  'config.reset',
  'config.set',
  'contact.erase',
  'device.create',
  'device.delete',
  'device.move',
  'device.wipe',
  'device-token.issue',
  'device-token.revoke',
  'job.cancel',
  'session.create',
  'session.end',
  'session.reconnect',
  'user.create',
  'user.delete',
  'user.profile',
  'user.register',
  'user.update',
  'webhook.create',
  'webhook.delete',
  'webhook.rotate-secret',
  'webhook.update',
] as const;

export type AuditAction = (typeof ACTIONS)[number];

/** The key of its word: `api-key.create` is `apiKeyCreate`. */
export function actionWord(action: string): string {
  return action.replaceAll(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase());
}
