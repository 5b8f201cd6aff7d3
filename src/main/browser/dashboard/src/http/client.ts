import createClient from 'openapi-fetch';
import type { paths } from '@generated/contract';
import { bearer, renew } from '@/access/token';
import { Refusal } from './refusal';

/** Our own bearer on each request; a token that has run out is renewed once, and the request said again. */
async function authorized(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(carrying(request));
  if (response.status === 401 && bearer() !== undefined && (await renew())) {
    return fetch(carrying(again));
  }
  return response;
}

function carrying(request: Request): Request {
  const token = bearer();
  if (token !== undefined) {
    request.headers.set('Authorization', `Bearer ${token}`);
  }
  return request;
}

/** Every call of the contract, typed by it. Wrap calls in {@link answer}. */
export const http = createClient<paths>({ baseUrl: globalThis.location?.origin ?? '', fetch: authorized });

/** The body of a 2xx; throws {@link Refusal} for everything else. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let result;
  try {
    result = await call;
  } catch (cause) {
    throw Refusal.from(cause);
  }
  if (!result.response.ok || result.data === undefined) {
    throw Refusal.of(result.response, result.error);
  }
  return result.data;
}
