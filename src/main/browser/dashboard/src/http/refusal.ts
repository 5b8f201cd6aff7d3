import type { components } from '@generated/contract';

export type ErrorCode = components['schemas']['Error']['error']['code'];

/** Why the server did not do what it was asked, or that it could not be reached (`status` 0). */
export class Refusal extends Error {
  readonly status: number;
  readonly code: ErrorCode | 'UNREACHABLE' | 'UNREADABLE';
  /** By field of the request, such as `to` or `messages[3].to`: what is wrong with it. */
  readonly fields: ReadonlyMap<string, string>;
  /** Names the request in the server's log. */
  readonly traceId: string | undefined;
  /** Seconds until another try makes sense. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    code: Refusal['code'],
    message: string,
    more: { fields?: ReadonlyMap<string, string>; traceId?: string | undefined; retryAfter?: number | undefined } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = more.fields ?? new Map();
    this.traceId = more.traceId;
    this.retryAfter = more.retryAfter;
  }

  /** Whether the same again may succeed by itself. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }

  /** Whether there is nothing of that name for whoever asked. */
  get absent(): boolean {
    return [400, 403, 404].includes(this.status);
  }

  static of(response: Response, body: unknown): Refusal {
    const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
    if (!spoken(body)) {
      return new Refusal(response.status, 'UNREADABLE', response.statusText, { retryAfter });
    }
    const { code, message, traceId, details } = body.error;
    const fields = new Map((details ?? []).map((detail) => [detail.field, detail.reason]));
    return new Refusal(response.status, code, message, { fields, traceId, retryAfter });
  }

  static from(cause: unknown): Refusal {
    return cause instanceof Refusal ? cause : new Refusal(0, 'UNREACHABLE', cause instanceof Error ? cause.message : String(cause));
  }
}

function spoken(body: unknown): body is components['schemas']['Error'] {
  return typeof body === 'object' && body !== null && typeof (body as { error?: unknown }).error === 'object';
}
